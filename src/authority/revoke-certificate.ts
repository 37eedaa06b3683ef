import { equalBytes } from '../core/bytes.ts'
import { DomainError } from '../core/errors.ts'
import { MAX_REVOCATION_TARGETS } from '../core/limits.ts'
import { highestCrlNumber } from '../core/revocation/highest-crl-number.ts'
import type { CrlReason } from '../core/x509/types.ts'
import type { CertificateRecord, RevokeResult, RevokeTarget } from '../store/store.ts'
import { hasRight, requireRight } from './access.ts'
import { announceRevocations, type RevocationAnnouncer } from './announce-revocations.ts'
import { fieldInvalid } from './fields.ts'
import type { Caller, Clock } from './ports.ts'
import { requireProof, type RevocationProof } from './prove-revocation.ts'
import { certificateNotFound } from './read-certificates.ts'
import {
  describeTarget,
  type RevocationTarget,
  resolveTarget,
  type TargetDependencies,
} from './revocation-target.ts'
import type { VerifyRequestSettings } from './verify-request.ts'

export interface RevokeCertificateRequest {
  readonly target: RevocationTarget
  readonly reason: CrlReason
  readonly invalidityDate: Date | undefined
  readonly expectedCount: number | undefined
  readonly dryRun: boolean
  /** That the holder of the certificate's key wants this, whoever makes the call. */
  readonly proof?: RevocationProof | undefined
}

export interface RevokeCertificateResult {
  readonly revoked: readonly CertificateRecord[]
  readonly alreadyRevoked: readonly CertificateRecord[]
  /** 0 on a dry run. */
  readonly crlNumber: bigint
}

export interface RevokeDependencies extends RevocationAnnouncer, TargetDependencies {
  readonly clock: Clock
  readonly settings: Pick<VerifyRequestSettings, 'ageWindowSeconds' | 'clockSkewSeconds'>
}

/** What a client may say of its own certificate, and the holder of a key of its. The other reasons are findings of the authority. */
const REASONS_FOR_SELF: ReadonlySet<CrlReason> = new Set([
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
])

/** cACompromise and aACompromise are said of authorities; removeFromCRL only stands in delta lists. */
const REASONS_FOR_ADMIN: ReadonlySet<CrlReason> = new Set([
  ...REASONS_FOR_SELF,
  'certificateHold',
  'privilegeWithdrawn',
])

/**
 * Revokes what the target names. Durable before it returns; the list with it is then on its way to every stream.
 *
 * @throws {@link DomainError} CALLER_NOT_ALLOWED, FIELD_INVALID, REVOCATION_REASON_INVALID, REVOCATION_PROOF_INVALID, CERTIFICATE_MALFORMED,
 * CERTIFICATE_NOT_FOUND, AUTHORITY_NOT_FOUND, COUNT_MISMATCH
 */
export async function revokeCertificate(
  deps: RevokeDependencies,
  caller: Caller,
  request: RevokeCertificateRequest,
): Promise<RevokeCertificateResult> {
  const at = deps.clock.now()
  const target = await resolveTarget(deps, request.target)
  requirePastInvalidityDate(request.invalidityDate, at)
  await requireRightToRevoke(deps, caller, target, request, at)
  requireAllowedReason(caller, request.reason)
  requireCountForWideTargets(target, request)
  const result = await deps.store.certificates.revoke(
    {
      target,
      reason: request.reason,
      invalidityDate: request.invalidityDate,
      at,
      maxCount: MAX_REVOCATION_TARGETS,
      dryRun: request.dryRun,
      ...(request.expectedCount !== undefined && { expectedCount: request.expectedCount }),
    },
    {
      at,
      actor: caller.clientId,
      action: 'certificate.revoke',
      subject: describeTarget(target),
      details: {
        reason: request.reason,
        target: target.kind,
        ...(request.proof !== undefined && { proof: 'certificate_key' }),
      },
    },
  )
  const { revoked, alreadyRevoked } = requireRevoked(result, target, request.expectedCount)
  if (request.dryRun) return { revoked, alreadyRevoked, crlNumber: 0n }
  const announced = announceRevocations(deps, revoked, request.reason)
  const earlier = highestCrlNumber(alreadyRevoked)
  return { revoked, alreadyRevoked, crlNumber: announced > earlier ? announced : earlier }
}

