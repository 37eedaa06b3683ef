import type { Store } from '../store/store.ts'
import type { Clock, Log, Timers } from './ports.ts'

const PRUNE_EVERY_MS = 5000
/** Between two batches other writes pass; a batch of a thousand every 20 ms keeps up with 50,000 nonces a second. */
const PRUNE_NEXT_MS = 20

/** Removes nonces that can no longer be replayed, a bounded number at a time, so that the store stays as large as the traffic of a window. */
export function keepNoncesPruned(deps: {
  readonly store: Pick<Store, 'nonces'>
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
}): () => void {
  let stopped = false
  let cancel: () => void = () => undefined

  function schedule(milliseconds: number): void {
    if (!stopped) cancel = deps.timers.after(milliseconds, prune)
  }

  function prune(): void {
    deps.store.nonces.prune(deps.clock.now()).then(
      // More may be waiting.
      (removed) => {
        schedule(removed > 0 ? PRUNE_NEXT_MS : PRUNE_EVERY_MS)
      },
      (err: unknown) => {
        deps.log.warn({ err }, 'could not prune expired nonces')
        schedule(PRUNE_EVERY_MS)
      },
    )
  }

  schedule(PRUNE_EVERY_MS)
  return () => {
    stopped = true
    cancel()
  }
}
