import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { concatBytes } from '../core/bytes.ts'
import { MAX_HISTORIES } from '../core/revocation/feed-limits.ts'
import { syncFolder, writeFileDurably } from '../files/write-file.ts'
import { decodeJournal, encodeRecord, journalLength } from './delta-journal.ts'
import { type StateStore, type StoredLists, StateDamagedError } from './state-store.ts'

const COMPLETE = 'complete.crl'
const JOURNAL = 'deltas'
const GENERATION = /^([1-9][0-9]{0,8})\.([1-9][0-9]{0,8})$/
const AUTHORITY_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** A folder of lists: `<history>.<generation>`. Lists of one history replace each other; a new history leaves the old ones there. */
interface Generation {
  readonly history: number
  readonly generation: number
}

/**
 * Keeps lists in a folder of its own, which no two processes may share (`lockFolder`): for each authority `<history>.<generation>/complete.crl`, which openssl reads, and beside
 * it the journal of deltas. A folder appears under its name with one rename, complete; the journal only grows.
 */
export function createStateFolder(directory: string): StateStore {
  const journals = new Map<string, { readonly path: string; length: number; isDirty: boolean }>()

  const folderOf = (authorityId: string) => {
    if (!AUTHORITY_ID.test(authorityId)) throw new StateDamagedError(`${authorityId} is no name for a folder`)
    return join(directory, authorityId)
  }

  async function read(path: string): Promise<StoredLists> {
    const journalPath = join(path, JOURNAL)
    const [complete, journal] = await Promise.all([
      readFile(join(path, COMPLETE)),
      readFile(journalPath),
    ]).catch((error: unknown) => {
      throw isAbsent(error) ? new StateDamagedError(`a file of ${path} is missing`) : error
    })
    return { complete, deltas: decodeJournal(journal) }
  }

  return {
    async load(authorityId) {
      const folder = folderOf(authorityId)
      const newest = newestOfEach(await listGenerations(folder))
      const damage: unknown[] = []
      const readOrNote = (generation: Generation) =>
        read(join(folder, nameOf(generation))).catch((error: unknown) => void damage.push(error))
      const [latest, ...earlier] = newest
      if (latest === undefined) return { current: undefined, lost: [], damage }
      const current = await readOrNote(latest)
      if (current) {
        const path = join(folder, nameOf(latest), JOURNAL)
        // What a crash left behind the last whole record is cut off by the next one.
        journals.set(authorityId, { path, length: journalLength(current.deltas), isDirty: true })
      }
      const lost = await Promise.all(earlier.map(readOrNote))
      await removeOthers(folder, newest)
      return { current: current ?? undefined, lost: lost.filter((lists) => lists !== undefined), damage }
    },

    async save(authorityId, { complete, deltas }, history) {
      const folder = folderOf(authorityId)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const kept = newestOfEach(await listGenerations(folder))
      const [latest] = kept
      const isNew = history === 'new' && latest !== undefined
      if (isNew && kept.length >= MAX_HISTORIES) {
        throw new Error(`${folder} holds ${kept.length} histories; remove those that are settled`)
      }
      const next = {
        history: (latest?.history ?? 1) + (isNew ? 1 : 0),
        generation: (latest?.generation ?? 0) + 1,
      }
      const path = join(folder, nameOf(next))
      const temporary = join(folder, `${randomBytes(6).toString('hex')}.tmp`)
      const journal = concatBytes(deltas.map(encodeRecord))
      try {
        await mkdir(temporary, { mode: 0o700 })
        await writeFileDurably(join(temporary, COMPLETE), complete, 0o600)
        await writeFileDurably(join(temporary, JOURNAL), journal, 0o600)
        await syncFolder(temporary)
        await rename(temporary, path)
      } catch (error) {
        await rm(temporary, { recursive: true, force: true })
        throw error
      }
      await syncFolder(folder)
      await syncFolder(directory)
      journals.set(authorityId, { path: join(path, JOURNAL), length: journal.length, isDirty: false })
      await removeOthers(folder, isNew ? [next, ...kept] : [next, ...kept.slice(1)])
    },

    async append(authorityId, delta) {
      const journal = journals.get(authorityId)
      if (journal === undefined)
        throw new Error(`no lists of ${authorityId} are kept that a delta could follow`)
      const record = encodeRecord(delta)
      const file = await open(journal.path, 'r+')
      try {
        // What an earlier attempt left half written must not stand behind a shorter record.
        if (journal.isDirty) await file.truncate(journal.length)
        journal.isDirty = true
        await writeAt(file, record, journal.length)
        await file.sync()
      } finally {
        await file.close()
      }
      journal.length += record.length
      journal.isDirty = false
    },
  }
}

async function writeAt(file: FileHandle, data: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < data.length;) {
    const { bytesWritten } = await file.write(data, written, data.length - written, position + written)
    written += bytesWritten
  }
}

function nameOf({ history, generation }: Generation): string {
  return `${history}.${generation}`
}

async function listGenerations(folder: string): Promise<readonly Generation[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isAbsent(error)) return []
    throw error
  })
  return names.flatMap((name) => {
    const match = GENERATION.exec(name)
    return match ? [{ history: Number(match[1]), generation: Number(match[2]) }] : []
  })
}

/** The newest generation of each history, the newest history first. */
function newestOfEach(generations: readonly Generation[]): readonly Generation[] {
  const sorted = [...generations].sort((a, b) => b.history - a.history || b.generation - a.generation)
  return sorted.filter(({ history }, i) => history !== sorted[i - 1]?.history)
}

/** Removes generations that were replaced, and what a crash left behind. */
async function removeOthers(folder: string, kept: readonly Generation[]): Promise<void> {
  const names = new Set(kept.map(nameOf))
  for (const name of await readdir(folder)) {
    const isOurs = GENERATION.test(name) || name.endsWith('.tmp')
    if (isOurs && !names.has(name)) await rm(join(folder, name), { recursive: true, force: true })
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
