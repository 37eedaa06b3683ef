import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { decide } from '../../../../src/core/decision/decide.ts'
import { readQuery } from '../../../../src/core/decision/read-query.ts'
import { DomainError } from '../../../../src/core/errors.ts'
import { MAX_CHAIN_CERTIFICATES } from '../../../../src/core/limits.ts'
import { MAX_OFFERED_SIGNATURE_CHECKS } from '../../../../src/core/path-limits.ts'
import { VerifyRequestRequest } from '../../../../src/gen/chancery/v1/authorization_service.ts'
import { fromWireVerify } from '../../../../src/grpc/convert-verify.ts'
import { countCrypto, cryptoWorkOf } from '../../../support/count-crypto.ts'
import { createDecisionContext, createDecisionFixture } from '../../../support/decision-fixture.ts'
import { capturedRequest, hostileRequests } from '../../../support/hostile-requests.ts'

/** Keys imported and signatures checked at most, where it is more than none. */
const ALLOWED: ReadonlyMap<string, readonly [keyImports: number, signatureChecks: number]> = new Map([
  ['a certificate with an altered signature', [0, 1]],
  [
    'authorities of our own name that certify each other',
    [MAX_CHAIN_CERTIFICATES - 1, MAX_OFFERED_SIGNATURE_CHECKS],
  ],
  ['a signature by another key', [0, 1]],
  ['a signature of random octets', [0, 1]],
  ['a replay', [0, 1]],
])
/** What gRPC refuses before there is anything to decide. */
const NOT_DECIDED = new Set(['a message beyond its limit', 'random octets in place of a message'])
const ENOUGH = 500

const HOUR_MS = 3_600_000
const fixture = createDecisionFixture()
const now = new Date()
const alice = {
  key: fixture.keys.p256,
  chainDer: [
    fixture.client('p256', {
      notBefore: new Date(now.getTime() - HOUR_MS),
      notAfter: new Date(now.getTime() + HOUR_MS),
    }),
    fixture.issuing,
  ],
}

describe('what a stranger sends makes bounded work, and is refused for its reason', () => {
  const context = { ...createDecisionContext(fixture), at: now }
  const ask = async (message: Uint8Array): Promise<string> => {
    try {
      const query = readQuery(fromWireVerify(VerifyRequestRequest.decode(message)))
      const { decision, denyReason } = await decide(query, context)
      return denyReason ?? decision
    } catch (error) {
      assert.ok(error instanceof DomainError)
      return `INVALID_ARGUMENT ${error.reason}`
    }
  }

  before(async () => {
    countCrypto()
    // What every service has seen: its own authorities, a client at work, and a request of the client that a stranger recorded.
    assert.equal(await ask(capturedRequest(alice, 'work')), 'ALLOW')
  })

  const kinds = Map.groupBy(hostileRequests(alice, ENOUGH, 'work'), ({ what }) =>
    what.replace(/ \(\d+\)$/, ''),
  )
  for (const [kind, requests] of kinds) {
    if (NOT_DECIDED.has(kind)) continue
    const [keyImports, signatureChecks] = ALLOWED.get(kind) ?? [0, 0]
    it(`${kind}: imports at most ${keyImports} keys and checks ${signatureChecks} signatures`, async () => {
      for (const { what, message, outcome } of requests) {
        const work = await cryptoWorkOf(() => ask(message))
        assert.equal(work.result, outcome, what)
        assert.ok(work.keyImports <= keyImports, `${what} imported ${work.keyImports} keys`)
        assert.ok(
          work.signatureChecks <= signatureChecks,
          `${what} checked ${work.signatureChecks} signatures`,
        )
      }
    })
  }

  it('the counts are those of cryptography that is done', async () => {
    const fresh = { ...context, cache: createDecisionContext(fixture).cache }
    const query = readQuery(fromWireVerify(VerifyRequestRequest.decode(capturedRequest(alice, 'counted'))))
    const { result, ...work } = await cryptoWorkOf(() => decide(query, fresh))
    assert.equal(result.decision, 'ALLOW')
    assert.deepEqual(work, { keyImports: 1, signatureChecks: 2 })
  })
})
