import type { CrlState } from './sign-crl.ts'

/** Milliseconds until a list is to be made anew. Half of the lifetime leaves the other half to repair whatever keeps a new one from being made. */
export function untilRenewal(
  { thisUpdate, nextUpdate }: Pick<CrlState, 'thisUpdate' | 'nextUpdate'>,
  now: number,
  lifetimeSeconds: number,
): number {
  // From the future, by a clock that was wrong then: verifiers refuse it.
  if (thisUpdate.getTime() > now) return 0
  const half = (lifetimeSeconds * 1000) / 2
  // The two differ for a list that was made under another lifetime.
  return Math.max(0, Math.min(thisUpdate.getTime() + half, nextUpdate.getTime() - half) - now)
}

/** Milliseconds until `span` has passed since `since`; 0 if the clock was set back meanwhile. */
export function untilPassed(span: number, since: number, now: number): number {
  return now < since ? 0 : Math.max(0, span - (now - since))
}

/** True if verifiers whose clock is ours take the list. */
export function isInForce({ thisUpdate, nextUpdate }: CrlState, now: number): boolean {
  return thisUpdate.getTime() <= now && nextUpdate.getTime() > now
}
