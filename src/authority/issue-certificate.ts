import { equalBytes, formatHex } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { DomainError } from '../core/errors.ts'
import { parseClientId } from '../core/issuance/client-identity.ts'
import { type CertificatePlan, planCertificate, SERIAL_BYTES } from '../core/issuance/plan.ts'
import { DEFAULT_PROFILE, findProfile, type Profile } from '../core/issuance/profile.ts'
import { type RenewalWindow, renewalWindow } from '../core/issuance/renewal-window.ts'
import { formatSerialNumber } from '../core/x509/serial-number.ts'
import type {
  AuditEntry,
  CertificateRecord,
  ClientRecord,
  IdempotencyClaim,
  Meta,
  Store,
} from '../store/store.ts'
import { requireRightOrSelf } from './access.ts'
import { type CertificateUrlSettings, certificateUrls } from './artefact-urls.ts'
import { certificateLimitReached, requireRoomForCertificate } from './certificate-limit.ts'
import { requireActiveClient } from './clients.ts'
import type { CrlFeed } from './crl-feed.ts'
import { SERVICE_CLIENT_ID } from './first-clients.ts'
import { parseSerialNumber } from './fields.ts'
import { claimIdempotencyKey, type IssueCertificateRequest, requestedScopes } from './issue-request.ts'
import type { Authorities } from './issuing-authority.ts'
import { keyCompromised } from './compromised-key.ts'
import type { Caller, Clock, Metrics, Random } from './ports.ts'
import { proveKey, type ProvenKey } from './prove-key.ts'
import type { AuthoritySettings } from './settings.ts'
import { signClientCertificate } from './sign-certificate.ts'

export type { IssueCertificateRequest }

export interface IssuedCertificate {
  readonly authorityId: string
  /** `undefined` on a dry run. */
  readonly certificate: { readonly der: Uint8Array; readonly serialNumber: string } | undefined
  readonly chainDer: readonly Uint8Array[]
  readonly notBefore: Date
  readonly notAfter: Date
  readonly scopes: readonly string[]
  readonly warnings: readonly string[]
  readonly renewalWindow: RenewalWindow
  readonly crlNumber: bigint
  readonly replayed: boolean
}

export interface IssueDependencies {
  readonly store: Pick<Store, 'clients' | 'certificates'>
  readonly authorities: Authorities
  readonly meta: Meta
  readonly feed: Pick<CrlFeed, 'current'>
  readonly clock: Clock
  readonly random: Random
  readonly metrics: Metrics
  readonly settings: CertificateUrlSettings &
    Pick<AuthoritySettings, 'serverNames' | 'backdateSeconds' | 'maxCertificatesPerClient'>
}

/** A client that changes under our hands is planned anew; one that changes that often is being attacked or misused. */
const MAX_ATTEMPTS = 3

/**
 * Issues a certificate for a client's key, under the client's grant as it is now: a renewal passes the same policy as a first issue.
 * Durable before it returns.
 *
 * @throws {@link DomainError} CALLER_NOT_ALLOWED, CLIENT_NOT_FOUND, CLIENT_LOCKED, CLIENT_CHANGED, CSR_MALFORMED, CSR_SIGNATURE_INVALID, PUBLIC_KEY_REJECTED,
 * SCOPE_MALFORMED, SCOPE_NOT_GRANTABLE, PROFILE_UNKNOWN, PROFILE_NOT_ALLOWED, VALIDITY_OUT_OF_RANGE, REPLACEMENT_INVALID, IDEMPOTENCY_KEY_REUSED,
 * CERTIFICATE_LIMIT_REACHED, FIELD_INVALID, LINT_FAILED
 */
