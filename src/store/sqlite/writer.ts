import type { Worker } from 'node:worker_threads'
import { MAX_PENDING_WRITES, MAX_WRITES_PER_TRANSACTION } from '../../core/limits.ts'
import { StoreError } from '../store.ts'
import type { WriteCommand, WriteCommands, WriteName, WriteOutcome } from './commands.ts'

/** The writer thread as the store sees it. */
export interface Writer {
  /** Resolves when the command is on disk. Rejects with {@link StoreError}; if the thread died, nothing is known of the write. */
  execute<N extends WriteName>(name: N, ...args: Parameters<WriteCommands[N]>): ReturnType<WriteCommands[N]>
  /** Finishes what was accepted and ends the thread. */
  close(): Promise<void>
}

interface PendingWrite {
  readonly command: WriteCommand
  readonly resolve: (value: unknown) => void
  readonly reject: (error: StoreError) => void
}

/**
 * Queues commands for the writer thread. While one batch is on its way to disk the next one gathers, so that batches grow
 * with the load and one fsync serves many callers. Waits for the thread's `ready`.
 *
 * @param onLongLog - is told when the write-ahead log is long enough to be copied into the database
 * @throws {@link StoreError} if the thread dies before it is ready.
 */
export async function startWriter(worker: Worker, onLongLog: () => void): Promise<Writer> {
  let queue: PendingWrite[] = []
  let inFlight: PendingWrite[] = []
  let isFlushPlanned = false
  let refusal: StoreError | undefined
  let reportDrained: (() => void) | undefined
  const ready = Promise.withResolvers<undefined>()
  const ended = Promise.withResolvers<undefined>()

  function fail(message: string, cause?: unknown): void {
    refusal = new StoreError(message, { cause })
    const lost = [...inFlight, ...queue]
    inFlight = []
    queue = []
    for (const { reject } of lost) reject(refusal)
    ready.reject(refusal)
    reportDrained?.()
  }

  function planFlush(): void {
    if (isFlushPlanned || inFlight.length > 0) return
    isFlushPlanned = true
    // Everything that this turn of the event loop asks for shares a transaction.
    setImmediate(() => {
      isFlushPlanned = false
      flush()
    })
  }

  function flush(): void {
    if (inFlight.length > 0 || queue.length === 0) return
    inFlight = queue.slice(0, MAX_WRITES_PER_TRANSACTION)
    queue = queue.slice(MAX_WRITES_PER_TRANSACTION)
    try {
      worker.postMessage(inFlight.map(({ command }) => command))
    } catch (error) {
      settle(inFlight.map(() => ({ ok: false, message: 'the command cannot be sent', cause: String(error) })))
    }
  }

  function settle(outcomes: readonly WriteOutcome[]): void {
    const settled = inFlight
    inFlight = []
    // The thread goes on working while this one answers.
    flush()
    settled.forEach((write, i) => {
      const outcome = outcomes[i]!
      if (outcome.ok) write.resolve(outcome.value)
      else write.reject(new StoreError(outcome.message, { cause: outcome.cause }))
    })
    if (inFlight.length === 0 && queue.length === 0) {
      worker.unref()
      reportDrained?.()
    }
  }

  worker.on('message', (message: readonly WriteOutcome[] | 'ready' | 'checkpoint') => {
    if (message === 'ready') ready.resolve(undefined)
    else if (message === 'checkpoint') onLongLog()
    else settle(message)
  })
  worker.on('error', (error) => fail('the writer thread died: restart the process', error))
  worker.on('messageerror', (error) =>
    fail('the writer thread cannot be understood: restart the process', error),
  )
  worker.on('exit', () => {
    const isExpected = refusal !== undefined && inFlight.length + queue.length === 0
    if (!isExpected) fail('the writer thread ended: restart the process')
    ended.resolve(undefined)
  })
  // An idle store does not keep the process alive; a write that was asked for does.
  await ready.promise
  worker.unref()

  return {
    execute: <N extends WriteName>(name: N, ...args: Parameters<WriteCommands[N]>) => {
      if (refusal !== undefined) return Promise.reject(refusal) as ReturnType<WriteCommands[N]>
      if (queue.length >= MAX_PENDING_WRITES) {
        return Promise.reject(
          new StoreError('too many writes are waiting: the disk is too slow for this load'),
        ) as ReturnType<WriteCommands[N]>
      }
      const promise = new Promise((resolve, reject) => {
        queue.push({ command: { name, args }, resolve, reject })
      })
      worker.ref()
      planFlush()
      return promise as ReturnType<WriteCommands[N]>
    },
    close: async () => {
      if (refusal !== undefined) throw refusal
      refusal = new StoreError('the store is closed')
      if (inFlight.length + queue.length > 0) {
        await new Promise<void>((resolve) => {
          reportDrained = resolve
        })
      }
      worker.ref()
      worker.postMessage('close')
      await ended.promise
    },
  }
}
