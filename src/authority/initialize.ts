import { parseTrustDomain } from '../core/issuance/client-identity.ts'
import { planAuthorityCertificate } from '../core/issuance/authority-certificate.ts'
import { SERIAL_BYTES } from '../core/issuance/plan.ts'
import { parseScopeExtensionOid } from '../core/scope/scope-extension.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import { decodeSubjectPublicKeyInfo } from '../core/x509/public-key.ts'
import type { Certificate } from '../core/x509/types.ts'
import type { KeyStore, KeyType } from '../signer/signer.ts'
import type { AuditEntry, Store } from '../store/store.ts'
import { ALL_RIGHTS } from './access.ts'
import { type PublicSettings, artefactUrls } from './artefact-urls.ts'
import { type CreateClientRequest, newClient } from './create-client.ts'
import { ADMIN_CLIENT_ID, SERVICE_CLIENT_ID } from './first-clients.ts'
import type { Clock, Random } from './ports.ts'
import { signAuthorityCertificate } from './sign-certificate.ts'

/** Ids of the authorities that `init` makes. */
export const ROOT_ID = 'root'
export const ISSUING_ID = 'issuing-1'

export interface InitializeRequest {
  readonly trustDomain: string
  readonly scopeExtensionOid: string
  readonly keyType: KeyType
  /** Scopes that the admin is granted besides every right of this service. */
  readonly adminScopes: readonly string[]
}

export interface InitializeDependencies {
  readonly store: Pick<Store, 'meta' | 'authorities' | 'clients'>
  readonly keys: KeyStore
  readonly clock: Clock
  readonly random: Random
  readonly settings: PublicSettings
}

/**
 * Makes an empty store an authority: keys and certificates of root and issuing CA, the key for tokens, the admin client, the service's own client.
 * The trust domain is written last, so that a half-made authority is not taken for a whole one.
 *
 * @throws DomainError FIELD_INVALID; SignerError
 */
export async function initialize(deps: InitializeDependencies, request: InitializeRequest): Promise<void> {
  const { trustDomain, scopeExtensionOid } = checkInitialize(request)
  const at = deps.clock.now()
  const root = await createAuthority(deps, {
    id: ROOT_ID,
    trustDomain,
    keyType: request.keyType,
    at,
    parent: undefined,
  })
  await createAuthority(deps, { id: ISSUING_ID, trustDomain, keyType: request.keyType, at, parent: root })
  await createFirstClient(deps, at, {
    clientId: ADMIN_CLIENT_ID,
    displayName: 'First administrator',
    grantedScopes: [...ALL_RIGHTS, ...request.adminScopes],
    profiles: [],
    dnsNames: [],
  })
  await createFirstClient(deps, at, {
    clientId: SERVICE_CLIENT_ID,
    displayName: 'This service',
    grantedScopes: [],
    profiles: ['server'],
    dnsNames: [],
  })
  await deps.store.meta.create(
    { trustDomain, scopeExtensionOid, createdAt: at },
    systemEntry(at, 'init', trustDomain, { scope_extension_oid: scopeExtensionOid }),
  )
}

/**
 * Checks what is fixed for good, before anything is made: what a mistyped value leaves behind would be in the way of the next try.
 *
 * @throws DomainError FIELD_INVALID
 */
export function checkInitialize<Request extends Pick<InitializeRequest, 'trustDomain' | 'scopeExtensionOid'>>(
  request: Request,
): Request {
  parseTrustDomain(request.trustDomain)
  parseScopeExtensionOid(request.scopeExtensionOid)
  return request
}

interface NewAuthority {
  readonly id: string
  readonly trustDomain: string
  readonly keyType: KeyType
  readonly at: Date
  readonly parent: { readonly certificate: Certificate; readonly keyName: string } | undefined
}

async function createAuthority(deps: InitializeDependencies, authority: NewAuthority) {
  const { id, trustDomain, at, parent } = authority
  const keyName = id
  const signer = await deps.keys.create(keyName, authority.keyType)
  const plan = planAuthorityCertificate({
    id,
    trustDomain,
    publicKey: decodeSubjectPublicKeyInfo(signer.publicKeyDer),
    now: at,
    serialOctets: deps.random.bytes(SERIAL_BYTES),
    ...(parent !== undefined && {
      issuer: parent.certificate,
      ...artefactUrls(deps.settings, ROOT_ID),
    }),
  })
  const issuer = parent === undefined ? signer : await deps.keys.open(parent.keyName)
  const certificateDer = await signAuthorityCertificate(plan, issuer, parent?.certificate)
  const role = parent === undefined ? 'root' : 'issuing'
  await deps.store.authorities.create(
    { id, role, certificateDer, keyName, createdAt: at },
    systemEntry(at, 'authority.create', id, { role }),
  )
  return { certificate: parseCertificate(certificateDer), keyName }
}

async function createFirstClient(
  deps: InitializeDependencies,
  at: Date,
  request: CreateClientRequest,
): Promise<void> {
  const client = newClient(request, at)
  await deps.store.clients.create(
    client,
    systemEntry(at, 'client.create', client.clientId, { granted_scopes: client.grantedScopes }),
  )
}

function systemEntry(at: Date, action: string, subject: string, details: AuditEntry['details']): AuditEntry {
  return { at, actor: 'system', action, subject, details }
}
