import { formatHex } from '../../core/bytes.ts'
import { MAX_NONCES_PRUNED } from '../../core/limits.ts'
import { isPast } from '../instant.ts'
import type { NonceStore } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { MemoryState } from './state.ts'

/** The nonce part of the memory store. */
export function createNonceStore(state: MemoryState): Synchronous<NonceStore> {
  return {
    claim: ({ keyId, nonce, at, expiresAt }, limit) => {
      const key = `${formatHex(keyId)}/${nonce}`
      const known = state.nonces.get(key)
      if (known !== undefined && !isPast(known, at)) return 'replayed'
      // An expired claim gives its place to the new one.
      if (known === undefined && state.nonces.size >= limit) return 'full'
      state.nonces.set(key, expiresAt)
      return 'claimed'
    },
    prune: (at) => prune(state, at),
  }
}

function prune(state: MemoryState, at: Date): number {
  let pruned = 0
  for (const [key, expiresAt] of state.nonces) {
    if (pruned === MAX_NONCES_PRUNED) break
    if (!isPast(expiresAt, at)) continue
    state.nonces.delete(key)
    pruned += 1
  }
  return pruned
}
