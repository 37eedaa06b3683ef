import { type AuthorityStore, StoreError } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { type MemoryState, appendAudit } from './state.ts'

/** The authority part of the memory store. */
export function createAuthorityStore(state: MemoryState): Synchronous<AuthorityStore> {
  return {
    create: (authority, audit) => {
      if (state.authorities.has(authority.id)) {
        throw new StoreError(`there is an authority "${authority.id}" already: choose another id`)
      }
      appendAudit(state, audit)
      state.authorities.set(authority.id, {
        record: authority,
        nextCrlNumber: 1n,
        skippedNumbers: [],
        firstBase: 0n,
        latestCrl: undefined,
        shardings: [],
        endedRevocations: [],
        standIns: new Map(),
      })
      state.bundleSequence += 1n
    },
    get: (id) => state.authorities.get(id)?.record,
    list: () => {
      const records = [...state.authorities.values()].map(({ record }) => record)
      return [
        ...records.filter(({ role }) => role === 'root'),
        ...records.filter(({ role }) => role !== 'root'),
      ]
    },
    bundleSequence: () => state.bundleSequence,
  }
}
