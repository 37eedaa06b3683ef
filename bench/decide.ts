import { randomBytes } from 'node:crypto'
import { decide } from '../src/core/decision/decide.ts'
import type { DecisionContext, DecisionQuery } from '../src/core/decision/decision.ts'
import {
  type DecisionFixture,
  type KeyName,
  createDecisionContext,
  createDecisionFixture,
  createQuery,
  defaultAlgorithmOf,
  signAs,
  signSimpleRequest,
} from '../test/support/decision-fixture.ts'
import { type Load, measureInTurns, measureLoad } from './measure.ts'
import type { Row } from './report.ts'
import { verifyAlone } from './verify-alone.ts'

const CALLERS = 64
const ROUNDS = 5
const KEYS = ['rsa2048', 'p256', 'ed25519'] as const satisfies readonly KeyName[]
const MESSAGE = randomBytes(200)

/** `decide` for a certificate that was seen before, in this process, against the check of the signature alone. */
export async function benchDecide(scale: number): Promise<Row[]> {
  const fixture = createDecisionFixture()
  const rows: Row[] = []
  for (const key of KEYS)
    rows.push(await benchQuery(`decide, ${key}, detached`, fixture, key, detached(fixture, key), scale))
  const simple = createQuery({ kind: 'simple', request: signSimpleRequest(fixture) })
  rows.push(await benchQuery('decide, p256, simple profile', fixture, 'p256', simple, scale))
  return rows
}

function detached(fixture: DecisionFixture, key: KeyName): DecisionQuery {
  return createQuery({
    kind: 'detached',
    chain: [fixture.client(key)],
    signed: { kind: 'message', bytes: MESSAGE },
    signature: signAs(fixture.keys[key], defaultAlgorithmOf(key), MESSAGE),
    algorithm: undefined,
    nonce: undefined,
    signedAt: undefined,
  })
}

async function benchQuery(
  what: string,
  fixture: DecisionFixture,
  key: KeyName,
  query: DecisionQuery,
  scale: number,
): Promise<Row> {
  const total = Math.max(CALLERS, Math.round((key === 'ed25519' ? 8_000 : 12_000) * scale))
  // A signed request is decided over and over here, so its nonce must not count.
  const replay: DecisionContext['replay'] = { claim: () => Promise.resolve('claimed') }
  const context = createDecisionContext(fixture, { replay })
  const allow = async () => {
    const { decision, denyReason } = await decide(query, context)
    if (decision !== 'ALLOW') throw new Error(`denied: ${denyReason}`)
  }
  await allow()
  const bare = verifyAlone(fixture.keys[key], defaultAlgorithmOf(key) === 'ed25519' ? null : 'sha256')
  const { first, second } = await measureInTurns<Load>(
    ROUNDS,
    () => measureLoad(total, CALLERS, bare),
    () => measureLoad(total, CALLERS, allow),
  )
  return {
    what,
    measured: 1e6 / second.perSecond,
    unit: 'us',
    bound: { what: 'bare crypto.verify', value: 1e6 / first.perSecond },
    budget: { of: 'ratio', sense: 'at most', limit: 1.25 },
  }
}
