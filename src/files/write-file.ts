import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes a file so that a reader, or a crash, sees the old content or the new one and nothing between: written beside it,
 * flushed, renamed over it.
 */
export async function writeFileAtomically(
  path: string,
  data: string | Uint8Array,
  mode: number,
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeFileDurably(temporary, data, mode)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/** Creates a file that must not be there yet and flushes it to the disk. */
export async function writeFileDurably(path: string, data: string | Uint8Array, mode: number): Promise<void> {
  await withFile(await open(path, 'wx', mode), async (file) => {
    // The mode given to open is cut by the umask; the one asked for is meant.
    await file.chmod(mode)
    await file.writeFile(data)
    await file.sync()
  })
}

/** Flushes a folder, so that names made or changed in it survive a crash. */
export async function syncFolder(path: string): Promise<void> {
  await withFile(await open(path, 'r'), (folder) => folder.sync())
}

async function withFile(file: FileHandle, use: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await use(file)
  } finally {
    await file.close()
  }
}
