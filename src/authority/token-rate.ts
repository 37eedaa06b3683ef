import { DomainError } from '../core/errors.ts'
import { MAX_CACHED_CERTIFICATES } from '../core/limits.ts'
import { createLruCache } from '../core/lru-cache.ts'
import type { Clock } from './ports.ts'

/** Bounds how many tokens each client gets. */
export interface TokenRate {
  /**
   * Counts one for a client.
   *
   * @throws {@link DomainError} RATE_LIMITED
   */
  take(clientId: string): void
}

const MINUTE_MS = 60_000

/** Lets each client have so many tokens at once, and as many a minute from then on. Those of clients alone are kept that were proved to be ones. */
export function createTokenRate(clock: Clock, tokensPerMinute: number): TokenRate {
  const intervalMs = MINUTE_MS / tokensPerMinute
  /** When all that a client got would have been due, had it come evenly. */
  const dueMs = createLruCache<number>(MAX_CACHED_CERTIFICATES)
  return {
    take(clientId) {
      const nowMs = clock.now().getTime()
      const kept = dueMs.get(clientId) ?? 0
      // Further ahead than a minute it never gets, unless the clock was set back: what was counted by another time is no measure.
      const due = kept > nowMs + MINUTE_MS ? nowMs : Math.max(kept, nowMs)
      const isLimited = due + intervalMs > nowMs + MINUTE_MS
      dueMs.set(clientId, isLimited ? due : due + intervalMs)
      if (!isLimited) return
      throw new DomainError(
        'RATE_LIMITED',
        `Client ${clientId} got more than ${tokensPerMinute} tokens in a minute. Keep a token until shortly before it expires.`,
        { limit: 'tokens_per_minute' },
      )
    },
  }
}
