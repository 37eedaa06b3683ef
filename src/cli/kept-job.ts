import type { FeedPorts } from '../feed/ports.ts'

/** How long work that failed waits for its next try. */
const RETRY_MS = 10_000

/** Work that is due after each change: never twice at once, once more if something changed meanwhile, and again and again until it succeeds. */
export interface KeptJob {
  /** Says that something changed. Returns at once. */
  request(): void
  /** Lets what runs or waits to run finish; nothing is tried again after it. */
  stop(): Promise<void>
}

/** `failed` is told of each failure. */
export function createKeptJob(
  timers: Pick<FeedPorts, 'after'>,
  work: () => Promise<void>,
  failed: (error: unknown) => void,
): KeptJob {
  let isWanted = false
  let running: Promise<void> | undefined
  let cancelRetry: () => void = () => undefined

  function request(): void {
    isWanted = true
    running ??= runWhileWanted()
  }

  async function runWhileWanted(): Promise<void> {
    while (isWanted) {
      isWanted = false
      cancelRetry()
      try {
        await work()
      } catch (error) {
        failed(error)
        cancelRetry = timers.after(RETRY_MS, request)
      }
    }
    running = undefined
  }

  return {
    request,
    async stop() {
      await running
      cancelRetry()
    },
  }
}
