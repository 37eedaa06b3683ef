import assert from 'node:assert/strict'
import { once } from 'node:events'
import { renameSync, statSync } from 'node:fs'
import { after, describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { Database } from 'better-sqlite3'
import { createCheckpointer } from '../../../../src/store/sqlite/checkpointer.ts'
import { openForReading, openForWriting } from '../../../../src/store/sqlite/connection.ts'
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.ts'
import { type Writer, startWriter } from '../../../../src/store/sqlite/writer.ts'
import { auditEntry } from '../../../support/store-fixtures.ts'
import { createTemporaryFolder } from '../../../support/temporary-folder.ts'

const MIB = 1024 * 1024
/** At which a commit copies the log itself, and what one more may add. */
const LONGEST_LOG_BYTES = 34 * MIB

describe('the write-ahead log', () => {
  const folder = createTemporaryFolder()
  after(() => folder.remove())
  let files = 0

  async function newDatabase(): Promise<string> {
    const path = folder.file(`store-${files++}.db`)
    await (await openSqliteStore({ path, mustExist: false })).close()
    return path
  }

  function openLog(path: string): { database: Database; grow: (pages: number) => void } {
    const database = openForWriting(path)
    database.exec('CREATE TABLE filler (octets BLOB)')
    const insert = database.prepare('INSERT INTO filler VALUES (zeroblob(4000))')
    return {
      database,
      grow: database.transaction((pages: number) => {
        for (let i = 0; i < pages; i++) insert.run()
      }),
    }
  }

  function measure(database: Database): { pages: number; copied: number } {
    const [measured] = database.pragma('wal_checkpoint(NOOP)') as [{ log: number; checkpointed: number }]
    return { pages: measured.log, copied: measured.checkpointed }
  }

  async function copyOnce(path: string): Promise<void> {
    const checkpointer = createCheckpointer(path)
    checkpointer.begin()
    await checkpointer.close()
  }

  const startRealWriter = (path: string, onLongLog: () => void) =>
    startWriter(
      new Worker(new URL('../../../../src/store/sqlite/writer-worker.ts', import.meta.url), {
        workerData: { path },
      }),
      onLongLog,
    )

  /** Adds as many MiB to the log, one in each commit. */
  async function write(writer: Writer, mebibytes: number): Promise<void> {
    for (let i = 0; i < mebibytes; i++)
      await writer.execute('audit.append', auditEntry({ details: { text: 'x'.repeat(MIB) } }))
  }

  it('is copied as a whole, and then begins anew, by a copy that closing waits for', async () => {
    const path = await newDatabase()
    const { database, grow } = openLog(path)
    grow(500)
    assert.equal(measure(database).copied, 0)
    await copyOnce(path)
    const { pages, copied } = measure(database)
    assert.ok(pages >= 500)
    assert.equal(copied, pages)
    grow(1)
    assert.ok(measure(database).pages < 10)
    database.close()
  })

  it('is not copied past what a reader still sees, and as a whole when that has ended', async () => {
    const path = await newDatabase()
    const { database, grow } = openLog(path)
    grow(50)
    const reader = openForReading(path)
    reader.exec('BEGIN')
    assert.equal(reader.prepare('SELECT count(*) FROM filler').pluck().get(), 50)
    grow(500)
    await copyOnce(path)
    const during = measure(database)
    assert.ok(during.copied > 0 && during.copied < during.pages - 400)
    assert.equal(reader.prepare('SELECT count(*) FROM filler').pluck().get(), 50)
    reader.exec('COMMIT')
    await copyOnce(path)
    const afterwards = measure(database)
    assert.equal(afterwards.copied, afterwards.pages)
    grow(1)
    assert.ok(measure(database).pages < 10)
    reader.close()
    database.close()
  })

  it('is cut to its greatest size after a long reader, by the first commit that begins it anew', async () => {
    const path = await newDatabase()
    const { database, grow } = openLog(path)
    const reader = openForReading(path)
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM filler').get()
    database.prepare('INSERT INTO filler VALUES (zeroblob(?))').run(80 * MIB)
    assert.ok(statSync(`${path}-wal`).size > 80 * MIB)
    reader.exec('COMMIT')
    await copyOnce(path)
    grow(1)
    assert.ok(statSync(`${path}-wal`).size <= 64 * MIB)
    reader.close()
    database.close()
  })

  it('is to be copied each time it has grown by some hundred pages, and not for less', async () => {
    const path = await newDatabase()
    let asked = 0
    const writer = await startRealWriter(path, () => asked++)
    for (let i = 0; i < 10; i++) await writer.execute('ping')
    assert.equal(asked, 0)
    await write(writer, 3)
    await writer.execute('ping')
    assert.equal(asked, 3)
    await writer.close()
  })

  it('is to be copied again when it has grown again from its beginning', async () => {
    const path = await newDatabase()
    let asked = 0
    const writer = await startRealWriter(path, () => asked++)
    await write(writer, 2)
    await copyOnce(path)
    await writer.execute('ping')
    await write(writer, 1)
    await writer.execute('ping')
    assert.equal(asked, 3)
    await writer.close()
  })

  it('does not grow without end where nobody copies it: commits do, when it is long', async () => {
    const path = await newDatabase()
    const writer = await startRealWriter(path, () => undefined)
    await write(writer, 45)
    assert.ok(statSync(`${path}-wal`).size <= LONGEST_LOG_BYTES)
    await writer.close()
  })

  it('stays short while a store writes, which leaves everything in the one file when it is closed', async () => {
    const path = await newDatabase()
    const store = await openSqliteStore({ path, mustExist: true })
    const [count, atOnce] = [4_000, 100]
    for (let i = 0; i < count / atOnce; i++) {
      const entry = auditEntry({ details: { text: 'x'.repeat(40_000) } })
      await Promise.all(Array.from({ length: atOnce }, () => store.audit.append(entry)))
    }
    assert.ok(statSync(path).size + statSync(`${path}-wal`).size > 160_000_000)
    // Nothing bounds what is written while one copy is made; it is far less than all.
    assert.ok(statSync(`${path}-wal`).size <= 3 * LONGEST_LOG_BYTES)
    await store.close()
    assert.equal(statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0, 0)
    const database = openForReading(path)
    assert.equal(database.prepare('SELECT count(*) FROM audit').pluck().get(), count)
    database.close()
  })

  it('is copied by another thread when one died', async () => {
    const elsewhere = await newDatabase()
    const path = folder.file('later.db')
    const checkpointer = createCheckpointer(path)
    const started = once(process, 'worker')
    // There is no database that the first thread could open.
    checkpointer.begin()
    const [thread] = (await started) as [Worker]
    await new Promise((resolve) => thread.once('exit', resolve))
    renameSync(elsewhere, path)
    const { database, grow } = openLog(path)
    grow(300)
    checkpointer.begin()
    await checkpointer.close()
    const { pages, copied } = measure(database)
    assert.equal(copied, pages)
    database.close()
  })

  it('is not copied any more once the copying was closed, nor does closing wait for what never began', async () => {
    const path = await newDatabase()
    const checkpointer = createCheckpointer(path)
    await checkpointer.close()
    checkpointer.begin()
    await checkpointer.close()
    await createCheckpointer(folder.file('nowhere.db')).close()
  })
})
