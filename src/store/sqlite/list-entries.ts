import type { Database } from 'better-sqlite3'
import { parseHex } from '../../core/bytes.ts'
import { encodeCrlEntry } from '../../core/revocation/encode-crl.ts'
import { type EntryLog, createEntryLog } from '../../core/revocation/entry-log.ts'
import type { CrlReason } from '../../core/x509/types.ts'

/** The entries of complete lists, encoded. */
export interface ListEntries {
  /** Those of a reserved number whose certificates expire after `expiredBefore`. */
  of(authorityId: string, crlNumber: bigint, expiredBefore: number): ReturnType<EntryLog['expiringAfter']>
}

type Row = [
  serialNumber: string,
  revokedAt: number,
  reason: CrlReason,
  invalidityDate: number | null,
  notAfter: number,
]
type Parameters = Readonly<Record<string, string | bigint>>

/**
 * Reads and encodes each revocation once, in the order of numbers, and keeps them for the next list. When a revocation has ended, or a list of a lower number
 * is asked for, it begins anew.
 */
export function createListEntries(database: Database): ListEntries {
  const selectAdded = database
    .prepare<Parameters, Row>(
      `SELECT serial_number, revoked_at, reason, invalidity_date, not_after FROM revocations
      WHERE authority_id = :authorityId AND crl_number > :after AND crl_number <= :upTo
      UNION ALL
      SELECT serial_number, revoked_at, reason, invalidity_date, not_after FROM ended_revocations
      WHERE authority_id = :authorityId AND ended_number > :upTo AND crl_number > :after AND crl_number <= :upTo`,
    )
    .raw()
  const hasEnded = database
    .prepare<Parameters, 0 | 1>(
      `SELECT EXISTS (SELECT 1 FROM ended_revocations
      WHERE authority_id = :authorityId AND ended_number > :after AND ended_number <= :upTo)`,
    )
    .pluck()
  const known = new Map<string, { log: EntryLog; upTo: bigint }>()

  // One transaction, so that what ends meanwhile is seen in one of the two tables.
  const bringTo = database.transaction((authorityId: string, upTo: bigint): EntryLog => {
    const before = known.get(authorityId)
    const isUsable =
      before !== undefined &&
      before.upTo <= upTo &&
      hasEnded.get({ authorityId, after: before.upTo, upTo }) === 0
    const { log, upTo: after } = isUsable ? before : { log: createEntryLog(), upTo: 0n }
    // Half-filled, should a read fail on the way: then it must not be there for the next list.
    known.delete(authorityId)
    for (const row of selectAdded.iterate({ authorityId, after, upTo })) log.append(encodeRow(row), row[4])
    known.set(authorityId, { log, upTo })
    return log
  })
  return {
    of: (authorityId, crlNumber, expiredBefore) =>
      bringTo(authorityId, crlNumber).expiringAfter(expiredBefore),
  }
}

function encodeRow([serialNumber, revokedAt, reason, invalidityDate]: Row): Uint8Array {
  return encodeCrlEntry({
    serialNumber: parseHex(serialNumber)!,
    revokedAt: new Date(revokedAt),
    reason,
    invalidityDate: invalidityDate === null ? undefined : new Date(invalidityDate),
  })
}
