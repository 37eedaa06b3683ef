import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createLiveRevocation } from '../../../src/authority/live-revocation.ts'
import { createLiveTokens } from '../../../src/authority/live-tokens.ts'
import type { DecisionContext } from '../../../src/core/decision/decision.ts'
import { FIXTURE_NOW, createMemoryReplayGuard } from '../../../test/support/decision-fixture.ts'
import { samplePlans } from '../../../test/support/doors/plan.ts'
import { type Question, buildQuestion } from '../../../test/support/doors/questions.ts'
import { type DoorWorld, createDoorWorld } from '../../../test/support/doors/world.ts'
import { PATIENCE_MS } from '../../../test/support/patience.ts'
import { NoDecisionError } from '../src/verifier/no-decision-error.ts'
import { type RequestVerifier, createRequestVerifier } from '../src/verifier/request-verifier.ts'
import { type JudgingAuthority, startJudgingAuthority } from './support/judging-authority.ts'
import { knowingWorld } from './support/known-world.ts'
import { createStillPorts } from './support/still-ports.ts'

const SEED = 5
const COUNT = 5000
const BATCH = 100
/** Batches for which an authority is there, and then as many for which it is not. */
const AWAY = 8
const timeoutMs = PATIENCE_MS

describe(`${COUNT} generated requests (seed ${SEED}), asked of a verifier in each mode`, () => {
  let world: DoorWorld
  /** Of `remote`, of `auto`, and of another `auto`: one that goes and comes back. */
  let authorities: JudgingAuthority[]
  let asked: RequestVerifier[]

  /** What one more verifier over this world judges by, with nonces of its own. */
  async function knowledge(): Promise<DecisionContext> {
    const { store, trust, feed, cache, tokenIssuer } = await world.instance()
    return {
      at: FIXTURE_NOW,
      trust: trust.current(),
      revocation: createLiveRevocation(store, trust.current(), feed),
      tokens: createLiveTokens(store, tokenIssuer),
      cache,
      replay: createMemoryReplayGuard(),
      ageWindowSeconds: 60,
      clockSkewSeconds: 30,
    }
  }

  before(async () => {
    world = await createDoorWorld()
    authorities = await Promise.all([1, 2, 3].map(async () => startJudgingAuthority(await knowledge())))
    const [ofRemote, ofAuto, flapping] = authorities.map(({ rpc }) => ({ connection: rpc, timeoutMs }))
    const known = async () => {
      const context = await knowledge()
      return { ...knowingWorld(() => context), ports: createStillPorts(FIXTURE_NOW) }
    }
    asked = [
      createRequestVerifier({ mode: 'local', ...(await known()) }),
      createRequestVerifier({ mode: 'remote', ...ofRemote! }),
      createRequestVerifier({ mode: 'auto', ...ofAuto!, ...(await known()) }),
      createRequestVerifier({ mode: 'auto', ...flapping!, ...(await known()) }),
    ]
  })
  after(async () => {
    await Promise.all(asked.map((verifier) => verifier.close()))
    for (const authority of authorities) authority.close()
  })

  it('get the same decision, reason, principal and scopes', async (t) => {
    const earlier: Question[] = []
    const counts = new Map<string, number>()
    const plans = samplePlans(COUNT, SEED)
    for (let start = 0; start < COUNT; start += BATCH) {
      await world.change(start / BATCH)
      authorities[2]!.mood = (start / BATCH) % (2 * AWAY) < AWAY ? 'answers' : 'fails'
      const batch = plans.slice(start, start + BATCH)
      const questions = batch.map((plan, i) => buildQuestion(world, plan, start + i, earlier))
      await Promise.all(
        questions.map(async ({ input }) => {
          const verdicts = await Promise.all(asked.map((verifier) => verdictOf(verifier, input)))
          const [local, ...others] = verdicts
          for (const other of others) assert.deepEqual(other, local)
          counts.set(local!.verdict, (counts.get(local!.verdict) ?? 0) + 1)
        }),
      )
      earlier.push(...questions.filter((question) => question.after === undefined))
    }
    for (const [verdict, times] of counts) t.diagnostic(`${verdict}: ${times}`)
    assert.ok(counts.get('ALLOW')! > COUNT / 10)
    assert.ok(counts.size >= 20, String(counts.size))
    const [remote, auto, flapping] = authorities.map((authority) => authority.asked)
    t.diagnostic(
      `asked of the authority: remote ${remote}, auto ${auto}, auto while it comes and goes ${flapping}`,
    )
    assert.equal(auto, remote)
    assert.ok(flapping! > COUNT / 10 && flapping! < (COUNT * 9) / 10, String(flapping))
  })
})

async function verdictOf(verifier: RequestVerifier, input: Question['input']) {
  try {
    const { decision, reason, principal, missingScopes } = await verifier.verify(input)
    return { verdict: reason ?? decision, principal, missingScopes }
  } catch (error) {
    assert.ok(error instanceof NoDecisionError)
    return { verdict: `error ${error.reason}` }
  }
}
