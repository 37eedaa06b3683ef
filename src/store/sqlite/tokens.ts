import type { Database } from 'better-sqlite3'
import { formatHex } from '../../core/bytes.ts'
import { MAX_REVOKED_TOKENS_PRUNED } from '../../core/token-limits.ts'
import { tokenStandIn } from '../../core/revocation/stand-in-serial.ts'
import type { TokenStore } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { AppendAudit } from './audit.ts'
import { millisecondsOf } from './rows.ts'
import type { StandIns } from './stand-ins.ts'

/** The writing side. */
export function createTokenWrites(
  database: Database,
  appendAudit: AppendAudit,
  standIns: StandIns,
): Synchronous<Pick<TokenStore, 'revoke' | 'prune'>> {
  const countOfClient = database
    .prepare<[string], number>('SELECT count(*) FROM revoked_tokens WHERE client_id = ?')
    .pluck()
  const isKnown = createIsKnown(database)
  const insert = database.prepare(`
    INSERT INTO revoked_tokens VALUES (?, ?, ?)
    ON CONFLICT (serial_number) DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)`)
  const prune = database
    .prepare<[number, number], string>(
      `DELETE FROM revoked_tokens WHERE serial_number IN
        (SELECT serial_number FROM revoked_tokens WHERE expires_at < ? LIMIT ?) RETURNING serial_number`,
    )
    .pluck()
  const unlist = ['revocations', 'ended_revocations'].map((table) =>
    database.prepare(
      `DELETE FROM ${table} WHERE serial_number = ? AND authority_id IN (SELECT id FROM authorities)`,
    ),
  )

  return {
    revoke: ({ tokenId, clientId, expiresAt, at, maxOfClient }, audit) => {
      const serialNumber = formatHex(tokenStandIn(tokenId))
      const outcome = isKnown(serialNumber) ? 'already_revoked' : 'revoked'
      const isFull =
        maxOfClient !== undefined && clientId !== undefined && countOfClient.get(clientId)! >= maxOfClient
      if (isFull && outcome === 'revoked') return { outcome: 'too_many' }
      const relisting = standIns.list(serialNumber, { reason: 'unspecified', at, notAfter: expiresAt })
      if (relisting.authorityIds.length === 0 && outcome === 'already_revoked')
        return { outcome, ...relisting }
      insert.run(serialNumber, clientId ?? null, millisecondsOf(expiresAt))
      appendAudit(audit)
      return { outcome, ...relisting }
    },
    prune: (expiredBefore) => {
      const pruned = prune.all(millisecondsOf(expiredBefore), MAX_REVOKED_TOKENS_PRUNED)
      for (const serialNumber of pruned) for (const statement of unlist) statement.run(serialNumber)
      return pruned.length
    },
  }
}

/** The reading side. */
export function createTokenReads(database: Database): Pick<TokenStore, 'isRevoked'> {
  const isKnown = createIsKnown(database)
  return { isRevoked: (tokenId) => isKnown(formatHex(tokenStandIn(tokenId))) }
}

function createIsKnown(database: Database): (serialNumber: string) => boolean {
  const select = database.prepare<[string], 1>('SELECT 1 FROM revoked_tokens WHERE serial_number = ?')
  return (serialNumber) => select.get(serialNumber) !== undefined
}