export async function issueCertificate(
  deps: IssueDependencies,
  caller: Caller,
  request: IssueCertificateRequest,
): Promise<IssuedCertificate> {
  const clientId = parseClientId(request.clientId)
  const maxOfClient = deps.settings.maxCertificatesPerClient
  requireRightToIssue(caller, clientId)
  const idempotency = claimIdempotencyKey(caller, request, deps.clock.now())
  const earlier = idempotency && (await findEarlier(deps, idempotency))
  if (earlier !== undefined) return describeReplay(deps, earlier)

  const key = await proveKey(request.key, clientId)
  const publicKeySha256 = sha256(key.publicKey.der)
  if (await deps.store.certificates.isKeyCompromised(publicKeySha256)) throw keyCompromised()
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const client = await requireActiveClient(deps.store, clientId)
    const replaces = await requireReplaceable(deps, clientId, request.replacesSerialNumber)
    const plan = planFor(deps, client, key, request)
    if (request.dryRun) {
      await requireRoomForCertificate(deps.store, clientId, maxOfClient, deps.clock.now())
      return describePlan(deps, plan)
    }
    const record = await sign(deps, plan, publicKeySha256, replaces)
    const result = await deps.store.certificates.insert(
      record,
      {
        clientVersion: client.version,
        maxOfClient,
        ...(idempotency !== undefined && { idempotency }),
      },
      issueAudit(caller, record),
    )
    switch (result.outcome) {
      case 'inserted':
        deps.metrics.certificateIssued(record.profile)
        return describeIssued(deps, record, plan.warnings, false)
      case 'replayed':
        return describeReplay(deps, result.certificate)
      case 'key_reused':
        throw keyReused(request.idempotencyKey)
      case 'key_compromised':
        throw keyCompromised()
      case 'too_many':
        throw certificateLimitReached(clientId, maxOfClient)
      case 'client_changed':
    }
  }
  throw new DomainError('CLIENT_CHANGED', `Client ${clientId} keeps changing. Try again.`, {
    client_id: clientId,
  })
}

/** The service makes its own certificates. Whoever else held one could pass for the authority before all that call it. */
function requireRightToIssue(caller: Caller, clientId: string): void {
  if (clientId === SERVICE_CLIENT_ID && caller.clientId !== SERVICE_CLIENT_ID) {
    throw new DomainError(
      'CALLER_NOT_ALLOWED',
      `${clientId} is this service itself, which nobody else gets a certificate for.`,
    )
  }
  requireRightOrSelf(caller, clientId, 'chancery.certificates.issue')
}

function planFor(
  deps: IssueDependencies,
  client: ClientRecord,
  key: ProvenKey,
  request: IssueCertificateRequest,
): CertificatePlan {
  const { authorities, clock, meta, random, settings } = deps
  const serialOctets = random.bytes(SERIAL_BYTES)
  return planCertificate({
    clientId: client.clientId,
    trustDomain: meta.trustDomain,
    scopeExtensionOid: meta.scopeExtensionOid,
    profile: allowedProfile(client, request.profile),
    publicKey: key.publicKey,
    csr: key.csr,
    // What the service itself is called is the operator's configuration, not a client's grant.
    allowedNames: client.clientId === SERVICE_CLIENT_ID ? settings.serverNames : client.dnsNames,
    scopes: requestedScopes(client, request),
    validitySeconds: request.validitySeconds,
    backdateSeconds: settings.backdateSeconds,
    now: clock.now(),
    serialOctets,
    issuer: authorities.issuing.certificate,
    ...certificateUrls(settings, authorities.issuing.id, serialOctets),
  })
}

function allowedProfile(client: ClientRecord, name: string): Profile {
  const profile = findProfile(name)
  const allowed = client.profiles.length === 0 ? [DEFAULT_PROFILE] : client.profiles
  if (!allowed.includes(profile.name)) {
    throw new DomainError(
      'PROFILE_NOT_ALLOWED',
      `Client ${client.clientId} may not use the profile ${profile.name}. Allowed: ${allowed.join(', ')}.`,
      { client_id: client.clientId, profile: profile.name },
    )
  }
  return profile
}

