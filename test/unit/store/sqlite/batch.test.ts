import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Database } from 'better-sqlite3'
import { createBatchRunner } from '../../../../src/store/sqlite/batch.ts'
import type { WriteCommand } from '../../../../src/store/sqlite/commands.ts'
import { openForWriting } from '../../../../src/store/sqlite/connection.ts'
import { createFile } from '../../../../src/store/sqlite/database-file.ts'
import { migrate, readMigrations } from '../../../../src/store/sqlite/migrations.ts'
import { createWriteHandlers } from '../../../../src/store/sqlite/write-handlers.ts'
import {
  auditEntry,
  authorityRecord,
  certificateRecord,
  clientRecord,
  nonceClaim,
  serialOf,
} from '../../../support/store-fixtures.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../../../support/temporary-folder.ts'

function insertOf(index: number, bytes = 3): WriteCommand {
  const certificate = certificateRecord({ serialNumber: serialOf(index), der: new Uint8Array(bytes) })
  return { name: 'certificates.insert', args: [certificate, { clientVersion: 1 }, auditEntry()] }
}

function count(database: Database, table: string): unknown {
  return database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
}

describe('group commit', () => {
  let folder: TemporaryFolder
  let database: Database

  beforeEach(() => {
    folder = createTemporaryFolder()
    createFile(folder.file('store.db'))
    database = openForWriting(folder.file('store.db'))
    migrate(database, readMigrations(), true)
    createBatchRunner(
      database,
      createWriteHandlers(database),
    )([
      { name: 'authorities.create', args: [authorityRecord(), auditEntry()] },
      { name: 'clients.create', args: [clientRecord(), auditEntry()] },
    ])
  })

  afterEach(() => {
    database.close()
    folder.remove()
  })

  it('undoes a failed command alone, audit entry and all', () => {
    const run = createBatchRunner(database, createWriteHandlers(database))
    const outcomes = run([insertOf(1), insertOf(1), insertOf(2)])
    assert.deepEqual(
      outcomes.map(({ ok }) => ok),
      [true, false, true],
    )
    assert.equal(count(database, 'certificates'), 2)
    assert.equal(count(database, 'audit'), 4)
  })

  it('undoes what a command wrote before it failed', () => {
    const handlers = createWriteHandlers(database)
    const run = createBatchRunner(database, {
      ...handlers,
      ping: () => {
        handlers.ping()
        throw new Error('after the write')
      },
    })
    assert.deepEqual(
      run([{ name: 'ping', args: [] }, insertOf(1)]).map(({ ok }) => ok),
      [false, true],
    )
    assert.equal(database.prepare(`SELECT value FROM counters WHERE name = 'pings'`).pluck().get(), 0)
  })

  it('acknowledges nothing of a batch when the disk is full, and goes on when there is room', () => {
    const run = createBatchRunner(database, createWriteHandlers(database))
    const pages = Number(database.pragma('page_count', { simple: true }))
    database.pragma(`max_page_count = ${pages + 4}`)
    const outcomes = run([insertOf(1), insertOf(2, 200_000), insertOf(3)])
    assert.deepEqual(
      outcomes.map(({ ok }) => ok),
      [false, false, false],
    )
    assert.equal(count(database, 'certificates'), 0)
    assert.equal(database.inTransaction, false)
    database.pragma('max_page_count = 100000')
    assert.deepEqual(
      run([insertOf(1), insertOf(2, 200_000)]).map(({ ok }) => ok),
      [true, true],
    )
  })

  it('acknowledges nothing of a batch when it cannot be committed', () => {
    // A deferred constraint is the one thing that fails in COMMIT itself.
    database.exec('CREATE TABLE p (id INTEGER PRIMARY KEY) STRICT')
    database.exec('CREATE TABLE q (p INTEGER REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED) STRICT')
    const run = createBatchRunner(database, {
      ...createWriteHandlers(database),
      ping: () => {
        database.exec('INSERT INTO q VALUES (7)')
      },
    })
    assert.deepEqual(
      run([insertOf(1), { name: 'ping', args: [] }]).map(({ ok }) => ok),
      [false, false],
    )
    assert.equal(count(database, 'certificates'), 0)
    assert.equal(database.inTransaction, false)
    assert.deepEqual(
      run([insertOf(1)]).map(({ ok }) => ok),
      [true],
    )
  })

  it('acknowledges nothing when the database cannot be written', () => {
    const run = createBatchRunner(database, createWriteHandlers(database))
    database.pragma('query_only = ON')
    assert.deepEqual(
      run([insertOf(1), insertOf(2)]).map(({ ok }) => ok),
      [false, false],
    )
  })

  it('keeps the number of nonces exact, also around failures and other connections', () => {
    const run = createBatchRunner(database, createWriteHandlers(database))
    const other = openForWriting(folder.file('store.db'))
    const runOther = createBatchRunner(other, createWriteHandlers(other))
    const claim = (nonce: string): WriteCommand => ({
      name: 'nonces.claim',
      args: [nonceClaim({ nonce }), 3],
    })
    const values = [
      run([claim('a'), insertOf(1), insertOf(1)]),
      runOther([claim('a'), claim('b'), claim('c')]),
      run([claim('d')]),
    ]
      .flat()
      .map((outcome) => (outcome.ok ? outcome.value : 'failed'))
    other.close()
    assert.deepEqual(values, [
      'claimed',
      { outcome: 'inserted' },
      'failed',
      'replayed',
      'claimed',
      'claimed',
      'full',
    ])
    assert.equal(count(database, 'nonces'), 3)
  })
})
