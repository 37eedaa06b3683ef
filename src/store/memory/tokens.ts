import { formatHex } from '../../core/bytes.ts'
import { MAX_REVOKED_TOKENS_PRUNED } from '../../core/token-limits.ts'
import { tokenStandIn } from '../../core/revocation/stand-in-serial.ts'
import { isPast } from '../instant.ts'
import type { TokenStore } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { listStandIn } from './stand-ins.ts'
import { type MemoryState, appendAudit } from './state.ts'

/** The token part of the memory store. */
export function createTokenStore(state: MemoryState): Synchronous<TokenStore> {
  const { revokedTokens } = state
  return {
    revoke: ({ tokenId, clientId, expiresAt, at, maxOfClient }, audit) => {
      const serialNumber = serialOf(tokenId)
      const known = revokedTokens.get(serialNumber)
      const outcome = known === undefined ? 'revoked' : 'already_revoked'
      const ofClient = [...revokedTokens.values()].filter((token) => token.clientId === clientId)
      const isFull = maxOfClient !== undefined && clientId !== undefined && ofClient.length >= maxOfClient
      if (isFull && outcome === 'revoked') return { outcome: 'too_many' }
      const entry = { reason: 'unspecified', at, notAfter: expiresAt } as const
      const relisting = listStandIn(state, serialNumber, entry, true)
      if (relisting.authorityIds.length === 0 && known !== undefined) return { outcome, ...relisting }
      appendAudit(state, audit)
      listStandIn(state, serialNumber, entry)
      const end = known && known.expiresAt > expiresAt ? known.expiresAt : expiresAt
      revokedTokens.set(serialNumber, { clientId: known ? known.clientId : clientId, expiresAt: end })
      return { outcome, ...relisting }
    },
    isRevoked: (tokenId) => revokedTokens.has(serialOf(tokenId)),
    prune: (expiredBefore) => {
      const pruned = [...revokedTokens]
        .filter(([, { expiresAt }]) => isPast(expiresAt, expiredBefore))
        .slice(0, MAX_REVOKED_TOKENS_PRUNED)
      for (const [serialNumber] of pruned) {
        revokedTokens.delete(serialNumber)
        for (const { standIns } of state.authorities.values()) standIns.delete(serialNumber)
      }
      return pruned.length
    },
  }
}

function serialOf(tokenId: string): string {
  return formatHex(tokenStandIn(tokenId))
}
