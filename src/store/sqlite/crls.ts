import type { Database } from 'better-sqlite3'
import { type CrlStore, type RevokedEntry, StoreError } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { type CrlRow, type EntryRow, crlOf, entryOf, millisecondsOf } from './rows.ts'
import { yieldToEventLoop } from './yield.ts'

/** Entries read before the event loop gets its turn: some milliseconds. */
const ROWS_PER_TURN = 2_000

/** The writing side. */
export function createCrlWrites(
  database: Database,
): Synchronous<Pick<CrlStore, 'reserveNumber' | 'publish'>> {
  const takeNumber = database
    .prepare<[string], number>(
      'UPDATE authorities SET next_crl_number = next_crl_number + 1 WHERE id = ? RETURNING next_crl_number - 1',
    )
    .pluck()
  const replace = database.prepare(`
    INSERT INTO crls VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (authority_id) DO UPDATE SET crl_number = excluded.crl_number, this_update = excluded.this_update,
      next_update = excluded.next_update, entry_count = excluded.entry_count, der = excluded.der
    WHERE excluded.crl_number > crls.crl_number`)
  return {
    reserveNumber: (authorityId) => {
      const crlNumber = takeNumber.get(authorityId)
      if (crlNumber === undefined) throw unknownAuthority(authorityId)
      return BigInt(crlNumber)
    },
    publish: ({ authorityId, crlNumber, thisUpdate, nextUpdate, entryCount, der }) => {
      const { changes } = replace.run(
        authorityId,
        crlNumber,
        millisecondsOf(thisUpdate),
        millisecondsOf(nextUpdate),
        entryCount,
        der,
      )
      if (changes === 0)
        throw new StoreError(`CRL ${crlNumber} of "${authorityId}" is not newer than the published one`)
    },
  }
}

/** The reading side. */
export function createCrlReads(database: Database) {
  const selectNext = database
    .prepare<[string], number>('SELECT next_crl_number FROM authorities WHERE id = ?')
    .pluck()
  const selectUnpublished = database
    .prepare<[string], 0 | 1>(
      `SELECT EXISTS (SELECT 1 FROM revocations r WHERE r.authority_id = a.id AND r.crl_number > a.published)
        OR EXISTS (SELECT 1 FROM ended_revocations e WHERE e.authority_id = a.id AND e.ended_number > a.published)
      FROM (SELECT id, coalesce((SELECT crl_number FROM crls p WHERE p.authority_id = id), 0) AS published
        FROM authorities WHERE id = ?) a`,
    )
    .pluck()
  const selectLatest = database.prepare<[string], CrlRow>('SELECT * FROM crls WHERE authority_id = ?')
  // Both tables in one statement: what ends while slices are read goes from one to the other, and a slice sees it in one of them.
  const selectEntries = database.prepare<Record<string, string | bigint | number>, EntryRow>(`
    SELECT serial_number, revoked_at, reason, invalidity_date FROM revocations NOT INDEXED
    WHERE authority_id = :authorityId AND serial_number > :after AND crl_number <= :crlNumber AND not_after > :expiredBefore
    UNION ALL
    SELECT serial_number, revoked_at, reason, invalidity_date FROM ended_revocations NOT INDEXED
    WHERE authority_id = :authorityId AND serial_number > :after AND crl_number <= :crlNumber AND not_after > :expiredBefore
      AND ended_number > :crlNumber
    ORDER BY serial_number LIMIT ${ROWS_PER_TURN}`)
  return {
    nextNumber: (authorityId: string): bigint => {
      const crlNumber = selectNext.get(authorityId)
      if (crlNumber === undefined) throw unknownAuthority(authorityId)
      return BigInt(crlNumber)
    },
    wasGiven: (authorityId: string, crlNumber: bigint): boolean => {
      const next = selectNext.get(authorityId)
      if (next === undefined) throw unknownAuthority(authorityId)
      return crlNumber >= 1n && crlNumber < BigInt(next)
    },
    hasUnpublished: (authorityId: string): boolean => {
      const isUnpublished = selectUnpublished.get(authorityId)
      if (isUnpublished === undefined) throw unknownAuthority(authorityId)
      return isUnpublished === 1
    },
    latest: (authorityId: string) => {
      const row = selectLatest.get(authorityId)
      return row && crlOf(row)
    },
    // The list of a reserved number never changes again, so that reading it in slices gives the same as reading it at once.
    entries: async (authorityId: string, crlNumber: bigint, expiredBefore: Date): Promise<RevokedEntry[]> => {
      const entries: RevokedEntry[] = []
      for (let after = ''; ; await yieldToEventLoop()) {
        const rows = selectEntries.all({
          authorityId,
          after,
          crlNumber,
          expiredBefore: millisecondsOf(expiredBefore),
        })
        for (const row of rows) entries.push(entryOf(row))
        if (rows.length < ROWS_PER_TURN) return entries
        after = rows.at(-1)!.serial_number
      }
    },
  }
}

function unknownAuthority(authorityId: string): StoreError {
  return new StoreError(`no authority "${authorityId}" in the store: create it first`)
}
