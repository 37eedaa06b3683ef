/** How a connection is asked whether it still lives, while calls wait on it. */
export interface KeepAlive {
  /** How often, in milliseconds. */
  readonly everyMs: number
  /** How long the other side may take to answer, in milliseconds; then the connection is given up, and every call on it is UNAVAILABLE. */
  readonly timeoutMs: number
}

/**
 * A host that lost its power closes nothing, and TCP tries for a quarter of an hour: a stream would wait for as long, and so would the next one on the same connection. Two
 * checkpoints may be missed meanwhile, which is what readers of lists allow.
 */
export const KEEP_ALIVE: KeepAlive = { everyMs: 20_000, timeoutMs: 5_000 }
