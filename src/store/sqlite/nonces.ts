import { createHash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { MAX_NONCES_PRUNED } from '../../core/limits.ts'
import type { NonceClaim, NonceStore } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { millisecondsOf } from './rows.ts'

/**
 * Claims on nonces. The number of rows is kept in a row of its own, changed in the same transaction, so that "full" costs one
 * read and is right for several processes.
 */
export function createNonceWrites(database: Database): Synchronous<NonceStore> {
  const insert = database.prepare('INSERT INTO nonces VALUES (?, ?) ON CONFLICT DO NOTHING')
  const replaceExpired = database.prepare(
    'UPDATE nonces SET expires_at = ? WHERE claim = ? AND expires_at < ?',
  )
  const selectExpiry = database
    .prepare<[Uint8Array], number>('SELECT expires_at FROM nonces WHERE claim = ?')
    .pluck()
  const selectCount = database.prepare<[], number>(`SELECT value FROM counters WHERE name = 'nonces'`).pluck()
  const changeCount = database.prepare(`UPDATE counters SET value = value + ? WHERE name = 'nonces'`)
  const removeExpired = database.prepare(`
    DELETE FROM nonces WHERE claim IN
      (SELECT claim FROM nonces WHERE expires_at < ? ORDER BY expires_at LIMIT ${MAX_NONCES_PRUNED})`)

  return {
    claim: (nonce, limit) => {
      const key = claimKey(nonce)
      const at = millisecondsOf(nonce.at)
      const expiresAt = millisecondsOf(nonce.expiresAt)
      const known = selectExpiry.get(key)
      if (known !== undefined) {
        // An expired claim gives its place to the new one.
        return known >= at || replaceExpired.run(expiresAt, key, at).changes === 0 ? 'replayed' : 'claimed'
      }
      if (selectCount.get()! >= limit) return 'full'
      insert.run(key, expiresAt)
      changeCount.run(1)
      return 'claimed'
    },
    prune: (at) => {
      const { changes } = removeExpired.run(millisecondsOf(at))
      if (changes > 0) changeCount.run(-changes)
      return changes
    },
  }
}

/** SHA-256 of the length of the key id, the key id and the nonce: no two pairs share it. */
function claimKey({ keyId, nonce }: NonceClaim): Uint8Array {
  return createHash('sha256').update(Uint8Array.of(keyId.length)).update(keyId).update(nonce, 'utf8').digest()
}
