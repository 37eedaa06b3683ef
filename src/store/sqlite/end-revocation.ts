import type { Database } from 'better-sqlite3'
import type { CertificateRecord, CertificateStore } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { AppendAudit } from './audit.ts'
import { createNextCrlNumber } from './next-crl-number.ts'
import { createIsKeyCompromised } from './certificates.ts'
import { type CertificateRow, type ClientRow, SELECT_CERTIFICATE, certificateOf } from './rows.ts'

/** Takes a revocation out of the lists from a number on. The lists before it stay as they are. */
export function createEndRevocation(
  database: Database,
): (row: Pick<CertificateRow, 'authority_id' | 'serial_number'>, endedNumber: bigint) => void {
  // One that is younger than the newest list was shown by none.
  const keep = database.prepare(`
    INSERT INTO ended_revocations
    SELECT authority_id, serial_number, crl_number, :endedNumber, revoked_at, reason, invalidity_date, not_after
    FROM revocations WHERE authority_id = :authorityId AND serial_number = :serialNumber AND crl_number < :endedNumber`)
  const remove = database.prepare('DELETE FROM revocations WHERE authority_id = ? AND serial_number = ?')
  return (row, endedNumber) => {
    const { authority_id: authorityId, serial_number: serialNumber } = row
    keep.run({ authorityId, serialNumber, endedNumber })
    remove.run(authorityId, serialNumber)
  }
}

/** Certificates that were released, in their new state, and the highest number of the lists in which that shows. */
export interface Released {
  readonly certificates: CertificateRecord[]
  readonly crlNumber: bigint
}

/** Lifts holds. */
export type Release = (rows: readonly CertificateRow[]) => Released

/** The write that every lifting of a hold ends in. */
export function createRelease(database: Database): Release {
  const endRevocation = createEndRevocation(database)
  const nextCrlNumber = createNextCrlNumber(database)
  return (rows) => {
    let highest = 0n
    for (const row of rows) {
      const crlNumber = nextCrlNumber(row.authority_id)
      endRevocation(row, crlNumber)
      if (crlNumber > highest) highest = crlNumber
    }
    const certificates = rows.map((row) => ({ ...certificateOf(row), revocation: undefined }))
    return { certificates, crlNumber: highest }
  }
}

/** The `unrevoke` of the contract. */
export function createUnrevoke(
  database: Database,
  appendAudit: AppendAudit,
  release: Release,
): Synchronous<Pick<CertificateStore, 'unrevoke'>>['unrevoke'] {
  const select = database.prepare<[string, string], CertificateRow>(
    `${SELECT_CERTIFICATE} WHERE c.authority_id = ? AND c.serial_number = ?`,
  )
  const selectState = database
    .prepare<[string], ClientRow['state']>('SELECT state FROM clients WHERE client_id = ?')
    .pluck()
  const isKeyCompromised = createIsKeyCompromised(database)
  return ({ authorityId, serialNumber }, audit) => {
    const row = select.get(authorityId, serialNumber)
    if (row === undefined) return { outcome: 'not_found' }
    const refuse = <Outcome extends string>(outcome: Outcome) => ({
      outcome,
      certificate: certificateOf(row),
    })
    if (row.reason !== 'certificateHold') return refuse('not_on_hold')
    if (selectState.get(row.client_id) === 'locked') return refuse('client_locked')
    if (isKeyCompromised(row.public_key_sha256)) return refuse('key_compromised')
    const { certificates, crlNumber } = release([row])
    appendAudit(audit)
    return { outcome: 'released', certificate: certificates[0]!, crlNumber }
  }
}
