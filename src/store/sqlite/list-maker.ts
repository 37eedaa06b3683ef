import { Worker } from 'node:worker_threads'
import type { CrlShard } from '../../core/revocation/crl-shard.ts'
import type { ListFrame } from '../../core/revocation/encode-crl.ts'
import { StoreError } from '../store.ts'

/** What the list thread is asked to do. */
export type ListJob =
  | {
      readonly kind: 'assemble'
      readonly authorityId: string
      readonly crlNumber: bigint
      readonly expiredBefore: number
      readonly frame: ListFrame
      readonly shard: CrlShard | undefined
    }
  | { readonly kind: 'join'; readonly pieces: readonly Uint8Array[] }
  | {
      readonly kind: 'write'
      readonly authorityId: string
      readonly crlNumber: bigint
      readonly pieces: readonly Uint8Array[]
    }
  | { readonly kind: 'tidy'; readonly authorityId: string; readonly crlNumber: bigint }

export interface ListJobOutcome {
  readonly octets: Uint8Array
  readonly entryCount?: number
  readonly sha256?: Uint8Array
}

/** Sends jobs to the list thread, which starts with the first of them. */
export interface ListMaker {
  /** The pieces of a `join` or `write` are given away; joined, they come back in the outcome. Rejects with {@link StoreError}. */
  run(job: ListJob): Promise<ListJobOutcome>
  close(): Promise<void>
}

interface Waiting {
  readonly resolve: (outcome: ListJobOutcome) => void
  readonly reject: (error: StoreError) => void
}

export function createListMaker(path: string): ListMaker {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let lastId = 0
  let isClosed = false

  function start(): Worker {
    const started = new Worker(new URL('./list-worker.ts', import.meta.url), {
      name: 'lists',
      workerData: { path },
    })
    started.on('message', (message: { id: number; outcome?: ListJobOutcome; failure?: string }) => {
      if (worker !== started) return
      const { resolve, reject } = waiting.get(message.id)!
      waiting.delete(message.id)
      // Idle, it does not keep the process alive.
      if (waiting.size === 0) started.unref()
      if (message.outcome !== undefined) resolve(message.outcome)
      else reject(new StoreError('the list cannot be made', { cause: message.failure }))
    })
    // The next job starts another: nothing is lost with the thread but what it had read.
    started.on('error', (error) => fail(started, 'the thread that makes lists died', error))
    started.on('exit', () => fail(started, 'the thread that makes lists ended'))
    return started
  }

  function fail(from: Worker, message: string, cause?: unknown): void {
    // A thread that died also ends, and by then another may be at work.
    if (worker !== from) return
    worker = undefined
    const lost = [...waiting.values()]
    waiting.clear()
    for (const { reject } of lost) reject(new StoreError(message, { cause }))
  }

  return {
    run(job) {
      if (isClosed) return Promise.reject(new StoreError('the store is closed'))
      worker ??= start()
      const id = ++lastId
      const outcome = new Promise<ListJobOutcome>((resolve, reject) => {
        waiting.set(id, { resolve, reject })
      })
      worker.ref()
      const given = 'pieces' in job ? job.pieces.map(({ buffer }) => buffer as ArrayBuffer) : []
      worker.postMessage({ id, job }, given)
      return outcome
    },
    async close() {
      isClosed = true
      await worker?.terminate()
    },
  }
}
