import { setImmediate } from 'node:timers/promises'

/** Lets the event loop take a turn, so that a long read on the calling thread stops nobody for long. */
export function yieldToEventLoop(): Promise<unknown> {
  return setImmediate(undefined)
}
