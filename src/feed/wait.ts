import type { FeedPorts } from './ports.ts'

/** Waits until the time has passed or the signal aborts. */
export function wait(
  ports: Pick<FeedPorts, 'after'>,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const cancel = ports.after(milliseconds, done)
    signal.addEventListener('abort', done, { once: true })
    function done(): void {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
