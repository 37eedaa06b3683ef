import type { AuditEntry, CertificateRecord, RevokeCommand, RevokeResult, RevokeTarget } from './store.ts'

/** How many serial numbers an audit entry names; the count is always exact. */
const AUDITED_SERIAL_NUMBERS = 100

/** The refusals of a revocation, decided by how many certificates would be newly revoked; `undefined` to go on. */
export function refuseRevocation(command: RevokeCommand, actualCount: number): RevokeResult | undefined {
  if (actualCount > command.maxCount) return { outcome: 'too_many', actualCount }
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

/** Adds to an audit entry what was revoked with it. */
export function withRevoked(
  entry: AuditEntry,
  revoked: readonly Pick<CertificateRecord, 'serialNumber'>[],
): AuditEntry {
  const serialNumbers = revoked
    .slice(0, AUDITED_SERIAL_NUMBERS)
    .map((certificate) => certificate.serialNumber)
  return { ...entry, details: { ...entry.details, count: revoked.length, serial_numbers: serialNumbers } }
}
