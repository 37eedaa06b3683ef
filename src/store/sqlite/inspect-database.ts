import { openForReading } from './connection.ts'
import { StoreError } from '../store.ts'

/** How sound a database file is. */
export interface DatabaseReport {
  /** Number of the last migration that was applied. */
  readonly schemaVersion: number
  /** What `PRAGMA integrity_check` and `foreign_key_check` complain of; empty if nothing. */
  readonly problems: readonly string[]
}

const MAX_PROBLEMS = 20

/**
 * Has SQLite check every page and reference of the file. Reads all of it: for an operator's command, not for a running service.
 *
 * @throws {@link StoreError} if the file cannot be opened or is no database of ours.
 */
export function inspectDatabase(path: string): DatabaseReport {
  try {
    const database = openForReading(path)
    try {
      const integrity = database.pragma(`integrity_check(${MAX_PROBLEMS})`) as { integrity_check: string }[]
      const references = database.pragma('foreign_key_check') as { table: string; rowid: number }[]
      const version = database.prepare('SELECT max(number) AS version FROM schema_migrations').get() as {
        version: number
      }
      return {
        schemaVersion: version.version,
        problems: [
          ...integrity.map((row) => row.integrity_check).filter((text) => text !== 'ok'),
          ...references
            .slice(0, MAX_PROBLEMS)
            .map(({ table, rowid }) => `dangling reference in ${table}, row ${rowid}`),
        ],
      }
    } finally {
      database.close()
    }
  } catch (cause) {
    throw new StoreError(`cannot inspect ${path}: it is missing, damaged, or no database of ours`, { cause })
  }
}
