import { rmSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

/**
 * What the SQLite store does per second on a file in the temporary folder, and how much of a bare better-sqlite3 loop that is:
 * the same rows, 64 in a transaction, on one thread, without audit, locks or callers.
 */

const CERTIFICATE_DER = new Uint8Array(900).fill(0x30)
const RAW_ROWS_PER_TRANSACTION = 64

interface Measurement {
  readonly name: string
  readonly perSecond: number
  readonly worstMs: number
}

/** Runs `operation` `total` times with a fixed number of callers, each waiting for its answer. */
async function measure(
  name: string,
  total: number,
  callers: number,
  operation: (index: number) => Promise<unknown>,
): Promise<Measurement> {
  let next = 0
  let worstMs = 0
  const start = performance.now()
  async function call(): Promise<void> {
    while (next < total) {
      const began = performance.now()
      await operation(next++)
      worstMs = Math.max(worstMs, performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  return { name, perSecond: (total / (performance.now() - start)) * 1000, worstMs }
}

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

function measureStatus(store: Store, total: number): Measurement {
  const serials = Array.from({ length: 1_000 }, (_, i) => `b1c2d3e4f5061728394a5b6c${serialOf(i * 7)}`)
  const start = performance.now()
  for (let i = 0; i < total; i++) {
    if (store.certificates.status('issuing-1', serials[i % 1_000]!) === undefined) throw new Error('lost')
  }
  const elapsedMs = performance.now() - start
  return { name: 'status, calling thread', perSecond: (total / elapsedMs) * 1000, worstMs: elapsedMs / total }
}

/** The floor: one narrow row and one wide row per turn, nothing else. */
function measureRaw(
  path: string,
  name: string,
  total: number,
  sql: string,
  row: (i: number) => unknown[],
): Measurement {
  const database = new SqliteDatabase(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE IF NOT EXISTS wide (serial TEXT PRIMARY KEY, der BLOB) STRICT')
  database.exec(
    'CREATE TABLE IF NOT EXISTS narrow (claim TEXT PRIMARY KEY, expires_at INTEGER) STRICT, WITHOUT ROWID',
  )
  const insert = database.prepare(sql)
  const runBatch = database.transaction((from: number) => {
    for (let i = from; i < from + RAW_ROWS_PER_TRANSACTION; i++) insert.run(...row(i))
  })
  const start = performance.now()
  for (let i = 0; i < total; i += RAW_ROWS_PER_TRANSACTION) runBatch.immediate(i)
  const perSecond = (total / (performance.now() - start)) * 1000
  database.close()
  return { name, perSecond, worstMs: 0 }
}

function print(measurement: Measurement, raw?: Measurement): void {
  const ratio =
    raw === undefined ? '' : `${Math.round((measurement.perSecond / raw.perSecond) * 100)} % of raw`
  const rate = `${Math.round(measurement.perSecond).toLocaleString('en')}/s`
  console.log(
    `${measurement.name.padEnd(36)} ${rate.padStart(12)}  ${measurement.worstMs.toFixed(3).padStart(9)} ms  ${ratio}`,
  )
}

const folder = mkdtempSync(join(tmpdir(), 'chancery-bench-'))
try {
  const store = await openSqliteStore({ path: join(folder, 'store.db'), mustExist: false })
  await seed(store)
  await measure('warm-up', 2_000, 64, (i) => claimNonce(store, 'warm', i))
  const inserts = await measure('insert certificate, 64 callers', 20_000, 64, (i) =>
    insertCertificate(store, i),
  )
  const fewClaims = await measure('claim nonce, 64 callers', 30_000, 64, (i) => claimNonce(store, 'few', i))
  const manyClaims = await measure('claim nonce, 512 callers', 60_000, 512, (i) =>
    claimNonce(store, 'many', i),
  )
  const status = measureStatus(store, 200_000)
  await store.close()

  const raw = join(folder, 'raw.db')
  const rawInserts = measureRaw(raw, 'raw wide row', 20_032, 'INSERT INTO wide VALUES (?, ?)', (i) => [
    `b1c2d3e4f5061728394a5b6c${serialOf(i)}`,
    CERTIFICATE_DER,
  ])
  const rawClaims = measureRaw(raw, 'raw narrow row', 60_032, 'INSERT INTO narrow VALUES (?, ?)', (i) => [
    `nonce-${(i * 7919) % 60_101}-${i}`,
    NOW.getTime() + i,
  ])
  console.log(`${''.padEnd(36)} ${'rate'.padStart(12)}  ${'worst'.padStart(12)}  ratio`)
  print(inserts, rawInserts)
  print(fewClaims, rawClaims)
  print(manyClaims, rawClaims)
  print(status)
  print(rawInserts)
  print(rawClaims)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
