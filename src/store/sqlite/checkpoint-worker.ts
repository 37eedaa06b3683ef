import { parentPort, workerData } from 'node:worker_threads'
import { LONG_LOG_PAGES, openForCheckpoints } from './connection.ts'

/**
 * The thread that copies the write-ahead log into the database. It does not stop the writer, so that the log may be longer afterwards; and only when all of it is
 * copied does the next commit begin it anew. So it goes on with what was added, which is little and soon done, until nothing was.
 */

/** Where commits come without a pause there is no end to it: then a commit copies the rest, when the log is long. */
const MAX_ROUNDS = 4

const port = parentPort!
const { path } = workerData as { path: string }
const database = openForCheckpoints(path)
const copy = database
  .prepare<[], [busy: number, pages: number, copied: number]>('PRAGMA wal_checkpoint(PASSIVE)')
  .raw()

port.on('message', (message: 'copy' | 'close') => {
  if (message === 'copy') {
    copyLog()
    port.postMessage('copied')
    return
  }
  database.close()
  port.close()
})

function copyLog(): void {
  let before: number | undefined
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const [, pages] = copy.get()!
    if (pages === before || pages >= LONG_LOG_PAGES) return
    before = pages
  }
}
