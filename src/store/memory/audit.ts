import type { AuditStore } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { type MemoryState, appendAudit } from './state.ts'

/** The audit part of the memory store. */
export function createAuditStore(state: MemoryState): Synchronous<AuditStore> {
  return {
    append: (entry) => appendAudit(state, entry),
    list: ({ afterSequence, limit }) =>
      state.audit.filter((record) => record.sequence > afterSequence).slice(0, limit),
  }
}