/**
 * The admin scope; or that it is one's own: the client of the certificate or the holder of its key, proved by the mTLS handshake of this very call; or a
 * proof by the certificate's key. A proof that is wrong helps nobody, also not who has the scope.
 */
async function requireRightToRevoke(
  deps: RevokeDependencies,
  caller: Caller,
  target: RevokeTarget,
  { reason, invalidityDate, proof }: RevokeCertificateRequest,
  at: Date,
): Promise<void> {
  if (proof !== undefined && target.kind !== 'serial')
    throw fieldInvalid('proof', 'A proof is about one certificate: name it by serial or certificate_der.')
  const record =
    target.kind === 'serial'
      ? await deps.store.certificates.get(target.authorityId, target.serialNumber)
      : undefined
  // Who may revoke anything may know what is not there; nobody else learns it from how a made-up proof is refused.
  if (proof !== undefined && (record !== undefined || !hasRight(caller, 'chancery.certificates.revoke'))) {
    await requireProof(record, { reason, invalidityDate }, proof, at, deps.settings)
    return
  }
  if (record?.clientId === caller.clientId) return
  if (target.kind === 'client' && target.clientId === caller.clientId) return
  if (target.kind === 'public_key' && (await holdsKey(deps, caller, target.publicKeySha256))) return
  requireRight(caller, 'chancery.certificates.revoke')
}

/** True if the certificate that the caller's handshake proved is of this key. */
async function holdsKey(
  { store }: RevokeDependencies,
  { authorityId, serialNumber }: Caller,
  publicKeySha256: Uint8Array,
): Promise<boolean> {
  const own = await store.certificates.get(authorityId, serialNumber)
  return own !== undefined && equalBytes(own.publicKeySha256, publicKeySha256)
}

function requireAllowedReason(caller: Caller, reason: CrlReason): void {
  const allowed = hasRight(caller, 'chancery.certificates.revoke') ? REASONS_FOR_ADMIN : REASONS_FOR_SELF
  if (!allowed.has(reason)) {
    throw new DomainError(
      'REVOCATION_REASON_INVALID',
      `This caller may not revoke with the reason ${reason}. Allowed: ${[...allowed].join(', ')}.`,
      { field: 'reason' },
    )
  }
}

/**
 * The date goes into every list from now on, whose times end at year 0: one that cannot be encoded would keep each of them from being
 * made. No key is older than Unix time.
 */
function requirePastInvalidityDate(invalidityDate: Date | undefined, at: Date): void {
  if (invalidityDate === undefined) return
  if (invalidityDate > at || !(invalidityDate.getTime() >= 0)) {
    throw new DomainError(
      'REVOCATION_REASON_INVALID',
      'invalidity_date must lie between 1970 and the present.',
      { field: 'invalidity_date' },
    )
  }
}

function requireCountForWideTargets(target: RevokeTarget, request: RevokeCertificateRequest): void {
  if (target.kind !== 'serial' && request.expectedCount === undefined && !request.dryRun) {
    throw fieldInvalid(
      'expected_count',
      'This target may name many certificates: ask with dry_run first, then say how many you expect in expected_count.',
    )
  }
}

function requireRevoked(
  result: RevokeResult,
  target: RevokeTarget,
  expectedCount: number | undefined,
): Extract<RevokeResult, { outcome: 'revoked' }> {
  switch (result.outcome) {
    case 'revoked':
      return result
    case 'not_found':
      throw target.kind === 'serial'
        ? certificateNotFound(target.authorityId, target.serialNumber)
        : new DomainError('CERTIFICATE_NOT_FOUND', `No certificate matches ${describeTarget(target)}.`, {
            authority: '',
            serial_number: '',
          })
    case 'count_mismatch':
    case 'too_many':
      throw new DomainError(
        'COUNT_MISMATCH',
        result.outcome === 'too_many'
          ? `${result.actualCount} certificates match; one call revokes at most ${MAX_REVOCATION_TARGETS}. Nothing was revoked.`
          : `${result.actualCount} certificates would be revoked, not ${expectedCount ?? 0}. Nothing was revoked.`,
        {
          expected_count: String(expectedCount ?? MAX_REVOCATION_TARGETS),
          actual_count: String(result.actualCount),
        },
      )
  }
}
