import { MAX_STATE_DELTAS, MAX_UNSAVED_DELTAS } from '../core/revocation/feed-limits.ts'
import type { StateStore, StoredLists } from './state-store.ts'

/** Keeps the lists of one authority on disk in step with memory, as far as the disk lets it. */
export interface DurableLists {
  /** Puts other lists in the place of what was kept. */
  replace(lists: StoredLists, history: 'same' | 'new'): Promise<unknown>
  /** Adds a delta, after those that could not be added before. Each resolves to the error if there is one. */
  add(delta: Uint8Array): Promise<unknown>
  /** What a new complete list would mend: `long` has too many deltas after it, `behind` lacks some that a full disk did not take. */
  readonly want: 'long' | 'behind' | undefined
}

/** `kept`: how many deltas are on disk already. Without a store nothing is kept. */
export function createDurableLists(
  store: StateStore | undefined,
  authorityId: string,
  kept: number,
): DurableLists {
  let deltas = kept
  let unsaved: Uint8Array[] = []
  let isBehind = false
  // What is on disk is the last of a history that is lost, and has to stay there beside whatever is kept next.
  let isLost = false
  const attempt = async (write: () => Promise<void>): Promise<unknown> => {
    try {
      await write()
      return undefined
    } catch (error) {
      return error ?? new Error('unknown')
    }
  }
  return {
    replace: (lists, history) =>
      attempt(async () => {
        isBehind = store !== undefined
        isLost ||= history === 'new'
        await store?.save(authorityId, lists, isLost ? 'new' : 'same')
        deltas = lists.deltas.length
        unsaved = []
        isBehind = false
        isLost = false
      }),
    add: (delta) =>
      attempt(async () => {
        if (store === undefined) return
        if (isBehind) throw new Error('the disk waits for a new complete list')
        unsaved.push(delta)
        // One that is missing makes all after it useless.
        if (unsaved.length > MAX_UNSAVED_DELTAS) [unsaved, isBehind] = [[], true]
        for (let next = unsaved[0]; next !== undefined; next = unsaved[0]) {
          await store.append(authorityId, next)
          unsaved.shift()
          deltas++
        }
      }),
    get want() {
      if (isBehind) return 'behind'
      return deltas >= MAX_STATE_DELTAS ? 'long' : undefined
    },
  }
}
