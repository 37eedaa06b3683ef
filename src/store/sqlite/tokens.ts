import type { Database } from 'better-sqlite3'
import { formatHex } from '../../core/bytes.ts'
import { MAX_TOKENS_PRUNED } from '../../core/token-limits.ts'
import { tokenStandIn } from '../../core/revocation/stand-in-serial.ts'
import type { Relisting, TokenRevocation, TokenStore } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { AppendAudit } from './audit.ts'
import { millisecondsOf } from './rows.ts'
import type { StandIns } from './stand-ins.ts'

/** Revokes a token, or makes it known as revoked for longer, and says whether it was. With `dryRun` it answers and changes nothing. */
export type RevokeToken = (
  token: Pick<TokenRevocation, 'tokenId' | 'clientId' | 'expiresAt' | 'at'>,
  dryRun?: boolean,
) => Relisting & { readonly wasRevoked: boolean }

/** The write that every revocation of a token ends in. */
export function createRevokeToken(database: Database, standIns: StandIns): RevokeToken {
  const isKnown = createIsKnown(database)
  const insert = database.prepare(`
    INSERT INTO revoked_tokens VALUES (?, ?, ?)
    ON CONFLICT (serial_number) DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)`)
  return ({ tokenId, clientId, expiresAt, at }, dryRun = false) => {
    const serialNumber = serialOf(tokenId)
    const wasRevoked = isKnown(serialNumber)
    const entry = { reason: 'unspecified', at, notAfter: expiresAt } as const
    const relisting = standIns.list(serialNumber, entry, dryRun)
    if (!dryRun) insert.run(serialNumber, clientId ?? null, millisecondsOf(expiresAt))
    return { wasRevoked, ...relisting }
  }
}

/** The writing side. */
export function createTokenWrites(
  database: Database,
  appendAudit: AppendAudit,
  revoke: RevokeToken,
): Synchronous<Pick<TokenStore, 'revoke' | 'prune'>> {
  const countOfClient = database
    .prepare<[string], number>('SELECT count(*) FROM revoked_tokens WHERE client_id = ?')
    .pluck()
  const isKnown = createIsKnown(database)
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
    revoke: ({ maxOfClient, ...token }, audit) => {
      const { tokenId, clientId } = token
      const isFull =
        maxOfClient !== undefined && clientId !== undefined && countOfClient.get(clientId)! >= maxOfClient
      if (isFull && !isKnown(serialOf(tokenId))) return { outcome: 'too_many' }
      const { wasRevoked, ...relisting } = revoke(token)
      if (!wasRevoked || relisting.authorityIds.length > 0) appendAudit(audit)
      return { outcome: wasRevoked ? 'already_revoked' : 'revoked', ...relisting }
    },
    prune: (expiredBefore) => {
      const pruned = prune.all(millisecondsOf(expiredBefore), MAX_TOKENS_PRUNED)
      for (const serialNumber of pruned) for (const statement of unlist) statement.run(serialNumber)
      return pruned.length
    },
  }
}

/** The reading side. */
export function createTokenReads(database: Database): Pick<TokenStore, 'isRevoked'> {
  const isKnown = createIsKnown(database)
  return { isRevoked: (tokenId) => isKnown(serialOf(tokenId)) }
}

function serialOf(tokenId: string): string {
  return formatHex(tokenStandIn(tokenId))
}

function createIsKnown(database: Database): (serialNumber: string) => boolean {
  const select = database.prepare<[string], 1>('SELECT 1 FROM revoked_tokens WHERE serial_number = ?')
  return (serialNumber) => select.get(serialNumber) !== undefined
}
