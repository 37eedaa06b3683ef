import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import SqliteDatabase from 'better-sqlite3'
import { type Migration, migrate, readMigrations } from '../../../../src/store/sqlite/migrations.ts'
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.ts'
import { StoreError } from '../../../../src/store/store.ts'

const NEXT: Migration = {
  number: 2,
  name: '002-more.sql',
  sql: 'CREATE TABLE more (id INTEGER) STRICT',
  sha256: 'aa',
}

function tables(database: SqliteDatabase.Database): unknown[] {
  return database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).pluck().all()
}

describe('migrate', () => {
  const shipped = readMigrations()
  const databases: SqliteDatabase.Database[] = []
  after(() => databases.forEach((database) => database.close()))

  function memoryDatabase(): SqliteDatabase.Database {
    const database = new SqliteDatabase(':memory:')
    databases.push(database)
    return database
  }

  it('makes an empty database ours, once', () => {
    const database = memoryDatabase()
    migrate(database, shipped, true)
    const made = tables(database)
    assert.ok(made.includes('certificates'))
    migrate(database, shipped, false)
    assert.deepEqual(tables(database), made)
  })

  it('applies only what is new', () => {
    const database = memoryDatabase()
    migrate(database, shipped, true)
    migrate(database, [...shipped, { ...NEXT, number: shipped.length + 1 }], false)
    assert.ok(tables(database).includes('more'))
  })

  it('refuses an empty database where one must exist', () => {
    assert.throws(() => migrate(memoryDatabase(), shipped, false), StoreError)
  })

  it('refuses a database of another program', () => {
    const named = memoryDatabase()
    named.pragma('application_id = 7')
    assert.throws(() => migrate(named, shipped, true), StoreError)
    const filled = memoryDatabase()
    filled.exec('CREATE TABLE theirs (id INTEGER)')
    assert.throws(() => migrate(filled, shipped, true), StoreError)
    assert.deepEqual(tables(filled), ['theirs'])
  })

  it('refuses a database of a newer version', () => {
    const database = memoryDatabase()
    migrate(database, [...shipped, { ...NEXT, number: shipped.length + 1 }], true)
    assert.throws(() => migrate(database, shipped, true), StoreError)
  })

  it('refuses a step whose contents changed since it was applied', () => {
    const database = memoryDatabase()
    migrate(database, shipped, true)
    const changed = shipped.map((migration) => ({ ...migration, sha256: 'bb' }))
    assert.throws(() => migrate(database, changed, true), StoreError)
  })

  it('leaves nothing of a step that fails', () => {
    const database = memoryDatabase()
    migrate(database, shipped, true)
    const before = tables(database)
    const broken = { ...NEXT, number: shipped.length + 1, sql: `${NEXT.sql}; CREATE TABLE more (id INTEGER)` }
    assert.throws(() => migrate(database, [...shipped, broken], true))
    assert.deepEqual(tables(database), before)
  })

  it('is refused by name when the store is opened', async () => {
    await assert.rejects(openSqliteStore({ path: '/dev/null/store.db', mustExist: true }), StoreError)
  })
})
