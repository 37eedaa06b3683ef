import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { DenyReason } from '../../src/core/decision/deny-reason.ts'
import type { DoorsReport } from '../support/doors/run-doors.ts'

/** Half of the requests each, at the same time. */
const SEEDS = [9421, 9440]
const COUNT = 20_000
const TITLE = `${COUNT} generated requests, each asked through every door that can carry it (seeds ${SEEDS.join(', ')})`
/** Carries tokens alone, without what only a resource server sees. */
const TOKENS_ONLY = 'introspection'
/** A minute on two free cores; only what hangs takes as long as this. */
const timeout = 30 * 60 * 1000

/** What the requests are made to be denied for. */
const AIMED_AT: readonly DenyReason[] = [
  'CREDENTIAL_MISSING',
  'CREDENTIAL_MALFORMED',
  'TOKEN_MALFORMED',
  'TOKEN_ISSUER_UNKNOWN',
  'TOKEN_KEY_UNKNOWN',
  'TOKEN_ALGORITHM_INVALID',
  'TOKEN_SIGNATURE_INVALID',
  'TOKEN_NOT_YET_VALID',
  'TOKEN_EXPIRED',
  'TOKEN_BINDING_MISMATCH',
  'TOKEN_REVOKED',
  'CERTIFICATE_MALFORMED',
  'CRITICAL_EXTENSION_UNKNOWN',
  'ISSUER_UNKNOWN',
  'CERTIFICATE_SIGNATURE_INVALID',
  'KEY_USAGE_INVALID',
  'CERTIFICATE_NOT_YET_VALID',
  'CERTIFICATE_EXPIRED',
  'SUBJECT_INVALID',
  'CERTIFICATE_REVOKED',
  'CERTIFICATE_UNKNOWN',
  'CLIENT_LOCKED',
  'CLIENT_UNKNOWN',
  'SCOPES_MALFORMED',
  'FRESHNESS_UNMET',
  'COVERAGE_INSUFFICIENT',
  'SIGNATURE_ALGORITHM_INVALID',
  'SIGNATURE_EXPIRED',
  'SIGNATURE_NOT_YET_VALID',
  'NONCE_INVALID',
  'BODY_TRUNCATED',
  'DIGEST_MISMATCH',
  'SIGNATURE_INVALID',
  'AUDIENCE_MISMATCH',
  'SCOPE_INSUFFICIENT',
  'NONCE_REPLAYED',
]
const ERRORS = ['FIELD_INVALID', 'SCOPE_MALFORMED', 'PROXY_NOT_TRUSTED', 'FIELD_NOT_IMPLEMENTED']

function runInWorker(seed: number): Promise<DoorsReport> {
  return new Promise((resolve, reject) => {
    const workerData = { seed, count: COUNT / SEEDS.length }
    const worker = new Worker(new URL('../support/doors/worker.ts', import.meta.url), { workerData })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

describe(TITLE, { timeout }, () => {
  let reports: readonly DoorsReport[]
  const ask = async () => {
    reports = await Promise.all(SEEDS.map(runInWorker))
  }
  before(ask, { timeout })

  const total = (count: (report: DoorsReport) => number) =>
    reports.reduce((sum, report) => sum + count(report), 0)
  const totals = (counts: (report: DoorsReport) => ReadonlyMap<string, number>) => {
    const names = new Set(reports.flatMap((report) => [...counts(report).keys()]))
    return new Map([...names].map((name) => [name, total((report) => counts(report).get(name) ?? 0)]))
  }

  it('get the same decision, reason and scopes through each', () => {
    assert.equal(
      total(({ asked }) => asked),
      COUNT,
    )
    assert.deepEqual(
      reports.flatMap(({ differing }) => differing),
      [],
    )
  })

  it('go through two doors at least, and through each door by thousands, tokens through introspection by hundreds', (t) => {
    for (const { fewestDoors } of reports) assert.ok(fewestDoors >= 2)
    const byDoor = totals((report) => report.byDoor)
    assert.equal(byDoor.size, 6)
    for (const [door, asked] of byDoor) {
      t.diagnostic(`${door}: ${asked}`)
      assert.ok(asked >= (door === TOKENS_ONLY ? 900 : 5000), `${door} was asked ${asked} times`)
    }
  })

  it('are allowed where nothing is wrong with them', () => {
    assert.ok(total(({ plain }) => plain) > COUNT / 6)
    assert.deepEqual(
      reports.flatMap(({ plainDenied }) => plainDenied),
      [],
    )
  })

  it('meet every reason that they are made for, and often', (t) => {
    const byVerdict = totals((report) => report.byVerdict)
    for (const [verdict, times] of [...byVerdict].sort(([, a], [, b]) => b - a))
      t.diagnostic(`${verdict}: ${times}`)
    for (const verdict of [...AIMED_AT, ...ERRORS.map((reason) => `error ${reason}`)]) {
      assert.ok((byVerdict.get(verdict) ?? 0) >= 10, `${verdict}: ${byVerdict.get(verdict) ?? 0}`)
    }
  })
})
