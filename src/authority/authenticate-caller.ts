import { type CertificateCache, isCurrent } from '../core/decision/certificate-cache.ts'
import type { Denial } from '../core/decision/denial.ts'
import { isDenial } from '../core/decision/denial.ts'
import type { DenyReason } from '../core/decision/deny-reason.ts'
import { type IdentifiedClient, identifyClient, identifyHolder } from '../core/decision/identify-client.ts'
import type { TrustContext } from '../core/decision/decision.ts'
import { createTrail } from '../core/decision/trail.ts'
import { type VerifiedPath, checkChainLength } from '../core/decision/verified-path.ts'
import { DomainError } from '../core/errors.ts'
import type { OfferedChain } from '../core/request/credential.ts'
import type { Certificate } from '../core/x509/types.ts'
import type { Store } from '../store/store.ts'
import { type CurrentLists, createLiveRevocation } from './live-revocation.ts'
import type { Caller, Clock } from './ports.ts'
import type { Trust } from './trust.ts'

/** A caller and the certificate that its TLS handshake proved. */
export interface AuthenticatedCaller extends Caller {
  readonly certificate: Certificate
  /** SHA-256 of its SubjectPublicKeyInfo. */
  readonly publicKeySha256: Uint8Array
}

export interface AuthenticateCallerDependencies {
  readonly store: Pick<Store, 'certificates' | 'crls'>
  readonly trust: Trust
  readonly cache: CertificateCache
  readonly feed: CurrentLists
  readonly clock: Clock
}

/**
 * Judges the certificate that a caller's TLS handshake proved possession of: the same path validation, revocation and client state as for a
 * request that this service decides, on every call. Rights are the certificate's scopes.
 *
 * @param chain - DER, leaf first, as the handshake had it. Empty: the caller showed none. The same array for every call of a connection, which
 * must never change: the path that it led to is remembered with it.
 * @throws {@link DomainError} CALLER_UNAUTHENTICATED, or CALLER_REVOKED if the certificate was good once
 */
export async function authenticateCaller(
  deps: AuthenticateCallerDependencies,
  chain: OfferedChain,
): Promise<AuthenticatedCaller> {
  const denial = checkChainLength(chain)
  if (denial) throw refuse(denial)
  const trust = deps.trust.current()
  const context = {
    at: deps.clock.now(),
    trust,
    revocation: createLiveRevocation(deps.store, trust, deps.feed),
    cache: deps.cache,
  }
  const client = await identify(chain, context)
  if (isDenial(client)) throw refuse(client)
  const { path, principal, scopes } = client
  if (principal.authorityId === undefined) throw new Error('a judged certificate has an authority')
  return {
    clientId: principal.clientId,
    scopes,
    authorityId: principal.authorityId,
    serialNumber: principal.serialNumber,
    notAfter: principal.notAfter,
    certificateSha256: principal.certificateSha256,
    certificate: path.chain.leaf,
    publicKeySha256: path.publicKeySha256,
  }
}

/** The path of each connection's chain. What can change (validity, revocation, the client) is no part of it, and is judged on every call. */
const paths = new WeakMap<OfferedChain, VerifiedPath>()

async function identify(chain: OfferedChain, context: TrustContext): Promise<IdentifiedClient | Denial> {
  const trail = createTrail(false)
  const known = paths.get(chain)
  if (known && isCurrent(known, context.trust, context.at)) {
    return identifyHolder(known, context.revocation, trail, {})
  }
  const client = await identifyClient(chain, context, trail, {})
  if (!isDenial(client)) paths.set(chain, client.path)
  return client
}

/** Reasons for which a certificate that was good is so no longer, by a decision of the authority. */
const WITHDRAWN: ReadonlySet<DenyReason> = new Set<DenyReason>([
  'CERTIFICATE_REVOKED',
  'CLIENT_LOCKED',
  'CLIENT_UNKNOWN',
])

/** What a caller who was refused should do, where it is not plain. */
const REMEDIES: Partial<Record<DenyReason, string>> = {
  CREDENTIAL_MISSING: 'Connect with a client certificate of this authority.',
  ISSUER_UNKNOWN: 'It was issued by another CA; connect with one of this authority.',
  CERTIFICATE_EXPIRED: 'Renew it and connect again.',
  CERTIFICATE_NOT_YET_VALID: 'Check the clocks of both sides.',
  KEY_USAGE_INVALID: 'Connect with a certificate that was issued for clients.',
  CERTIFICATE_REVOKED: 'Ask the operator for a new one.',
  CERTIFICATE_UNKNOWN: 'It may be from before a restore of the authority; ask the operator for a new one.',
  CLIENT_LOCKED: 'Ask the operator why.',
}

function refuse({ denied, message }: Denial): DomainError {
  const remedy = REMEDIES[denied]
  return new DomainError(
    WITHDRAWN.has(denied) ? 'CALLER_REVOKED' : 'CALLER_UNAUTHENTICATED',
    `The caller's certificate is not accepted (${denied}). ${message}${remedy ? ` ${remedy}` : ''}`,
    { deny_reason: denied },
  )
}
