import type { TokenKeyStore } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { type MemoryState, appendAudit } from './state.ts'

/** The token key part of the memory store. */
export function createTokenKeyStore(state: MemoryState): Synchronous<TokenKeyStore> {
  return {
    add: (key, audit) => {
      if (key.sequence !== (state.tokenKeys.at(-1)?.sequence ?? 0) + 1) return 'taken'
      appendAudit(state, audit)
      state.tokenKeys = [...state.tokenKeys, key]
      return 'added'
    },
    list: () => [...state.tokenKeys],
    removeBefore: (sequence, audit) => {
      const kept = state.tokenKeys.filter((key, i, all) => key.sequence >= sequence || i === all.length - 1)
      const removed = state.tokenKeys.length - kept.length
      if (removed > 0) appendAudit(state, audit)
      state.tokenKeys = kept
      return removed
    },
  }
}
