import type { Database } from 'better-sqlite3'

type PointRead<R> = (authorityId: string, serialNumber: string) => R | undefined

/**
 * Remembers what a point read found for as long as nobody committed anything. `PRAGMA data_version` is SQLite's own answer to that, for the
 * writing thread as for other processes that share the file, and costs a quarter of the read: it is asked each time, before
 * memory is, so that what is remembered is never older than the question.
 *
 * @param database - a connection that never writes: its own commits would not count
 */
export function rememberUnchanged<R>(
  database: Database,
  maxEntries: number,
  read: PointRead<R>,
): PointRead<R> {
  const selectVersion = database.prepare<[], number>('PRAGMA data_version').pluck()
  const known = new Map<string, R>()
  let version: number | undefined
  return (authorityId, serialNumber) => {
    const current = selectVersion.get()
    if (current !== version) {
      known.clear()
      version = current
    }
    const key = `${authorityId}/${serialNumber}`
    const remembered = known.get(key)
    if (remembered !== undefined) return remembered
    const found = read(authorityId, serialNumber)
    if (found === undefined) return undefined
    if (known.size >= maxEntries) known.clear()
    known.set(key, found)
    return found
  }
}
