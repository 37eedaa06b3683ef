import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { FeedPorts } from './ports.ts'

/** The real clock, timers and randomness. */
export const systemFeedPorts: FeedPorts = {
  now: () => new Date(),
  elapsed: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds)
    return () => clearTimeout(timer)
  },
  randomBytes: (length) => randomBytes(length),
  pause: () => setImmediate(),
}
