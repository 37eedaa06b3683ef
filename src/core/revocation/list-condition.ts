import { DEFAULT_CLOCK_SKEW_SECONDS } from '../limits.ts'

/**
 * How a list that is followed stands at an instant, by signed times alone.
 *
 * - `frozen`: there should have been a sign of life since. The authority, the network or a relay is down or lies, or the clock is ahead.
 * - `expired`: past `nextUpdate`.
 * - `from_the_future`: the clock is behind, or that of the authority ahead.
 */
export type ListCondition = 'current' | 'frozen' | 'expired' | 'from_the_future'

/** See {@link ListCondition}. `frozenAfterMs`: how old the last sign of life may be. */
export function conditionOf(
  { thisUpdate, nextUpdate }: { readonly thisUpdate: Date; readonly nextUpdate: Date },
  at: Date,
  frozenAfterMs: number,
): ListCondition {
  if (isFromTheFuture(thisUpdate, at)) return 'from_the_future'
  if (at > nextUpdate) return 'expired'
  return at.getTime() - thisUpdate.getTime() > frozenAfterMs ? 'frozen' : 'current'
}

/** True if a list begins later than now, by more than clocks may differ: one of the two clocks is wrong. */
export function isFromTheFuture(thisUpdate: Date, at: Date): boolean {
  return thisUpdate.getTime() > at.getTime() + DEFAULT_CLOCK_SKEW_SECONDS * 1000
}
