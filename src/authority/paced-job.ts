import type { Timers } from './ports.ts'

const RETRY_MS = 1000

/** Timers do not count the time that a machine sleeps, nor a step of its clock: now and then the clock itself is asked. */
const LONGEST_WAIT_MS = 10 * 60 * 1000

/** Work that is done again whenever it is due, one at a time. Work that fails is tried again every second. */
export interface PacedJob {
  /** Asks anew when the work is due. Returns at once. */
  poke(): void
  /** Does the work until `isDone`, starting now; rejects with its error. Callers at the same time share one round. */
  until(isDone: () => boolean): Promise<void>
  /** True if the last round failed. */
  readonly isFailing: boolean
  /** Lets a round in progress finish; nothing begins after it. */
  stop(): Promise<void>
}

export interface PacedJobOptions {
  readonly timers: Timers
  readonly work: () => Promise<void>
  /** Milliseconds until the work is due; 0: now. */
  readonly delay: () => number
  readonly onFailure: (error: unknown) => void
}

export function createPacedJob({ timers, work, delay, onFailure }: PacedJobOptions): PacedJob {
  let running: Promise<void> | undefined
  let failure: { readonly error: unknown } | undefined
  let isStopped = false
  let cancelTimer: () => void = () => undefined

  async function round(): Promise<void> {
    try {
      await work()
      failure = undefined
    } catch (error) {
      failure = { error }
      onFailure(error)
    }
    // In one step with the wait: a poke in between would find work in progress, and nobody to see what it is about.
    running = undefined
    wait()
  }

  function wait(): void {
    cancelTimer()
    if (isStopped) return
    const milliseconds = failure === undefined ? delay() : RETRY_MS
    cancelTimer =
      milliseconds > LONGEST_WAIT_MS
        ? timers.after(LONGEST_WAIT_MS, wait)
        : timers.after(milliseconds, () => {
            running = round()
          })
  }

  return {
    poke() {
      if (running === undefined && failure === undefined) wait()
    },
    async until(isDone) {
      while (!isDone() && !isStopped) {
        cancelTimer()
        await (running ??= round())
        if (failure !== undefined) throw failure.error
      }
    },
    get isFailing() {
      return failure !== undefined
    },
    async stop() {
      isStopped = true
      cancelTimer()
      await running
    },
  }
}
