import { Worker } from 'node:worker_threads'

/**
 * Has the write-ahead log copied into the database by a thread of its own, which starts with the first copy: within a commit that would hold up every
 * acknowledgement behind it for as long as the disk takes to sync some hundred pages that lie far apart.
 */
export interface Checkpointer {
  /** Begins a copy, unless one is being made. Returns at once. */
  begin(): void
  /** Lets a copy that is being made finish; none begins after it. */
  close(): Promise<void>
}

export function createCheckpointer(path: string): Checkpointer {
  let worker: Worker | undefined
  let isCopying = false
  let isClosed = false

  function start(): Worker {
    const started = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), {
      name: 'checkpoints',
      workerData: { path },
    })
    started.on('message', () => {
      isCopying = false
      // Idle, it does not keep the process alive.
      started.unref()
    })
    // The next copy starts another thread. Should none live, the log does not grow without end: the writer copies it when it is long.
    started.on('error', () => undefined)
    started.on('exit', () => {
      worker = undefined
      isCopying = false
    })
    return started
  }

  return {
    begin() {
      if (isCopying || isClosed) return
      worker ??= start()
      isCopying = true
      worker.ref()
      worker.postMessage('copy')
    },
    async close() {
      isClosed = true
      if (worker === undefined) return
      const ended = new Promise((resolve) => worker?.once('exit', resolve))
      worker.ref()
      worker.postMessage('close')
      await ended
    },
  }
}
