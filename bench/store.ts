import SqliteDatabase from 'better-sqlite3'
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../src/store/store.ts'
import {
  NOW,
  auditEntry,
  certificateRecord,
  nonceClaim,
  secondsLater,
  seed,
  serialOf,
} from '../test/support/store-fixtures.ts'
import { createTemporaryFolder } from '../test/support/temporary-folder.ts'
import { measureLoad, measureLoop } from './measure.ts'
import type { Row } from './report.ts'

const CERTIFICATE_DER = new Uint8Array(900).fill(0x30)
const RAW_ROWS_PER_TRANSACTION = 64

function insertCertificate(store: Store, index: number): Promise<unknown> {
  const certificate = certificateRecord({
    serialNumber: `b1c2d3e4f5061728394a5b6c${serialOf(index)}`,
    der: CERTIFICATE_DER,
    notAfter: secondsLater(3600 + index),
  })
  const idempotency = {
    callerId: 'admin',
    key: `key-${index}`,
    requestDigest: certificate.certificateSha256,
    expiresAt: secondsLater(86_400),
  }
  return store.certificates.insert(certificate, { clientVersion: 1, idempotency }, auditEntry())
}

function claimNonce(store: Store, name: string, index: number): Promise<unknown> {
  const expiresAt = new Date(NOW.getTime() + 90_000 + index)
  return store.nonces.claim(nonceClaim({ nonce: `${name}-${index}`, expiresAt }), 5_000_000)
}

function measureStatus(store: Store, total: number): number {
  const serials = Array.from({ length: 1_000 }, (_, i) => `b1c2d3e4f5061728394a5b6c${serialOf(i)}`)
  return measureLoop(total, (i) => {
    if (store.certificates.status('issuing-1', serials[i % serials.length]!) === undefined)
      throw new Error('lost')
  })
}

/** The floor: one table, nothing else. */
function measureRaw(path: string, table: string, total: number, row: (i: number) => unknown[]): number {
  const database = new SqliteDatabase(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec(table)
  const insert = database.prepare('INSERT INTO bare VALUES (?, ?)')
  const runBatch = database.transaction((from: number) => {
    for (let i = from; i < from + RAW_ROWS_PER_TRANSACTION; i++) insert.run(...row(i))
  })
  const batches = Math.ceil(total / RAW_ROWS_PER_TRANSACTION)
  const perSecond = measureLoop(batches, (batch) => runBatch.immediate(batch * RAW_ROWS_PER_TRANSACTION))
  database.close()
  return perSecond * RAW_ROWS_PER_TRANSACTION
}

/**
 * What the SQLite store does per second on a file in the temporary folder, and how much of a bare better-sqlite3 loop that is: the
 * same rows, 64 in a transaction, on one thread, without audit, locks or callers.
 */
export async function benchStore(scale: number): Promise<Row[]> {
  const folder = createTemporaryFolder()
  const times = (total: number) => Math.max(1_000, Math.round(total * scale))
  try {
    const store = await openSqliteStore({ path: folder.file('store.db'), mustExist: false })
    await seed(store)
    await measureLoad(times(2_000), 64, (i) => claimNonce(store, 'warm', i))
    const inserts = await measureLoad(times(20_000), 64, (i) => insertCertificate(store, i))
    const claims = await measureLoad(times(30_000), 64, (i) => claimNonce(store, 'few', i))
    const status = measureStatus(store, times(200_000))
    await store.close()
    const rawInserts = measureRaw(
      folder.file('wide.db'),
      'CREATE TABLE bare (serial TEXT PRIMARY KEY, der BLOB) STRICT',
      times(20_000),
      (i) => [`b1c2d3e4f5061728394a5b6c${serialOf(i)}`, CERTIFICATE_DER],
    )
    const rawClaims = measureRaw(
      folder.file('narrow.db'),
      'CREATE TABLE bare (claim TEXT PRIMARY KEY, expires_at INTEGER) STRICT, WITHOUT ROWID',
      times(60_000),
      (i) => [`nonce-${(i * 7919) % 60_101}-${i}`, NOW.getTime() + i],
    )
    return [
      row('Store: insert a certificate, durable, 64 callers', inserts.perSecond, rawInserts),
      row('Store: claim a nonce, durable, 64 callers', claims.perSecond, rawClaims),
      { what: 'Store: status of a certificate', measured: status, unit: '/s' },
    ]
  } finally {
    folder.remove()
  }
}

function row(what: string, perSecond: number, bound: number): Row {
  return { what, measured: perSecond, unit: '/s', bound: { what: 'bare SQLite rows', value: bound } }
}
