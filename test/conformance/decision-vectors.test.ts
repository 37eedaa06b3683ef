import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { CHECK_NAMES } from '../../src/core/decision/decision.ts'
import { decide } from '../../src/core/decision/decide.ts'
import { DENY_REASONS } from '../../src/core/decision/deny-reason.ts'
import { createDecisionFixture, createMemoryReplayGuard } from '../support/decision-fixture.ts'
import { type DecisionSuite, readFixtureKeys, readVectorKey } from '../support/decision-vector.ts'
import { type Schema, findViolations } from '../support/json-schema.ts'
import { type WrittenVerdict, runCases } from '../support/run-cases.ts'
import { toQuery } from '../vectors/cases/vector-case.ts'
import { caseContext, decisionCases, decisionSuite } from '../vectors/suite.ts'

const VECTORS = new URL('../vectors/', import.meta.url)
const suite = readJson('decision.json') as DecisionSuite
const keys = readFixtureKeys(suite)
const weakKey = readVectorKey(suite, 'rsa1024')
const fixture = createDecisionFixture(keys)
const cases = decisionCases(fixture, weakKey)

describe('decision vectors', () => {
  let verdicts: ReadonlyMap<unknown, WrittenVerdict>
  before(async () => {
    const written = await runCases(suite.tests.map((vector) => ({ ...suite.defaults, ...vector })))
    verdicts = new Map(written.map((verdict) => [verdict.id, verdict]))
  })

  for (const given of cases) {
    it(`${given.id}: ${given.comment}`, async () => {
      const context = await caseContext(fixture, given)
      const decision = await decide({ ...toQuery(given), explain: true }, context)
      const { expect } = given
      assert.equal(decision.denyReason, expect.deny_reason)
      assert.equal(decision.decision, expect.decision)
      if (expect.client_id !== undefined) assert.equal(decision.principal?.clientId, expect.client_id)
      if (expect.missing_scopes) assert.deepEqual(decision.missingScopes, expect.missing_scopes)
      assert.equal(decision.validUntil === undefined, expect.decision === 'DENY')

      const failed = decision.checks.filter(({ outcome }) => outcome === 'failed')
      assert.equal(failed.length, expect.decision === 'DENY' ? 1 : 0)
      assert.deepEqual(
        decision.checks.map(({ name }) => name),
        CHECK_NAMES,
      )

      // The same request in the same state, the certificate now known.
      const { replay } = await caseContext(fixture, given)
      const again = await decide(toQuery(given), { ...context, replay })
      assert.deepEqual({ ...again, checks: [] }, { ...decision, checks: [] })

      // The same as JSON, through the driver.
      const { ok, value } = verdicts.get(given.id)!
      assert.equal(ok, true)
      assert.equal(value?.['decision'], decision.decision)
      assert.equal(value['deny_reason'], decision.denyReason ?? null)
      assert.equal(value['message'], decision.message)
      assert.deepEqual(value['granted_scopes'], decision.grantedScopes)
      assert.deepEqual(value['missing_scopes'], decision.missingScopes)
      const principal = value['principal'] as { client_id: string } | null
      assert.equal(principal?.client_id, decision.principal?.clientId)
    })
  }

  it('are what the generator writes, octet for octet', () => {
    const written = JSON.stringify(decisionSuite(fixture, keys, weakKey), null, 2)
    assert.equal(readFileSync(new URL('decision.json', VECTORS), 'utf8'), `${written}\n`)
  })

  it('cover each reason at least three times', () => {
    for (const reason of DENY_REASONS) {
      const count = suite.tests.filter(({ expect }) => expect.deny_reason === reason).length
      assert.ok(count >= 3, `${reason}: ${count}`)
    }
  })

  it('have unique ids and explained flags', () => {
    assert.equal(new Set(suite.tests.map(({ id }) => id)).size, suite.tests.length)
    for (const flag of suite.tests.flatMap(({ flags }) => flags)) assert.ok(flag in suite.flags, flag)
  })

  it('keep to their schema, which knows every reason', () => {
    const schema = readJson('decision.schema.json') as Schema
    assert.deepEqual(findViolations(schema, suite), [])
    const broken = { ...suite.tests[0], at: 'now', request: { http_signatur: {} }, crls: ['-'] }
    assert.deepEqual(findViolations(schema, { ...suite, tests: [broken] }), [
      '$.tests[0].at: is no date-time',
      '$.tests[0].request: fits 0 of oneOf',
      '$.tests[0].request: has http_signatur',
      '$.tests[0].crls[0]: is no base64',
    ])
    assert.deepEqual(schema.$defs?.['expect']?.properties?.['deny_reason']?.enum, DENY_REASONS)
  })

  it('claim a nonce for nothing but an allowed request', async () => {
    for (const given of cases) {
      const replay = createMemoryReplayGuard()
      const { decision } = await decide(toQuery(given), { ...(await caseContext(fixture, given)), replay })
      if (decision === 'DENY') assert.equal(replay.claims.length, 0, given.id)
    }
  })
})

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, VECTORS), 'utf8'))
}