/** A certificate is replaced by its own client only, and a revoked one not at all: its key may be someone else's by now. */
async function requireReplaceable(
  deps: IssueDependencies,
  clientId: string,
  serialNumberText: string,
): Promise<string | undefined> {
  if (serialNumberText === '') return undefined
  const serialNumber = parseSerialNumber(serialNumberText, 'replaces_serial_number')
  const replaced = await deps.store.certificates.get(deps.authorities.issuing.id, serialNumber)
  if (replaced?.clientId !== clientId || replaced.revocation !== undefined) {
    throw new DomainError(
      'REPLACEMENT_INVALID',
      `replaces_serial_number must name a certificate of client ${clientId} that is not revoked.`,
      { serial_number: serialNumber },
    )
  }
  return serialNumber
}

async function sign(
  deps: IssueDependencies,
  plan: CertificatePlan,
  publicKeySha256: Uint8Array,
  replacesSerialNumber: string | undefined,
): Promise<CertificateRecord> {
  const { issuing } = deps.authorities
  const der = await signClientCertificate(plan, issuing)
  return {
    authorityId: issuing.id,
    serialNumber: formatSerialNumber(plan.serialNumber),
    clientId: plan.clientId,
    profile: plan.profile.name,
    scopes: plan.scopes,
    notBefore: plan.notBefore,
    notAfter: plan.notAfter,
    der,
    certificateSha256: sha256(der),
    publicKeySha256,
    issuedAt: deps.clock.now(),
    replacesSerialNumber,
    revocation: undefined,
  }
}

function issueAudit(caller: Caller, record: CertificateRecord): AuditEntry {
  return {
    at: record.issuedAt,
    actor: caller.clientId,
    action: 'certificate.issue',
    subject: record.serialNumber,
    details: {
      client_id: record.clientId,
      authority: record.authorityId,
      profile: record.profile,
      scopes: record.scopes,
      not_after: record.notAfter.toISOString(),
      certificate_sha256: formatHex(record.certificateSha256),
    },
  }
}

/** @throws {@link DomainError} IDEMPOTENCY_KEY_REUSED */
async function findEarlier(
  deps: IssueDependencies,
  claim: IdempotencyClaim,
): Promise<CertificateRecord | undefined> {
  const earlier = await deps.store.certificates.findIdempotent(claim.callerId, claim.key, deps.clock.now())
  if (earlier === undefined) return undefined
  if (!equalBytes(earlier.requestDigest, claim.requestDigest)) throw keyReused(claim.key)
  return earlier.certificate
}

function keyReused(key: string): DomainError {
  return new DomainError(
    'IDEMPOTENCY_KEY_REUSED',
    'This idempotency_key was used for another request in the last 24 hours. Take a new key for a new request.',
    { idempotency_key: key },
  )
}

function describeIssued(
  deps: IssueDependencies,
  record: CertificateRecord,
  warnings: readonly string[],
  replayed: boolean,
): IssuedCertificate {
  return {
    ...describe(deps, record, warnings),
    certificate: { der: record.der, serialNumber: record.serialNumber },
    replayed,
  }
}

/** The same certificate, also if it was revoked since; whoever retries must learn of that. */
function describeReplay(deps: IssueDependencies, record: CertificateRecord): IssuedCertificate {
  const { revocation } = record
  const warnings = revocation
    ? [`This certificate was revoked at ${revocation.revokedAt.toISOString()} (${revocation.reason}).`]
    : []
  return describeIssued(deps, record, warnings, true)
}

function describePlan(deps: IssueDependencies, plan: CertificatePlan): IssuedCertificate {
  return { ...describe(deps, plan, plan.warnings), certificate: undefined, replayed: false }
}

function describe(
  deps: IssueDependencies,
  issued: Pick<CertificateRecord, 'notBefore' | 'notAfter' | 'scopes'>,
  warnings: readonly string[],
) {
  const { issuing } = deps.authorities
  return {
    authorityId: issuing.id,
    chainDer: [issuing.certificate.der],
    notBefore: issued.notBefore,
    notAfter: issued.notAfter,
    scopes: issued.scopes,
    warnings,
    renewalWindow: renewalWindow(deps.clock.now(), issued.notAfter),
    crlNumber: deps.feed.current(issuing.id)?.crlNumber ?? 0n,
  }
}
