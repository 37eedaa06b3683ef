import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import SqliteDatabase from 'better-sqlite3'
import type { Database } from 'better-sqlite3'
import { createListCertificates } from '../../../../src/store/sqlite/certificate-list.ts'
import { createCertificateReads } from '../../../../src/store/sqlite/certificates.ts'
import { createCrlChanges } from '../../../../src/store/sqlite/crl-changes.ts'
import { createCrlReads } from '../../../../src/store/sqlite/crls.ts'
import { migrate, readMigrations } from '../../../../src/store/sqlite/migrations.ts'
import { createWriteHandlers } from '../../../../src/store/sqlite/write-handlers.ts'
import { NOW } from '../../../support/store-fixtures.ts'

/** Small by nature, or walked in the order of their key on purpose. */
const SCANS_ALLOWED = /SCAN (authorities|meta|audit|\(subquery-\d+\)|CONSTANT ROW|sqlite_schema)\b/

/** A database that notes the text of every statement prepared on it. */
function recordingDatabase(): { database: Database; prepared: string[] } {
  const database = new SqliteDatabase(':memory:')
  migrate(database, readMigrations(), true)
  const prepared: string[] = []
  const recording = new Proxy(database, {
    get: (target, property) => {
      if (property !== 'prepare') return Reflect.get(target, property) as unknown
      return (sql: string) => {
        prepared.push(sql)
        return target.prepare(sql)
      }
    },
  })
  return { database: recording, prepared }
}

function planOf(database: Database, sql: string): string[] {
  return database
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql.replaceAll(/:[a-zA-Z]+|\?/g, '1')}`)
    .all()
    .map(({ detail }) => detail)
}

describe('statements of the SQLite store', () => {
  it('never walk through a whole table of certificates, revocations or nonces', async () => {
    const { database, prepared } = recordingDatabase()
    createWriteHandlers(database)
    createCertificateReads(database)
    createCrlReads(database)
    createCrlChanges(database)
    const list = createListCertificates(database)
    await list({ limit: 5, at: NOW, clientId: 'alice' })
    await list({ limit: 5, at: NOW, scope: 'a' })
    await list({ limit: 5, at: NOW, state: 'active' })
    assert.ok(prepared.length > 30)
    for (const sql of [...prepared]) {
      const scans = planOf(database, sql).filter(
        (step) => step.startsWith('SCAN') && !SCANS_ALLOWED.test(step),
      )
      assert.deepEqual(scans, [], sql)
    }
    database.close()
  })
})
