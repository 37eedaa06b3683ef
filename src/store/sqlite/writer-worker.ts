import { parentPort, workerData } from 'node:worker_threads'
import { createBatchRunner } from './batch.ts'
import type { WriteCommand } from './commands.ts'
import { openForWriting } from './connection.ts'
import { createWriteHandlers } from './write-handlers.ts'

/**
 * The thread that owns the writing connection, so that no fsync ever stops the event loop. It says `ready`, then answers each
 * batch of commands with the outcomes, and ends when it is told to `close`. Anything unexpected ends it, and the writer then
 * fails every call: a store that may be wrong is worse than none.
 */

const port = parentPort!
const { path } = workerData as { path: string }
const database = openForWriting(path)
const runBatch = createBatchRunner(database, createWriteHandlers(database))

port.on('message', (message: readonly WriteCommand[] | 'close') => {
  if (message !== 'close') {
    port.postMessage(runBatch(message))
    return
  }
  // Leaves everything in the one file. If another process still needs the log, it stays.
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
  port.close()
})
port.postMessage('ready')
