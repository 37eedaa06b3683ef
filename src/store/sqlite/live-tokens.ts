import type { Database } from 'better-sqlite3'
import { MAX_TOKENS_PRUNED, MAX_TOKENS_WITHDRAWN } from '../../core/token-limits.ts'
import { grantCovers } from '../../core/scope/scope-set.ts'
import { joinWithdrawal, type Withdrawal } from '../revocation.ts'
import type { ScopeChange, TokenStore } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { AppendAudit } from './audit.ts'
import { millisecondsOf, textsOf } from './rows.ts'
import type { RevokeToken } from './tokens.ts'

interface Row {
  readonly id: number
  readonly token_id: string
  readonly scopes: string
  readonly expires_at: number
}

/** Revokes the recorded tokens of a client that carry what its new grant does not cover. */
export type WithdrawTokens = (change: ScopeChange) => Withdrawal

/** Tokens that may not have expired, with what they carry. */
export function createLiveTokenWrites(
  database: Database,
  appendAudit: AppendAudit,
): Synchronous<Pick<TokenStore, 'record' | 'pruneRecorded'>> {
  const selectVersion = database
    .prepare<[string], number>("SELECT version FROM clients WHERE client_id = ? AND state = 'active'")
    .pluck()
  const insert = database.prepare('INSERT INTO live_tokens VALUES (NULL, ?, ?, ?, ?)')
  const prune = database.prepare(`
    DELETE FROM live_tokens WHERE id IN
      (SELECT id FROM live_tokens WHERE expires_at < ? LIMIT ${MAX_TOKENS_PRUNED})`)
  return {
    record: ({ tokenId, clientId, scopes, expiresAt }, clientVersion, audit) => {
      if (selectVersion.get(clientId) !== clientVersion) return 'client_changed'
      insert.run(clientId, tokenId, JSON.stringify(scopes), millisecondsOf(expiresAt))
      appendAudit(audit)
      return 'recorded'
    },
    pruneRecorded: (expiredBefore) => prune.run(millisecondsOf(expiredBefore)).changes,
  }
}

/** For use inside the transaction that changes the grant. */
export function createWithdrawTokens(database: Database, revoke: RevokeToken): WithdrawTokens {
  const select = database.prepare<[string], Row>(
    'SELECT id, token_id, scopes, expires_at FROM live_tokens WHERE client_id = ?',
  )
  const remove = database.prepare('DELETE FROM live_tokens WHERE id = ?')

  /** One more than may be, at most. */
  function findUncovered({ clientId, grantedScopes }: ScopeChange): Row[] {
    // Many tokens, few different sets of scopes.
    const covered = new Map<string, boolean>()
    const isCovered = (scopes: string) => {
      const known = covered.get(scopes)
      if (known !== undefined) return known
      const found = textsOf(scopes).every((scope) => grantCovers(grantedScopes, scope))
      covered.set(scopes, found)
      return found
    }
    const uncovered: Row[] = []
    for (const row of select.iterate(clientId)) {
      if (!isCovered(row.scopes)) uncovered.push(row)
      if (uncovered.length > MAX_TOKENS_WITHDRAWN) break
    }
    return uncovered
  }

  return (change) => {
    const { clientId, at, dryRun } = change
    const uncovered = findUncovered(change)
    const revoked = uncovered.slice(0, MAX_TOKENS_WITHDRAWN).map(({ id, token_id: tokenId, expires_at }) => {
      const result = revoke({ tokenId, clientId, expiresAt: new Date(expires_at), at }, dryRun)
      if (!dryRun) remove.run(id)
      return result
    })
    return joinWithdrawal(revoked, uncovered.length > revoked.length)
  }
}
