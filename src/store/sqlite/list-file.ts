import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncToDisk } from './database-file.ts'

/**
 * Complete lists lie in files beside the database: 40 MB in it would be written twice, and every acknowledgement would wait for that. A file is whole and
 * on disk before the database names it, by number; what it does not name is left over from a crash or outdated.
 */
export function listFolder(databasePath: string): string {
  return `${databasePath}-lists`
}

export function listFileName(authorityId: string, crlNumber: bigint): string {
  return `${authorityId}.${crlNumber}.crl`
}

/** What goes to disk in one piece. A list of 40 MB in one would hold up every commit that comes meanwhile for as long as all of it takes. */
const SYNCED_BYTES = 1 << 18

/**
 * The file of a list that is out of date. The next list overwrites it: to free 40 MB on the disk, and to find as many, holds up every commit that comes meanwhile
 * for longer than to write them.
 */
function spareFile(folder: string, authorityId: string): string {
  return join(folder, `${authorityId}.spare`)
}

/** Writes a list so that it is there as a whole or not at all. */
export function writeListFile(
  databasePath: string,
  authorityId: string,
  crlNumber: bigint,
  der: Uint8Array,
): void {
  const folder = listFolder(databasePath)
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) syncToDisk(dirname(folder))
  const path = join(folder, listFileName(authorityId, crlNumber))
  const partial = `${path}.partial`
  const file = takeFile(spareFile(folder, authorityId), partial)
  try {
    ftruncateSync(file, Math.min(fstatSync(file).size, der.length))
    for (let at = 0; at < der.length;) {
      at += writeSync(file, der, at, Math.min(SYNCED_BYTES, der.length - at), at)
      fdatasyncSync(file)
    }
  } finally {
    closeSync(file)
  }
  renameSync(partial, path)
  syncToDisk(folder)
}

function takeFile(spare: string, path: string): number {
  try {
    renameSync(spare, path)
    return openSync(path, 'r+')
  } catch {
    // There is none yet, or another process took it.
    return openSync(path, 'w', 0o600)
  }
}

/** Copies what lists there are beside the copy of a database. One that is replaced meanwhile is missing there, and is made anew. */
export async function copyListFiles(databasePath: string, target: string): Promise<void> {
  const [from, to] = [listFolder(databasePath), listFolder(target)]
  if (!existsSync(from)) return
  await mkdir(to, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(from).filter((file) => file.endsWith('.crl')))
    await copyFile(join(from, name), join(to, name)).catch(() => undefined)
}

/** Removes the lists of an authority that are older than this one, but for a file to overwrite. Another process may have written newer ones. */
export function removeOlderListFiles(databasePath: string, authorityId: string, crlNumber: bigint): void {
  const folder = listFolder(databasePath)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const { name } = entry
    const [id, number = ''] = name.split('.')
    if (entry.isFile() && id === authorityId && /^\d+$/.test(number) && BigInt(number) < crlNumber)
      renameSync(join(folder, name), spareFile(folder, authorityId))
  }
}
