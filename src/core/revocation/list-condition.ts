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

/** By how many seconds the clock that made a list is ahead of the one that says that it is `at`, as far as the list tells; 0 if it begins before. */
export function secondsAhead(thisUpdate: Date, at: Date): number {
  return Math.max(0, Math.round((thisUpdate.getTime() - at.getTime()) / 1000))
}

/** What whoever runs a verifier should know, and do, when {@link isFromTheFuture} holds. */
export function explainFuture(thisUpdate: Date, at: Date): string {
  const ahead = secondsAhead(thisUpdate, at)
  return `the list begins ${ahead} s from now by the clock of this machine, and more than ${DEFAULT_CLOCK_SKEW_SECONDS} s are not borne, so everything that it does not revoke is denied with REVOCATION_UNKNOWN: set the clock of this machine, or that of the service, whichever is wrong`
}

/** True if a list begins later than now, by more than clocks may differ: one of the two clocks is wrong. */
export function isFromTheFuture(thisUpdate: Date, at: Date): boolean {
  return thisUpdate.getTime() > at.getTime() + DEFAULT_CLOCK_SKEW_SECONDS * 1000
}
