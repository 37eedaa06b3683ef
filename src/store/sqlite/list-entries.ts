import type { Database } from 'better-sqlite3'
import { parseHex } from '../../core/bytes.ts'
import { MAX_CRL_SHARDS } from '../../core/limits.ts'
import { type CrlShard, shardOf } from '../../core/revocation/crl-shard.ts'
import { encodeCrlEntry } from '../../core/revocation/encode-crl.ts'
import { type EntryLog, createEntryLog } from '../../core/revocation/entry-log.ts'
import { standInKind } from '../../core/revocation/stand-in-serial.ts'
import type { CrlReason } from '../../core/x509/types.ts'

/** The entries of complete lists, encoded. */
export interface ListEntries {
  /** Those of a reserved number, or of one shard in it, whose certificates expire after `expiredBefore`. */
  of(
    authorityId: string,
    crlNumber: bigint,
    expiredBefore: number,
    shard?: CrlShard,
  ): ReturnType<EntryLog['expiringAfter']>
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
 * is asked for, it begins anew. Those of shards are kept apart from those of whole lists, since they are made at other numbers, and in as many parts as
 * there can be shards: each is some of those.
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
  const whole: Known = new Map()
  const parted: Known = new Map()

  // One transaction, so that what ends meanwhile is seen in one of the two tables.
  const bringTo = database.transaction((known: Known, authorityId: string, upTo: bigint) => {
    const before = known.get(authorityId)
    const isUsable =
      before !== undefined &&
      before.upTo <= upTo &&
      hasEnded.get({ authorityId, after: before.upTo, upTo }) === 0
    const { logs, upTo: after } = isUsable ? before : { logs: [], upTo: 0n }
    // Half-filled, should a read fail on the way: then it must not be there for the next list.
    known.delete(authorityId)
    for (const row of selectAdded.iterate({ authorityId, after, upTo })) {
      const serialNumber = parseHex(row[0])!
      const place = known === whole ? 0 : placeOf(serialNumber)
      if (place !== undefined) (logs[place] ??= createEntryLog()).append(encodeRow(serialNumber, row), row[4])
    }
    known.set(authorityId, { logs, upTo })
    return logs
  })
  return {
    of(authorityId, crlNumber, expiredBefore, shard) {
      const logs = bringTo(shard === undefined ? whole : parted, authorityId, crlNumber)
      const parts = logs
        .filter((_, place) => shard === undefined || place % shard.count === shard.index)
        .map((log) => log.expiringAfter(expiredBefore))
      return {
        count: parts.reduce((sum, { count }) => sum + count, 0),
        pieces: parts.flatMap(({ pieces }) => pieces),
      }
    },
  }
}

/** Entries by authority. Logs by {@link placeOf}; a place without an entry has none. */
type Known = Map<string, { readonly logs: EntryLog[]; readonly upTo: bigint }>

/** `undefined` for what stands for something else than a certificate: no certificate names a shard in which it could be looked up. */
function placeOf(serialNumber: Uint8Array): number | undefined {
  return standInKind(serialNumber) === undefined ? shardOf(serialNumber, MAX_CRL_SHARDS).index : undefined
}

function encodeRow(serialNumber: Uint8Array, [, revokedAt, reason, invalidityDate]: Row): Uint8Array {
  return encodeCrlEntry({
    serialNumber,
    revokedAt: new Date(revokedAt),
    reason,
    invalidityDate: invalidityDate === null ? undefined : new Date(invalidityDate),
  })
}
