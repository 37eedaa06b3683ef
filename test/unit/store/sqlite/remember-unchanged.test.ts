import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import SqliteDatabase from 'better-sqlite3'
import { rememberUnchanged } from '../../../../src/store/sqlite/remember-unchanged.ts'
import { createTemporaryFolder } from '../../../support/temporary-folder.ts'

describe('rememberUnchanged', () => {
  const folder = createTemporaryFolder()
  const writer = new SqliteDatabase(folder.file('shared.db'))
  writer.pragma('journal_mode = WAL')
  writer.exec('CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT); CREATE TABLE other (x)')
  const reader = new SqliteDatabase(folder.file('shared.db'), { readonly: true })
  after(() => {
    reader.close()
    writer.close()
    folder.remove()
  })

  function countedRead(maxEntries: number) {
    const select = reader.prepare<[string], string>('SELECT value FROM facts WHERE name = ?').pluck()
    const asked: string[] = []
    const read = rememberUnchanged(reader, maxEntries, (authorityId, serialNumber) => {
      asked.push(`${authorityId}/${serialNumber}`)
      return select.get(`${authorityId}/${serialNumber}`)
    })
    return { read, asked }
  }

  it('reads once while nothing is committed, and anew after any commit of anyone', () => {
    writer.exec(`INSERT OR REPLACE INTO facts VALUES ('a/01', 'good')`)
    const { read, asked } = countedRead(10)
    for (let i = 0; i < 3; i++) assert.equal(read('a', '01'), 'good')
    assert.equal(asked.length, 1)
    writer.exec(`UPDATE facts SET value = 'revoked' WHERE name = 'a/01'`)
    for (let i = 0; i < 3; i++) assert.equal(read('a', '01'), 'revoked')
    assert.equal(asked.length, 2)
    writer.exec('INSERT INTO other VALUES (1)')
    read('a', '01')
    assert.equal(asked.length, 3)
  })

  it('knows of a commit also when the log was emptied since', () => {
    writer.exec(`INSERT OR REPLACE INTO facts VALUES ('a/02', 'good')`)
    const { read } = countedRead(10)
    assert.equal(read('a', '02'), 'good')
    writer.exec(`UPDATE facts SET value = 'revoked' WHERE name = 'a/02'`)
    writer.pragma('wal_checkpoint(TRUNCATE)')
    assert.equal(read('a', '02'), 'revoked')
  })

  it('does not count what is not committed', () => {
    writer.exec(`INSERT OR REPLACE INTO facts VALUES ('a/03', 'good')`)
    const { read } = countedRead(10)
    writer.exec('BEGIN')
    writer.exec(`UPDATE facts SET value = 'revoked' WHERE name = 'a/03'`)
    assert.equal(read('a', '03'), 'good')
    writer.exec('COMMIT')
    assert.equal(read('a', '03'), 'revoked')
  })

  it('does not remember what was not there', () => {
    const { read, asked } = countedRead(10)
    assert.equal(read('a', 'none'), undefined)
    assert.equal(read('a', 'none'), undefined)
    assert.equal(asked.length, 2)
  })

  it('keeps to its number of entries', () => {
    for (let i = 0; i < 4; i++) writer.exec(`INSERT OR REPLACE INTO facts VALUES ('b/${i}', 'good')`)
    const { read, asked } = countedRead(3)
    for (let i = 0; i < 4; i++) read('b', String(i))
    read('b', '3')
    assert.equal(asked.length, 4)
    read('b', '0')
    assert.equal(asked.length, 5)
  })

  it('throws when the database is closed, remembered or not', () => {
    const closed = new SqliteDatabase(folder.file('shared.db'), { readonly: true })
    const read = rememberUnchanged(closed, 10, () => 'good')
    assert.equal(read('a', '01'), 'good')
    closed.close()
    assert.throws(() => read('a', '01'), /not open/)
  })
})
