import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'

/** Another process uses the folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
}

/** The longest path of a Unix socket that every system takes. */
const MAX_SOCKET_PATH_LENGTH = 90

const HELD = /^lock\.[0-9a-f]{12}$/

/**
 * Makes the folder, if it is not there, and this process its only user, until the function that is returned is called or the process ends, however it ends.
 *
 * A lock is a Unix socket that somebody listens on. Its name is never used again, so that one on which nobody answers can be removed: it is what a crash left behind. Of
 * two that begin at the same moment both may be refused, never none.
 *
 * @throws {@link FolderInUseError}
 */
export async function lockFolder(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const folder = await open(directory, 'r')
  const name = `lock.${randomBytes(6).toString('hex')}`
  const server = createServer((socket) => socket.destroy())
  const release = async () => {
    await rm(join(directory, name), { force: true })
    await new Promise((resolve) => server.close(resolve))
    await folder.close()
  }
  try {
    // Under another name first: before it listens it would be taken for one that was left behind.
    await listen(server, socketPath(directory, folder, `${name}.new`))
    await rename(join(directory, `${name}.new`), join(directory, name))
    const others = (await readdir(directory)).filter((other) => HELD.test(other) && other !== name)
    for (const other of others) {
      if (await isAnswered(socketPath(directory, folder, other)))
        throw new FolderInUseError(`${directory} is in use by another process`)
      await rm(join(directory, other), { force: true })
    }
  } catch (error) {
    await release()
    throw error
  }
  server.unref()
  return release
}

function listen(server: ReturnType<typeof createServer>, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const end = (isThere: boolean) => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', () => end(true))
    // Anything but a socket that nobody listens on, such as too many that wait, is somebody.
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      end(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    )
  })
}

/** By way of the open folder where the path is longer than the address of a socket may be. */
function socketPath(directory: string, folder: FileHandle, name: string): string {
  const path = join(directory, name)
  return path.length <= MAX_SOCKET_PATH_LENGTH ? path : `/proc/self/fd/${folder.fd}/${name}`
}
