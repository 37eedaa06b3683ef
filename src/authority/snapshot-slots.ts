import { MAX_SNAPSHOTS_AT_ONCE } from '../core/limits.ts'

/** Bounds how many large snapshots are on their way at once. One for each client: who opens many streams waits for itself. */
export interface SnapshotSlots {
  /** Resolves with the function that gives the slot back; `undefined` if the signal aborted while waiting. First come, first served. */
  take(clientId: string, signal: AbortSignal): Promise<(() => void) | undefined>
}

interface Waiting {
  readonly clientId: string
  readonly admit: () => void
}

export function createSnapshotSlots(limit = MAX_SNAPSHOTS_AT_ONCE): SnapshotSlots {
  const holders = new Set<string>()
  const queue: Waiting[] = []

  function admitNext(): void {
    for (let i = 0; i < queue.length && holders.size < limit;) {
      const { clientId, admit } = queue[i]!
      if (holders.has(clientId)) {
        i++
        continue
      }
      queue.splice(i, 1)
      holders.add(clientId)
      admit()
    }
  }

  return {
    take(clientId, signal) {
      return new Promise((resolve) => {
        const waiting: Waiting = {
          clientId,
          admit: () => {
            signal.removeEventListener('abort', giveUp)
            resolve(() => {
              holders.delete(clientId)
              admitNext()
            })
          },
        }
        const giveUp = () => {
          queue.splice(queue.indexOf(waiting), 1)
          resolve(undefined)
        }
        if (signal.aborted) {
          resolve(undefined)
          return
        }
        signal.addEventListener('abort', giveUp, { once: true })
        queue.push(waiting)
        admitNext()
      })
    },
  }
}
