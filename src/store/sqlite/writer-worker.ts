import { parentPort, workerData } from 'node:worker_threads'
import { createBatchRunner } from './batch.ts'
import type { WriteCommand } from './commands.ts'
import { LONG_LOG_PAGES, openForWriting } from './connection.ts'
import { createWriteHandlers } from './write-handlers.ts'

/**
 * The thread that owns the writing connection, so that no fsync ever stops the event loop. It says `ready`, then answers each
 * batch of commands with the outcomes, says `checkpoint` when the log is to be copied, and ends when it is told to `close`. Anything unexpected ends it, and the writer then
 * fails every call: a store that may be wrong is worse than none.
 */

/**
 * Pages that are added to the write-ahead log before it is copied into the database: 1 MiB. A log that stays short is overwritten in place, which is durable
 * several times sooner than what makes a file longer: its length and its place on the disk have to be written too. And a copy that is small does not hold up for
 * long the commits beside it.
 */
const PAGES_PER_COPY = 256

const port = parentPort!
const { path } = workerData as { path: string }
const database = openForWriting(path)
const runBatch = createBatchRunner(database, createWriteHandlers(database))
const measureLog = database
  .prepare<[], [busy: number, pages: number, copied: number]>('PRAGMA wal_checkpoint(NOOP)')
  .raw()
let pagesAtLastCopy = 0

/** Says `checkpoint` when the write-ahead log has grown by so much. */
function watchLog(): void {
  const [, pages] = measureLog.get()!
  // All of it was copied, and it began anew.
  if (pages < pagesAtLastCopy) pagesAtLastCopy = 0
  // A log that is long is for the next commit to copy, which cannot while another does.
  if (pages - pagesAtLastCopy < PAGES_PER_COPY || pages >= LONG_LOG_PAGES) return
  pagesAtLastCopy = pages
  port.postMessage('checkpoint')
}

port.on('message', (message: readonly WriteCommand[] | 'close') => {
  if (message !== 'close') {
    port.postMessage(runBatch(message))
    watchLog()
    return
  }
  // Leaves everything in the one file. If another process still needs the log, it stays.
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
  port.close()
})
port.postMessage('ready')
