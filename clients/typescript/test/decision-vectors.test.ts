import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { readVerifyRequest } from '../../../src/conformance/read-request.ts'
import { createDecisionFixture, createMemoryReplayGuard } from '../../../test/support/decision-fixture.ts'
import { type DecisionSuite, readFixtureKeys, readVectorKey } from '../../../test/support/decision-vector.ts'
import { PATIENCE_MS } from '../../../test/support/patience.ts'
import { caseContext, decisionCases } from '../../../test/vectors/suite.ts'
import type { DecisionContext } from '../../../src/core/decision/decision.ts'
import { createRequestVerifier } from '../src/verifier/request-verifier.ts'
import type { Verification } from '../src/verifier/verification.ts'
import { type JudgingAuthority, startJudgingAuthority } from './support/judging-authority.ts'
import { knowingWorld } from './support/known-world.ts'
import { createStillPorts } from './support/still-ports.ts'

const suite = JSON.parse(
  readFileSync(new URL('../../../test/vectors/decision.json', import.meta.url), 'utf8'),
) as DecisionSuite
const fixture = createDecisionFixture(readFixtureKeys(suite))
const cases = new Map(
  decisionCases(fixture, readVectorKey(suite, 'rsa1024')).map((given) => [given.id, given]),
)
/** Nobody waits for an answer that does not come: what is slow here is the machine. */
const timeoutMs = PATIENCE_MS

describe('the decision vectors, of a verifier in each mode', () => {
  let authority: JudgingAuthority
  let context: DecisionContext
  before(async () => {
    context = await caseContext(fixture, cases.values().next().value!)
    authority = await startJudgingAuthority(context)
  })
  after(() => {
    authority.close()
  })

  for (const { id, request, expect } of suite.tests) {
    it(id, async () => {
      context = await caseContext(fixture, cases.get(id)!)
      const question = { ...readVerifyRequest({ request }, 'request'), explain: true }
      const ports = createStillPorts(context.at)
      const connection = authority.rpc
      const answers: Verification[] = []
      for (const mode of ['local', 'unary', 'stream', 'auto', 'auto without the authority'] as const) {
        // Each has seen the nonces of the case and no more.
        const nonces = createMemoryReplayGuard(cases.get(id)!.seenNonces)
        authority.context = { ...context, replay: createMemoryReplayGuard(cases.get(id)!.seenNonces) }
        authority.mood = mode === 'auto without the authority' ? 'fails' : 'answers'
        const world = knowingWorld(() => context)
        const verifier =
          mode === 'unary' || mode === 'stream'
            ? createRequestVerifier({ mode: 'remote', transport: mode, connection, timeoutMs })
            : mode === 'local'
              ? createRequestVerifier({ mode, ...world, ports, nonces })
              : createRequestVerifier({ mode: 'auto', ...world, ports, nonces, connection, timeoutMs })
        const answer = await verifier.verify(question)
        assert.equal(answer.decision, expect.decision, mode)
        assert.equal(answer.reason, expect.deny_reason, mode)
        if (expect.client_id !== undefined) assert.equal(answer.principal?.clientId, expect.client_id, mode)
        if (expect.missing_scopes) assert.deepEqual(answer.missingScopes, expect.missing_scopes, mode)
        answers.push(answer)
        await verifier.close()
      }
      const [first, ...others] = answers.map((answer) => ({ ...answer, decidedBy: undefined }))
      for (const other of others) assert.deepEqual(other, first)
    })
  }
})
