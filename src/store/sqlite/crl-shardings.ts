import type { Database } from 'better-sqlite3'
import type { CrlStore } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { millisecondsOf } from './rows.ts'

interface Row {
  readonly public_url: string
  readonly shard_count: number
}

/** The `useSharding` of the contract. */
export function createCrlShardings(database: Database): Synchronous<Pick<CrlStore, 'useSharding'>> {
  const retire = database.prepare(
    'UPDATE crl_shardings SET retired_at = ? WHERE authority_id = ? AND retired_at IS NULL',
  )
  const use = database.prepare(
    'INSERT INTO crl_shardings VALUES (?, ?, ?, NULL) ON CONFLICT DO UPDATE SET retired_at = NULL',
  )
  const select = database.prepare<[string, number], Row>(`
    SELECT public_url, shard_count FROM crl_shardings
    WHERE authority_id = ? AND (retired_at IS NULL OR retired_at >= ?)
    ORDER BY retired_at IS NOT NULL, retired_at DESC`)
  return {
    useSharding: ({ authorityId, sharding, at, since }) => {
      retire.run(millisecondsOf(at), authorityId)
      if (sharding !== undefined) use.run(authorityId, sharding.publicUrl, sharding.shardCount)
      return select
        .all(authorityId, millisecondsOf(since))
        .map(({ public_url, shard_count }) => ({ publicUrl: public_url, shardCount: shard_count }))
    },
  }
}
