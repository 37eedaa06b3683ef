import { MAX_ISSUED_TOKEN_SECONDS, TOKEN_KEY_OVERLAP_SECONDS } from '../token-limits.ts'

/** A key for tokens in the order of keys: a greater sequence is a later key. */
export interface ScheduledKey {
  readonly sequence: number
  /** It signs from this instant on, until a later key does. */
  readonly signsFrom: Date
}

/** How keys follow each other. */
export interface KeyPolicy {
  /** How long one signs; 0: until somebody rotates it. */
  readonly periodSeconds: number
  /** How long before that the next one is published. */
  readonly prepublishSeconds: number
}

/**
 * The key that signs at an instant: the latest whose time has come. Before the time of all of them (a clock was set back) it is the earliest, which verifiers have known for
 * longest. `undefined` if there is none.
 */
export function signingKey<K extends ScheduledKey>(keys: readonly K[], now: Date): K | undefined {
  return keys.findLast(({ signsFrom }) => signsFrom <= now) ?? keys[0]
}

/** True when the next key has to be made, so that it is published long enough before the present one has signed for its period. */
export function isNextDue(
  keys: readonly ScheduledKey[],
  { periodSeconds, prepublishSeconds }: KeyPolicy,
  now: Date,
): boolean {
  const newest = keys.at(-1)
  if (newest === undefined) return true
  return periodSeconds > 0 && now >= after(newest.signsFrom, periodSeconds - prepublishSeconds)
}

/** Those that sign no more, and have not for a while: their private parts are of no use to anybody but a thief. */
export function silentKeys<K extends ScheduledKey>(keys: readonly K[], now: Date): readonly K[] {
  return replacedFor(keys, TOKEN_KEY_OVERLAP_SECONDS, now)
}

/** Those of which the last token has expired, so that nobody needs them any more. */
export function expiredKeys<K extends ScheduledKey>(keys: readonly K[], now: Date): readonly K[] {
  return replacedFor(keys, MAX_ISSUED_TOKEN_SECONDS + TOKEN_KEY_OVERLAP_SECONDS, now)
}

/** Those that a later key has replaced for so long. */
function replacedFor<K extends ScheduledKey>(keys: readonly K[], seconds: number, now: Date): readonly K[] {
  return keys.filter((_, i) => keys.slice(i + 1).some(({ signsFrom }) => after(signsFrom, seconds) <= now))
}

function after(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000)
}
