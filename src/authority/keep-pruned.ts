import type { Store } from '../store/store.ts'
import type { Clock, Log, Timers } from './ports.ts'
import type { AuthoritySettings } from './settings.ts'

const PRUNE_EVERY_MS = 5000
/** Between two batches other writes pass; a batch of a thousand every 20 ms keeps up with 50,000 nonces a second. */
const PRUNE_NEXT_MS = 20

interface PruneDependencies {
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
}

/** Removes nonces that can no longer be replayed, a bounded number at a time, so that the store stays as large as the traffic of a window. */
export function keepNoncesPruned(
  deps: PruneDependencies & { readonly store: Pick<Store, 'nonces'> },
): () => void {
  return keepPruned(deps, 'expired nonces', () => deps.store.nonces.prune(deps.clock.now()))
}

/**
 * Removes revoked tokens that expired, a bounded number at a time. They stand in lists for one more lifetime of a list, like certificates: a verifier whose clock is
 * behind must not take them for good again.
 */
export function keepRevokedTokensPruned(
  deps: PruneDependencies & {
    readonly store: Pick<Store, 'tokens'>
    readonly settings: Pick<AuthoritySettings, 'crlLifetimeSeconds'>
  },
): () => void {
  return keepPruned(deps, 'revoked tokens', () => {
    const lifetimeMs = deps.settings.crlLifetimeSeconds * 1000
    return deps.store.tokens.prune(new Date(deps.clock.now().getTime() - lifetimeMs))
  })
}

function keepPruned(
  { timers, log }: PruneDependencies,
  what: string,
  pruneSome: () => Promise<number>,
): () => void {
  let stopped = false
  let cancel: () => void = () => undefined

  function schedule(milliseconds: number): void {
    if (!stopped) cancel = timers.after(milliseconds, prune)
  }

  function prune(): void {
    pruneSome().then(
      // More may be waiting.
      (removed) => {
        schedule(removed > 0 ? PRUNE_NEXT_MS : PRUNE_EVERY_MS)
      },
      (err: unknown) => {
        log.warn({ err }, `could not prune ${what}`)
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
