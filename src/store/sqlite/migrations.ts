import { readFileSync, readdirSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { formatHex } from '../../core/bytes.ts'
import { sha256 } from '../../core/crypto.ts'
import { clientStandIn } from '../../core/revocation/stand-in-serial.ts'
import { StoreError } from '../store.ts'

/** One numbered step of the schema, as the program knows it. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
  /** SHA-256 of the file in hex. */
  readonly sha256: string
}

/** Marks a SQLite file as ours: "CHNC". */
const APPLICATION_ID = 0x43_48_4e_43

const FILE_NAME = /^(\d{3})-[a-z0-9-]+\.sql$/

/** Reads the steps from a folder of `NNN-name.sql` files, in order. */
export function readMigrations(folder = new URL('./migrations/', import.meta.url)): Migration[] {
  const migrations = readdirSync(folder)
    .sort()
    .map((name): Migration => {
      const bytes = readFileSync(new URL(name, folder))
      const number = Number(FILE_NAME.exec(name)?.[1])
      return { number, name, sql: bytes.toString('utf8'), sha256: formatHex(sha256(bytes)) }
    })
  if (!migrations.every(({ number }, i) => number === i + 1)) {
    throw new StoreError('the migration files are not numbered 001, 002, ...: reinstall the program')
  }
  return migrations
}

/**
 * Brings a database to the schema that the program knows, in one transaction. An empty one becomes ours if `mayCreate`.
 *
 * @throws {@link StoreError} for a file of another program, a database of a newer version, and steps that differ from those
 * applied before: each would end in a schema that nobody has tested.
 */
export function migrate(database: Database, migrations: readonly Migration[], mayCreate: boolean): void {
  // SQLite has no digest of its own.
  database.function('client_stand_in', { deterministic: true }, (clientId) =>
    formatHex(clientStandIn(String(clientId))),
  )
  database
    .transaction(() => {
      claimFile(database, mayCreate)
      const applied = appliedMigrations(database)
      for (const record of applied) checkApplied(record, migrations)
      for (const migration of migrations.slice(applied.length)) apply(database, migration)
    })
    .immediate()
}

interface AppliedMigration {
  readonly number: number
  readonly name: string
  readonly sha256: string
}

function claimFile(database: Database, mayCreate: boolean): void {
  const applicationId = database.pragma('application_id', { simple: true })
  if (applicationId === APPLICATION_ID) return
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()
  if (applicationId !== 0 || tables !== 0) {
    throw new StoreError('the file is a database of another program: check the path')
  }
  if (!mayCreate)
    throw new StoreError('the file is empty: check the path, restore a backup, or run `chancery init`')
  database.pragma(`application_id = ${APPLICATION_ID}`)
  database.exec(
    'CREATE TABLE schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL) STRICT',
  )
}

function appliedMigrations(database: Database): AppliedMigration[] {
  return database
    .prepare<[], AppliedMigration>('SELECT number, name, sha256 FROM schema_migrations ORDER BY number')
    .all()
}

function checkApplied(applied: AppliedMigration, migrations: readonly Migration[]): void {
  const known = migrations[applied.number - 1]
  if (known === undefined) {
    throw new StoreError(`the database was made by a newer version (${applied.name}): upgrade this program`)
  }
  if (known.sha256 !== applied.sha256) {
    throw new StoreError(
      `${applied.name} was applied with other contents than this program has: run the version that made the database`,
    )
  }
}

function apply(database: Database, { number, name, sql, sha256: digest }: Migration): void {
  database.exec(sql)
  database.prepare('INSERT INTO schema_migrations VALUES (?, ?, ?)').run(number, name, digest)
}
