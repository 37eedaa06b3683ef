import { MAX_ASSERTION_SECONDS, MAX_ISSUED_TOKEN_SECONDS } from '../core/token-limits.ts'
import type { Clock, Log, Timers } from './ports.ts'
import type { VerifyRequestSettings } from './verify-request.ts'

/** How late the clock may be looked at: a machine that is busy runs its timers late. */
const LATENESS_MS = 60_000

/** How far ahead the clock may be before the log says so. */
const NOTABLE_MS = 30_000

/** A clock to forget things by. */
export interface SettledClock {
  /** What has passed for certain; `undefined` while that is not known, at first. To be asked every few seconds. */
  now(): Date | undefined
}

/**
 * A clock that was set ahead tells that tokens and nonces have expired which live, and once it is right again nobody knows that they were revoked or used. So this one reads the lowest that the clock
 * said within a span, brought forward by the time that has really passed since: as long as the clock was right within the span, it is not ahead. The span is the longest for which such a thing lives:
 * if the clock was wrong throughout, whatever was stored while it was right has expired meanwhile. So a new process knows nothing for one span: what was wrong before it began is on no record.
 */
export function createSettledClock({
  clock,
  timers,
  log,
  settings,
}: {
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  readonly settings: Pick<VerifyRequestSettings, 'ageWindowSeconds' | 'clockSkewSeconds'>
}): SettledClock {
  const spanMs = longestLifeSeconds(settings) * 1000 + LATENESS_MS
  /** The least that the clock was ahead of `elapsed`, in the span before and in the one that goes on. */
  let [before, lately] = [NaN, Infinity]
  let spanBegan = timers.elapsed()
  let wasAhead = false

  function warn(aheadMs: number): void {
    const isAhead = aheadMs > NOTABLE_MS
    if (isAhead && !wasAhead)
      log.warn(
        { ahead_seconds: Math.round(aheadMs / 1000), believed_in_seconds: Math.round((2 * spanMs) / 1000) },
        'the clock was set ahead, or the machine slept: nonces and revoked tokens are kept until the clock has said so for a while. If it is wrong, set it right.',
      )
    wasAhead = isAhead
  }

  return {
    now() {
      const elapsed = timers.elapsed()
      const wall = clock.now().getTime()
      if (elapsed - spanBegan >= spanMs) {
        ;[before, lately] = [lately, Infinity]
        spanBegan = elapsed
      }
      lately = Math.min(lately, wall - elapsed)
      if (Number.isNaN(before)) return undefined
      const settled = elapsed + Math.min(before, lately)
      warn(wall - settled)
      return new Date(settled)
    },
  }
}

/** For how long a nonce, a `jti` or a token counts that a right clock let in. */
function longestLifeSeconds({
  ageWindowSeconds,
  clockSkewSeconds,
}: Pick<VerifyRequestSettings, 'ageWindowSeconds' | 'clockSkewSeconds'>): number {
  // A request may be signed ahead of our clock, and is good for the skew beyond its window.
  return (
    Math.max(ageWindowSeconds + clockSkewSeconds, MAX_ASSERTION_SECONDS, MAX_ISSUED_TOKEN_SECONDS) +
    clockSkewSeconds
  )
}
