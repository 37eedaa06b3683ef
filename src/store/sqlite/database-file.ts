import { closeSync, fchmodSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from '../store.ts'

const OWNER_ONLY_FILE = 0o600
const OWNER_ONLY_FOLDER = 0o700
const OTHERS = 0o077

/**
 * Makes sure that there is a database file which only its owner can read. SQLite gives its `-wal` and `-shm` files the same
 * mode. A file open to others is refused, not mended: they may have read or changed it already, and somebody should know.
 *
 * @throws {@link StoreError}
 */
export function prepareDatabaseFile(path: string, mustExist: boolean): void {
  if (!mustExist && createFile(path)) return
  const mode = modeOf(path)
  if (mode === undefined) {
    throw new StoreError(`there is no database at ${path}: check the path, or run \`chancery init\``)
  }
  if ((mode & OTHERS) !== 0) {
    throw new StoreError(`${path} is open to other users: find out why, then run \`chmod 600 ${path}\``)
  }
}

/** Creates an empty file with mode 0600 in a folder that is made with mode 0700 if need be; `false` if the file exists. */
export function createFile(path: string): boolean {
  mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER })
  try {
    const file = openSync(path, 'wx', OWNER_ONLY_FILE)
    // The umask can only take bits away, but it may take those of the owner.
    fchmodSync(file, OWNER_ONLY_FILE)
    closeSync(file)
  } catch (error) {
    if (isErrorCode(error, 'EEXIST')) return false
    throw new StoreError(`cannot create ${path}`, { cause: error })
  }
  syncToDisk(dirname(path))
  return true
}

/** Makes a file, or a folder's list of names, survive power loss. */
export function syncToDisk(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function modeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mode
}

function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
