import SqliteDatabase from 'better-sqlite3'
import type { Database } from 'better-sqlite3'
import { StoreError } from '../store.ts'

/** How long to wait for another process that holds the lock. */
const BUSY_TIMEOUT_MS = 5_000

/** Pages kept in memory, in KiB (negative by SQLite's convention). */
const WRITER_CACHE = -65_536
const READER_CACHE = -32_768

/**
 * Pages in the write-ahead log at which a commit itself copies them into the database: 32 MiB. By then the thread that does so was held up, died, or never met a
 * pause between two commits.
 */
export const LONG_LOG_PAGES = 8_192

/** Size to which the log is cut after it was emptied. */
const LOG_SIZE_LIMIT_BYTES = 64 * 1024 * 1024

/** Opens the connection that writes: write-ahead log, and every commit on disk before it counts. */
export function openForWriting(path: string): Database {
  const database = new SqliteDatabase(path, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
  if (database.pragma('journal_mode = WAL', { simple: true }) !== 'wal') {
    database.close()
    throw new StoreError(`${path} cannot have a write-ahead log: put the database on a local file system`)
  }
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  database.pragma(`cache_size = ${WRITER_CACHE}`)
  database.pragma(`wal_autocheckpoint = ${LONG_LOG_PAGES}`)
  database.pragma(`journal_size_limit = ${LOG_SIZE_LIMIT_BYTES}`)
  return database
}

/** Opens a connection that cannot write. Each statement sees everything committed before it began. */
export function openForReading(path: string): Database {
  const database = new SqliteDatabase(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
  database.pragma(`cache_size = ${READER_CACHE}`)
  return database
}

/** Opens a connection that only copies the write-ahead log into the database. */
export function openForCheckpoints(path: string): Database {
  const database = new SqliteDatabase(path, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
  // The log before the first page is copied, and the database before the log is begun anew.
  database.pragma('synchronous = FULL')
  return database
}
