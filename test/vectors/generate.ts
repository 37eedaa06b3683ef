/**
 * Writes `decision.json`: `node test/vectors/generate.ts`. The keys of the present file are used again and every signature is deterministic, so that what
 * changes is what was changed.
 */
import { type KeyObject, generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { decide } from '../../src/core/decision/decide.ts'
import {
  type DecisionFixture,
  type FixtureKeys,
  createDecisionFixture,
  generateFixtureKeys,
} from '../support/decision-fixture.ts'
import { type DecisionSuite, readFixtureKeys, readVectorKey } from '../support/decision-vector.ts'
import { toQuery } from './cases/vector-case.ts'
import { caseContext, decisionCases, decisionSuite } from './suite.ts'

const FILE = new URL('decision.json', import.meta.url)

await generate()

async function generate(): Promise<void> {
  const { keys, weakKey } = readKeys() ?? { keys: generateFixtureKeys(), weakKey: generateWeakKey() }
  const fixture = createDecisionFixture(keys)
  await checkExpectations(fixture, weakKey)
  writeFileSync(FILE, `${JSON.stringify(decisionSuite(fixture, keys, weakKey), null, 2)}\n`)
}

/** A vector whose expectation does not hold is a mistake in one of the two: nothing is written. */
async function checkExpectations(fixture: DecisionFixture, weakKey: KeyObject): Promise<void> {
  let wrong = 0
  for (const given of decisionCases(fixture, weakKey)) {
    const { decision, denyReason, message } = await decide(toQuery(given), await caseContext(fixture, given))
    const { id, expect } = given
    if (decision === expect.decision && denyReason === expect.deny_reason) continue
    wrong++
    console.error(
      `${id}: expected ${expect.deny_reason ?? 'ALLOW'}, decided ${denyReason ?? 'ALLOW'}: ${message}`,
    )
  }
  if (wrong > 0) throw new Error(`${wrong} vectors do not hold`)
}

function readKeys(): { keys: FixtureKeys; weakKey: KeyObject } | undefined {
  if (!existsSync(FILE)) return undefined
  const suite = JSON.parse(readFileSync(FILE, 'utf8')) as DecisionSuite
  return { keys: readFixtureKeys(suite), weakKey: readVectorKey(suite, 'rsa1024') }
}

function generateWeakKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
}
