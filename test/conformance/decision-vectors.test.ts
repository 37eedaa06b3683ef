import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { CHECK_NAMES } from '../../src/core/decision/decision.ts'
import { decide } from '../../src/core/decision/decide.ts'
import { DENY_REASONS, type DenyReason } from '../../src/core/decision/deny-reason.ts'
import { type DecisionSuite, decodeVector } from '../support/decision-vector.ts'
import { createMemoryReplayGuard } from '../support/decision-fixture.ts'

const VECTORS = new URL('../vectors/', import.meta.url)
const suite = readJson('decision.json') as DecisionSuite
const schema = readJson('decision.schema.json') as {
  $defs: {
    test: { properties: { expect: { properties: { deny_reason: { enum: string[] } } } }; required: string[] }
  }
}

/** No request that a caller can make leads there; see the README of the vectors. */
const WITHOUT_VECTORS: readonly DenyReason[] = ['PATH_TOO_COMPLEX']

describe('decision vectors', () => {
  for (const vector of suite.tests) {
    it(`${vector.id}: ${vector.comment}`, async () => {
      const { query, context } = decodeVector(suite, vector)
      const decision = await decide(query, context)
      const { expect } = vector
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
      const { replay } = decodeVector(suite, vector).context
      const again = await decide({ ...query, explain: false }, { ...context, replay })
      assert.deepEqual({ ...again, checks: [] }, { ...decision, checks: [] })
    })
  }

  it('cover each reachable reason at least three times', () => {
    for (const reason of DENY_REASONS) {
      const count = suite.tests.filter(({ expect }) => expect.deny_reason === reason).length
      if (WITHOUT_VECTORS.includes(reason)) assert.equal(count, 0, reason)
      else assert.ok(count >= 3, reason)
    }
  })

  it('have unique ids and explained flags', () => {
    assert.equal(new Set(suite.tests.map(({ id }) => id)).size, suite.tests.length)
    for (const flag of suite.tests.flatMap(({ flags }) => flags)) assert.ok(flag in suite.flags, flag)
  })

  it('are described by a schema that knows every reason', () => {
    assert.deepEqual(schema.$defs.test.properties.expect.properties.deny_reason.enum, DENY_REASONS)
    for (const vector of suite.tests) {
      for (const key of schema.$defs.test.required) assert.ok(key in vector, `${vector.id} has no ${key}`)
      for (const key of Object.keys(vector))
        assert.ok(key in schema.$defs.test.properties, `${vector.id}: ${key}`)
    }
  })

  it('claim a nonce for nothing but an allowed request', async () => {
    for (const vector of suite.tests) {
      const { query, context } = decodeVector(suite, vector)
      const replay = createMemoryReplayGuard()
      const { decision } = await decide(query, { ...context, replay })
      if (decision === 'DENY') assert.equal(replay.claims.length, 0, vector.id)
    }
  })
})

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, VECTORS), 'utf8'))
}
