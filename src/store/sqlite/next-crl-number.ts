import type { Database } from 'better-sqlite3'

/** Reads the number that a change of an authority's lists is stamped with. The authority exists: one of its certificates led here. */
export function createNextCrlNumber(database: Database): (authorityId: string) => bigint {
  const select = database
    .prepare<[string], number>('SELECT next_crl_number FROM authorities WHERE id = ?')
    .pluck()
  return (authorityId) => BigInt(select.get(authorityId)!)
}
