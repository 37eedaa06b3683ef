import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMemoryReplayGuard } from '../../../test/support/decision-fixture.ts'
import { createFakeRandom, createFakeTime } from '../../../test/support/fakes.ts'
import { createCircuit } from '../src/verifier/circuit.ts'
import { NoDecisionError, type NoDecisionReason } from '../src/verifier/no-decision-error.ts'
import type { Verification } from '../src/verifier/verification.ts'
import { createAutoEngine } from '../src/verifier/verify-by-both.ts'
import type { DecisionEngine } from '../src/verifier/verify-remotely.ts'

/** An engine that says who decided, or rejects. */
function engine(who: 'authority' | 'local', rejects: () => NoDecisionReason | undefined): DecisionEngine {
  return {
    verify() {
      const reason = rejects()
      if (reason !== undefined) return Promise.reject(new NoDecisionError(reason, reason))
      return Promise.resolve({ decision: 'DENY', decidedBy: who } as Verification)
    },
    close: () => undefined,
  }
}

describe('a verifier that asks the authority while it answers', () => {
  it('asks it again after an outage, though it was too busy itself to ask when it first could', async () => {
    const time = createFakeTime(new Date(0))
    const random = createFakeRandom()
    let trouble: NoDecisionReason | undefined = 'AUTHORITY_UNREACHABLE'
    const circuit = createCircuit({
      probe: () => Promise.resolve(),
      ports: {
        ...time.timers,
        elapsed: () => time.clock.now().getTime(),
        randomBytes: (length) => random.bytes(length),
      },
      onChange: () => undefined,
    })
    const auto = createAutoEngine({
      remote: engine('authority', () => trouble),
      local: engine('local', () => undefined),
      circuit,
      replay: createMemoryReplayGuard(),
      now: () => time.clock.now(),
      windowSeconds: 90,
    })
    const decidedBy = async () => (await auto.verify({} as never, {} as never)).decidedBy
    for (let i = 0; i < 3; i++) assert.equal(await decidedBy(), 'local')
    assert.equal(circuit.state, 'open')
    await time.advance(1000)
    assert.equal(circuit.state, 'half_open')
    trouble = 'VERIFIER_BUSY'
    assert.equal(await decidedBy(), 'local')
    trouble = undefined
    assert.equal(await decidedBy(), 'authority')
    assert.equal(circuit.state, 'closed')
    auto.close()
  })
})
