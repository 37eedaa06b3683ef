import { linkSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { StoreError } from '../store.ts'
import { createFile, syncToDisk } from './database-file.ts'

/**
 * Writes a copy under another name first and gives it its own only when it is whole and on disk, so that a backup that was cut
 * off is never taken for one.
 *
 * @throws {@link StoreError} if the target exists or cannot be written.
 */
export async function backupDatabase(path: string, target: string): Promise<void> {
  const partial = `${target}.partial`
  if (!createFile(partial))
    throw new StoreError(`${partial} exists: another backup is running or was cut off; remove it`)
  try {
    await copy(path, partial)
    syncToDisk(partial)
    // Unlike a rename, a link never replaces what is there.
    linkSync(partial, target)
  } catch (error) {
    throw new StoreError(`cannot write the backup ${target}: choose a new file on a disk with room`, {
      cause: error,
    })
  } finally {
    rmSync(partial, { force: true })
  }
  syncToDisk(dirname(target))
}

function copy(path: string, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./backup-worker.ts', import.meta.url), {
      workerData: { path, target },
    })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new StoreError('the backup thread ended early'))
    })
  })
}
