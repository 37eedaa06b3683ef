import { type MetaStore, StoreError } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { type MemoryState, appendAudit } from './state.ts'

/** The meta part of the memory store. */
export function createMetaStore(state: MemoryState): Synchronous<MetaStore> {
  return {
    get: () => state.meta,
    create: (meta, audit) => {
      if (state.meta !== undefined) throw new StoreError('the store is already initialized')
      appendAudit(state, audit)
      state.meta = meta
    },
  }
}
