import type { Database } from 'better-sqlite3'
import type { CrlStore, RevokedEntry } from '../store.ts'
import { type EntryRow, entryOf } from './rows.ts'
import { yieldToEventLoop } from './yield.ts'

/** Entries read before the event loop gets its turn: some milliseconds. */
const ROWS_PER_TURN = 2_000

type Parameters = Readonly<Record<string, string | bigint | number>>

/** The `changes` of the contract. Costs what changed, whatever the size of the lists. */
export function createCrlChanges(database: Database): CrlStore['changes'] {
  const selectFirstBase = database
    .prepare<[string], number>('SELECT first_delta_base FROM authorities WHERE id = ?')
    .pluck()
  const selectRevoked = database.prepare<Parameters, EntryRow & { crl_number: number }>(`
    SELECT crl_number, serial_number, revoked_at, reason, invalidity_date FROM revocations
    WHERE authority_id = :authorityId AND crl_number <= :upTo AND (crl_number, serial_number) > (:number, :serialNumber)
    ORDER BY crl_number, serial_number LIMIT ${ROWS_PER_TURN}`)
  const selectEndedLater = database.prepare<Parameters, EntryRow>(`
    SELECT serial_number, revoked_at, reason, invalidity_date FROM ended_revocations
    WHERE authority_id = :authorityId AND ended_number > :upTo AND crl_number > :after AND crl_number <= :upTo
    LIMIT :limit + 1`)
  const selectReleased = database.prepare<Parameters, EntryRow>(`
    SELECT serial_number, revoked_at, 'removeFromCRL' AS reason, NULL AS invalidity_date FROM ended_revocations
    WHERE authority_id = :authorityId AND ended_number > :after AND ended_number <= :upTo AND crl_number <= :after
    LIMIT :limit + 1`)
  const isListed = database.prepare<Parameters, 1>(`
    SELECT 1 FROM revocations
    WHERE authority_id = :authorityId AND serial_number = :serialNumber AND crl_number <= :upTo
    UNION ALL
    SELECT 1 FROM ended_revocations
    WHERE authority_id = :authorityId AND serial_number = :serialNumber AND crl_number <= :upTo AND ended_number > :upTo`)

  return async (authorityId, after, upTo, limit) => {
    if (after < BigInt(selectFirstBase.get(authorityId) ?? 0)) return undefined
    const changes = new Map<string, RevokedEntry>()
    const note = (rows: readonly EntryRow[]) => {
      for (const row of rows) changes.set(row.serial_number, entryOf(row))
    }
    // Every serial number sorts before this one: the first slice begins after all of list `after`.
    let place = { number: after, serialNumber: 'g' }
    for (; ; await yieldToEventLoop()) {
      const rows = selectRevoked.all({ authorityId, upTo, ...place })
      note(rows)
      if (changes.size > limit) return undefined
      if (rows.length < ROWS_PER_TURN) break
      const { crl_number, serial_number } = rows.at(-1)!
      place = { number: BigInt(crl_number), serialNumber: serial_number }
    }
    // Last, because what ends while slices are read goes from there to here; it stays in list `upTo` all the same.
    note(selectEndedLater.all({ authorityId, after, upTo, limit }))
    const released = selectReleased.all({ authorityId, after, upTo, limit })
    note(
      released.filter(
        ({ serial_number: serialNumber }) => !isListed.get({ authorityId, serialNumber, upTo }),
      ),
    )
    if (changes.size > limit) return undefined
    return [...changes.values()].sort((a, b) => (a.serialNumber < b.serialNumber ? -1 : 1))
  }
}
