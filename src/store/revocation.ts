import type { CrlReason } from '../core/x509/types.ts'
import { TOKENS_GONE_SECONDS } from '../core/token-limits.ts'
import type {
  AuditEntry,
  CertificateRecord,
  RevokeCommand,
  Relisting,
  RevokeResult,
  RevokeTarget,
  WithdrawnTokens,
} from './store.ts'

/** How many serial numbers an audit entry names; the count is always exact. */
const AUDITED_SERIAL_NUMBERS = 100

/** The refusals of a revocation, decided by how many certificates would be newly revoked; `undefined` to go on. */
export function refuseRevocation(command: RevokeCommand, actualCount: number): RevokeResult | undefined {
  if (actualCount > command.maxCount && command.inParts !== true) return { outcome: 'too_many', actualCount }
  if (command.expectedCount !== undefined && command.expectedCount !== actualCount) {
    return { outcome: 'count_mismatch', actualCount }
  }
  return undefined
}

/**
 * True if a target that named no certificate is an error. A client without certificates is fine; a scope or key that nobody
 * holds is more likely mistyped, and "revoked" would be a dangerous answer to that.
 */
export function needsCertificate(target: RevokeTarget): boolean {
  return target.kind !== 'client'
}

/**
 * True if a reason takes the place of the one that a certificate is revoked for. A hold is not final. A key that is found compromised is barred from
 * being certified again, whatever its certificate was revoked for before. A hold that someone asks for must outlive that of a lock.
 */
export function replacesRevocation(
  present: { readonly reason: CrlReason; readonly byLock: boolean },
  reason: CrlReason,
): boolean {
  if (present.reason === 'certificateHold') return reason !== 'certificateHold' || present.byLock
  return reason === 'keyCompromise' && present.reason !== 'keyCompromise'
}

/** Adds to an audit entry which certificates it concerned. */
export function withCertificates(
  entry: AuditEntry,
  certificates: readonly Pick<CertificateRecord, 'serialNumber'>[],
): AuditEntry {
  const serialNumbers = certificates
    .slice(0, AUDITED_SERIAL_NUMBERS)
    .map((certificate) => certificate.serialNumber)
  return {
    ...entry,
    details: { ...entry.details, count: certificates.length, serial_numbers: serialNumbers },
  }
}

/** Adds to the entry of a scope change how many tokens it revoked. */
export function withTokens(entry: AuditEntry, { count }: WithdrawnTokens): AuditEntry {
  return count === 0 ? entry : { ...entry, details: { ...entry.details, token_count: count } }
}

/** What taking a scope does to tokens, and by them to lists. */
export type Withdrawal = Relisting & { readonly tokens: WithdrawnTokens }

/** Of tokens that were revoked one by one; `remain` if there are more. */
export function joinWithdrawal(
  revoked: readonly (Relisting & { readonly wasRevoked: boolean })[],
  remain: boolean,
): Withdrawal {
  const numbers = revoked.map(({ crlNumber }) => crlNumber)
  return {
    tokens: { count: revoked.filter(({ wasRevoked }) => !wasRevoked).length, remain },
    authorityIds: [...new Set(revoked.flatMap(({ authorityIds }) => authorityIds))],
    crlNumber: numbers.reduce((highest, one) => (one > highest ? one : highest), 0n),
  }
}

/** When no token can live any more that a client had at `at`. */
export function lastTokenOf(at: Date): Date {
  return new Date(at.getTime() + TOKENS_GONE_SECONDS * 1000)
}

/** What a change of a client does to lists: by its certificates, in lists up to `crlNumber`, and by the client itself. */
export function joinRelistings(
  certificates: readonly Pick<CertificateRecord, 'authorityId'>[],
  crlNumber: bigint,
  client: Relisting,
): Relisting {
  const authorityIds = new Set([
    ...certificates.map(({ authorityId }) => authorityId),
    ...client.authorityIds,
  ])
  return {
    authorityIds: [...authorityIds],
    crlNumber: crlNumber > client.crlNumber ? crlNumber : client.crlNumber,
  }
}
