import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import SqliteDatabase from 'better-sqlite3'
import { formatHex } from '../../../../src/core/bytes.ts'
import { clientStandIn } from '../../../../src/core/revocation/stand-in-serial.ts'
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

  it('puts on hold what clients hold that were locked when a lock held nothing yet, and the clients themselves', () => {
    const database = memoryDatabase()
    migrate(database, shipped.slice(0, 1), true)
    const later = Date.now() + 3_600_000
    database.exec(`
      INSERT INTO authorities VALUES (1, 'issuing-1', 'issuing', x'30', 'k', 0, 7);
      INSERT INTO clients VALUES ('alice', '', '[]', '[]', '[]', 'locked', '', 0, 5, 2), ('bob', '', '[]', '[]', '[]', 'active', '', 0, 5, 2);
      INSERT INTO certificates VALUES
        (1, 'issuing-1', '01', 'alice', 'client', '[]', 0, ${later}, x'30', x'00', x'00', 0, NULL),
        (2, 'issuing-1', '02', 'alice', 'client', '[]', 0, ${later}, x'30', x'00', x'00', 0, NULL),
        (3, 'issuing-1', '03', 'alice', 'client', '[]', 0, 1, x'30', x'00', x'00', 0, NULL),
        (4, 'issuing-1', '04', 'bob', 'client', '[]', 0, ${later}, x'30', x'00', x'00', 0, NULL);
      INSERT INTO revocations VALUES ('issuing-1', '02', 3, 1, 'superseded', NULL, ${later});`)
    migrate(database, shipped, false)
    const rows = database.prepare(
      'SELECT serial_number, crl_number, revoked_at, reason, by_lock FROM revocations',
    )
    assert.deepEqual(rows.raw().all(), [
      ['01', 7, 5, 'certificateHold', 1],
      ['02', 3, 1, 'superseded', 0],
      [formatHex(clientStandIn('alice')), 7, 5, 'certificateHold', 0],
    ])
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
