import type { Database } from 'better-sqlite3'
import type { CrlReason } from '../../core/x509/types.ts'
import { replacesRevocation } from '../revocation.ts'
import type { Relisting } from '../store.ts'
import { createEndRevocation } from './end-revocation.ts'
import { millisecondsOf } from './rows.ts'

/** Entries of lists that stand for tokens and clients. They are in the lists of every issuing authority. */
export interface StandIns {
  /** Lists one from the next numbers on. One that is listed already, as gravely and for as long, stays as it is. With `dryRun` it answers and changes nothing. */
  list(serialNumber: string, entry: StandInEntry, dryRun?: boolean): Relisting
  /** Takes one that is on hold out of the lists from the next numbers on. */
  lift(serialNumber: string): Relisting
}

export interface StandInEntry {
  readonly reason: CrlReason
  readonly at: Date
  /** When it is of no use any more, as an expired certificate. */
  readonly notAfter: Date
}

interface Row {
  readonly authority_id: string
  readonly next_crl_number: number
  readonly serial_number: string
  /** `null`: not listed. */
  readonly crl_number: number | null
  readonly reason: CrlReason | null
  readonly revoked_at: number | null
  readonly not_after: number | null
}

/** The writes that every such entry begins and ends with. */
export function createStandIns(database: Database): StandIns {
  const select = database.prepare<[string, string], Row>(`
    SELECT id AS authority_id, next_crl_number, ? AS serial_number, r.crl_number, r.reason, r.revoked_at, r.not_after
    FROM authorities LEFT JOIN revocations r ON r.authority_id = id AND r.serial_number = ?
    WHERE role = 'issuing' ORDER BY position`)
  const insert = database.prepare('INSERT INTO revocations VALUES (?, ?, ?, ?, ?, NULL, ?, 0)')
  const endRevocation = createEndRevocation(database)
  const rowsOf = (serialNumber: string) => select.all(serialNumber, serialNumber)

  function replace(row: Row, { reason, at, notAfter }: StandInEntry): void {
    const number = BigInt(row.next_crl_number)
    if (row.crl_number !== null) endRevocation(row, number)
    const end = Math.max(row.not_after ?? 0, millisecondsOf(notAfter))
    insert.run(row.authority_id, row.serial_number, number, row.revoked_at ?? millisecondsOf(at), reason, end)
  }

  return {
    list(serialNumber, entry, dryRun = false) {
      const rows = rowsOf(serialNumber)
      const due = rows.filter((row) => isDue(row, entry))
      if (!dryRun) for (const row of due) replace(row, entry)
      return relistingOf(due, rows)
    },
    lift(serialNumber) {
      const held = rowsOf(serialNumber).filter(({ reason }) => reason === 'certificateHold')
      for (const row of held) endRevocation(row, BigInt(row.next_crl_number))
      return relistingOf(held, held)
    },
  }
}

function isDue({ crl_number, reason, not_after }: Row, entry: StandInEntry): boolean {
  if (crl_number === null || not_after! < millisecondsOf(entry.notAfter)) return true
  return replacesRevocation({ reason: reason!, byLock: false }, entry.reason)
}

/** `all` stand in the lists of these numbers: those that are due in the next, the others where they were. */
function relistingOf(due: readonly Row[], all: readonly Row[]): Relisting {
  const numbers = all.map((row) => (due.includes(row) ? row.next_crl_number : row.crl_number!))
  return {
    authorityIds: due.map((row) => row.authority_id),
    crlNumber: BigInt(Math.max(0, ...numbers)),
  }
}
