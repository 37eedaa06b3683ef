import type { Clock, Timers } from '../../../../src/authority/ports.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { systemFeedPorts } from '../../../../src/feed/system-ports.ts'

/** The real time, and what it was moved by. */
export interface ShiftedTime {
  readonly clock: Clock
  /** What is due fires when the clock gets there, also because it was moved. */
  readonly timers: Timers
  /** The same for the client's side. */
  readonly ports: FeedPorts
  /** How far it is ahead of the real time by now. */
  readonly aheadMs: number
  /** Moves the clock forward; what has become due fires before this returns, in the order in which it was due. */
  advance(milliseconds: number): void
}

interface Due {
  readonly atMs: number
  readonly callback: () => void
  real: NodeJS.Timeout
}

/** Real time that tests can move forward. Its timers do not keep the process alive. */
export function createShiftedTime(): ShiftedTime {
  const due = new Set<Due>()
  let shiftMs = 0
  const nowMs = () => Date.now() + shiftMs

  function fire(entry: Due): void {
    clearTimeout(entry.real)
    if (due.delete(entry)) entry.callback()
  }

  function wait(entry: Omit<Due, 'real'>): NodeJS.Timeout {
    return setTimeout(() => fire(entry as Due), Math.max(0, entry.atMs - nowMs())).unref()
  }

  function after(milliseconds: number, callback: () => void): () => void {
    const entry = { atMs: nowMs() + milliseconds, callback } as Due
    entry.real = wait(entry)
    due.add(entry)
    return () => {
      clearTimeout(entry.real)
      due.delete(entry)
    }
  }

  const now = () => new Date(nowMs())
  const elapsed = () => systemFeedPorts.elapsed() + shiftMs
  return {
    clock: { now },
    timers: { after, elapsed },
    get aheadMs() {
      return shiftMs
    },
    ports: { ...systemFeedPorts, now, after, elapsed },
    advance(milliseconds) {
      if (!(milliseconds >= 0)) throw new RangeError('The clock only goes forward.')
      shiftMs += milliseconds
      const entries = [...due].sort((a, b) => a.atMs - b.atMs)
      for (const entry of entries) {
        if (entry.atMs <= nowMs()) fire(entry)
        else {
          clearTimeout(entry.real)
          entry.real = wait(entry)
        }
      }
    },
  }
}
