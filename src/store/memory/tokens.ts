import { formatHex } from '../../core/bytes.ts'
import { grantCovers } from '../../core/scope/scope-set.ts'
import { MAX_TOKENS_PRUNED, MAX_TOKENS_WITHDRAWN } from '../../core/token-limits.ts'
import { tokenStandIn } from '../../core/revocation/stand-in-serial.ts'
import { isPast } from '../instant.ts'
import { joinWithdrawal, type Withdrawal } from '../revocation.ts'
import type { ScopeChange, TokenRevocation, TokenStore } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { listStandIn } from './stand-ins.ts'
import { type MemoryState, appendAudit } from './state.ts'

/** The token part of the memory store. */
export function createTokenStore(state: MemoryState): Synchronous<TokenStore> {
  const { revokedTokens, liveTokens } = state
  return {
    record: (token, clientVersion, audit) => {
      const client = state.clients.get(token.clientId)
      if (client?.state !== 'active' || client.version !== clientVersion) return 'client_changed'
      appendAudit(state, audit)
      liveTokens.set(token.tokenId, token)
      return 'recorded'
    },
    pruneRecorded: (expiredBefore) => {
      const pruned = [...liveTokens.values()]
        .filter(({ expiresAt }) => isPast(expiresAt, expiredBefore))
        .slice(0, MAX_TOKENS_PRUNED)
      for (const { tokenId } of pruned) liveTokens.delete(tokenId)
      return pruned.length
    },
    revoke: ({ maxOfClient, ...token }, audit) => {
      const { clientId } = token
      const ofClient = [...revokedTokens.values()].filter((one) => one.clientId === clientId)
      const isFull = maxOfClient !== undefined && clientId !== undefined && ofClient.length >= maxOfClient
      const { wasRevoked, ...relisting } = revokeToken(state, token, true)
      if (isFull && !wasRevoked) return { outcome: 'too_many' }
      if (!wasRevoked || relisting.authorityIds.length > 0) {
        appendAudit(state, audit)
        revokeToken(state, token, false)
      }
      return { outcome: wasRevoked ? 'already_revoked' : 'revoked', ...relisting }
    },
    isRevoked: (tokenId) => revokedTokens.has(serialOf(tokenId)),
    prune: (expiredBefore) => {
      const pruned = [...revokedTokens]
        .filter(([, { expiresAt }]) => isPast(expiresAt, expiredBefore))
        .slice(0, MAX_TOKENS_PRUNED)
      for (const [serialNumber] of pruned) {
        revokedTokens.delete(serialNumber)
        for (const { standIns } of state.authorities.values()) standIns.delete(serialNumber)
      }
      return pruned.length
    },
  }
}

/** Revokes the recorded tokens of a client that carry what its new grant does not cover. With `dryRun` it answers and changes nothing. */
export function withdrawTokens(state: MemoryState, change: ScopeChange, dryRun: boolean): Withdrawal {
  const { clientId, grantedScopes, at } = change
  const uncovered = [...state.liveTokens.values()].filter(
    (token) =>
      token.clientId === clientId && !token.scopes.every((scope) => grantCovers(grantedScopes, scope)),
  )
  const revoked = uncovered.slice(0, MAX_TOKENS_WITHDRAWN).map((token) => {
    if (!dryRun) state.liveTokens.delete(token.tokenId)
    return revokeToken(state, { ...token, at }, dryRun)
  })
  return joinWithdrawal(revoked, uncovered.length > revoked.length)
}

/** Revokes a token, or makes it known as revoked for longer, and says whether it was. With `dryRun` it answers and changes nothing. */
function revokeToken(
  state: MemoryState,
  { tokenId, clientId, expiresAt, at }: Pick<TokenRevocation, 'tokenId' | 'clientId' | 'expiresAt' | 'at'>,
  dryRun: boolean,
) {
  const serialNumber = serialOf(tokenId)
  const known = state.revokedTokens.get(serialNumber)
  const entry = { reason: 'unspecified', at, notAfter: expiresAt } as const
  const relisting = listStandIn(state, serialNumber, entry, dryRun)
  if (!dryRun) {
    const end = known && known.expiresAt > expiresAt ? known.expiresAt : expiresAt
    state.revokedTokens.set(serialNumber, { clientId: known ? known.clientId : clientId, expiresAt: end })
  }
  return { wasRevoked: known !== undefined, ...relisting }
}

function serialOf(tokenId: string): string {
  return formatHex(tokenStandIn(tokenId))
}
