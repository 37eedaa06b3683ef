import { randomBytes } from 'node:crypto'
import type { Clock, Random, Timers } from '../authority/ports.ts'

export const systemClock: Clock = { now: () => new Date() }

export const systemRandom: Random = { bytes: (length) => randomBytes(length) }

/** Timers that do not keep the process alive: what it serves does. */
export const systemTimers: Timers = {
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds).unref()
    return () => {
      clearTimeout(timer)
    }
  },
  elapsed: () => performance.now(),
}
