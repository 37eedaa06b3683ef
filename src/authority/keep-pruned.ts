import type { Store } from '../store/store.ts'
import type { Log, Timers } from './ports.ts'
import type { AuthoritySettings } from './settings.ts'
import type { SettledClock } from './settled-clock.ts'

const PRUNE_EVERY_MS = 5000
/** Between two batches other writes pass; a batch of a thousand every 20 ms keeps up with 50,000 nonces a second. */
const PRUNE_NEXT_MS = 20

interface PruneDependencies {
  readonly settled: SettledClock
  readonly timers: Timers
  readonly log: Log
}

/** Removes nonces that can no longer be replayed, a bounded number at a time, so that the store stays as large as the traffic of a window. */
export function keepNoncesPruned(
  deps: PruneDependencies & { readonly store: Pick<Store, 'nonces'> },
): () => void {
  return keepPruned(deps, 'expired nonces', (at) => deps.store.nonces.prune(at))
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
  const lifetimeMs = deps.settings.crlLifetimeSeconds * 1000
  return keepPruned(deps, 'revoked tokens', (at) =>
    deps.store.tokens.prune(new Date(at.getTime() - lifetimeMs)),
  )
}

/** Forgets what tokens carried that have expired, a bounded number at a time. */
export function keepExpiredTokensPruned(
  deps: PruneDependencies & { readonly store: Pick<Store, 'tokens'> },
): () => void {
  return keepPruned(deps, 'expired tokens', (at) => deps.store.tokens.pruneRecorded(at))
}

function keepPruned(
  { settled, timers, log }: PruneDependencies,
  what: string,
  pruneSome: (at: Date) => Promise<number>,
): () => void {
  let stopped = false
  let cancel: () => void = () => undefined

  function schedule(milliseconds: number): void {
    if (!stopped) cancel = timers.after(milliseconds, prune)
  }

  function prune(): void {
    const at = settled.now()
    if (at === undefined) schedule(PRUNE_EVERY_MS)
    else pruneUpTo(at)
  }

  function pruneUpTo(at: Date): void {
    pruneSome(at).then(
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
