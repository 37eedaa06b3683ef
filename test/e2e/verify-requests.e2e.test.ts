import assert from 'node:assert/strict'
import { createHash, randomBytes, sign } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { status as Code } from '@grpc/grpc-js'
import {
  AuthorizationServiceService as Authorization,
  Decision,
  DenyReason,
  RevokeCertificateRequest,
  VerifyRequestRequest,
  type VerifyRequestsRequest,
  type VerifyRequestsResponse,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { ErrorReason } from '../../src/gen/chancery/v1/error_reason.ts'
import { RevocationReason } from '../../src/gen/chancery/v1/types.ts'
import { MAX_STREAM_ITEMS } from '../../src/core/limits.ts'
import { type BidiStream, openBidi } from '../support/bidi-client.ts'
import { refusalOf } from '../support/grpc-fixture.ts'
import {
  call,
  type RunningService,
  startRunningService,
  type TestIdentity,
} from '../support/running-service.ts'

type Verify = BidiStream<VerifyRequestsRequest, VerifyRequestsResponse>

const REQUEST = { method: 'POST', target: '/users/7', authority: 'bob.example' }

/** A request in the simple profile, each with a nonce of its own. */
function signed(identity: TestIdentity, body = Buffer.alloc(0), nonce = randomBytes(12).toString('hex')) {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const digest = createHash('sha256').update(body).digest('hex')
  const base = [...Object.values(REQUEST), digest, timestamp, nonce].join('\n')
  const chain = identity.certificatePem
    .split('-----END CERTIFICATE-----')
    .map((part) => part.replace('-----BEGIN CERTIFICATE-----', '').replace(/\s/g, ''))
    .filter((part) => part !== '')
  const headers = Object.entries({
    'X-Client-Cert': chain.join(','),
    'X-Timestamp': timestamp,
    'X-Nonce': nonce,
    'X-Signature': sign('sha256', Buffer.from(base), identity.keyPem).toString('base64'),
  }).map(([name, value]) => ({ name, value: Buffer.from(value) }))
  return VerifyRequestRequest.fromPartial({
    credential: {
      $case: 'httpSignature',
      value: { ...REQUEST, headers, body: { $case: 'bodyBytes', value: body } },
    },
    requiredScopes: ['bob.user.read'],
  })
}

const item = (id: bigint, request?: VerifyRequestRequest): VerifyRequestsRequest => ({ id, request })

function outcome({ result }: VerifyRequestsResponse): string {
  if (result?.$case === 'error') return `error ${Code[result.value.code]}`
  if (result?.$case !== 'response') return 'nothing'
  const { decision, denyReason } = result.value
  return decision === Decision.DECISION_ALLOW ? 'allow' : `deny ${denyReason}`
}

describe('VerifyRequests', () => {
  let running: RunningService
  let alice: TestIdentity
  let bob: TestIdentity
  before(async () => {
    running = await startRunningService()
    alice = await running.enrol('alice', ['bob.user.read'])
    bob = await running.enrol('bob', ['chancery.requests.verify'])
  })
  after(() => running.close())

  const stream = (options = {}, identity = bob): Verify =>
    openBidi(running, identity.channel, Authorization.verifyRequests, options)

  /** Opens a stream and waits for its first answer. */
  async function opened(identity: TestIdentity): Promise<Verify> {
    const verify = stream({}, identity)
    await verify.send(item(1n, signed(alice)))
    assert.equal(outcome(await verify.next()), 'allow')
    return verify
  }

  it('answers each request once with its id, and ends when the caller has no more', async () => {
    const verify = stream()
    const replayed = signed(alice)
    await verify.send(item(7n, replayed))
    assert.equal(outcome(await verify.next()), 'allow')
    await verify.send(item(2n ** 64n - 1n, replayed))
    await verify.send(item(8n, signed(alice)))
    verify.finish()
    assert.equal(await verify.ended, undefined)
    assert.deepEqual(
      new Map(verify.messages.map((answer) => [answer.id, outcome(answer)])),
      new Map([
        [7n, 'allow'],
        [2n ** 64n - 1n, `deny ${DenyReason.DENY_REASON_NONCE_REPLAYED}`],
        [8n, 'allow'],
      ]),
    )
    verify.close()
  })

  it('answers what is refused early before what takes a signature and a write', async () => {
    const verify = stream()
    void verify.send(item(1n, signed(alice, Buffer.alloc(512 * 1024))))
    await verify.send(item(2n, VerifyRequestRequest.fromPartial({})))
    assert.equal((await verify.next()).id, 2n)
    assert.equal((await verify.next()).id, 1n)
    verify.close()
  })

  it('answers an id that is used twice twice', async () => {
    const verify = stream()
    void verify.send(item(5n, signed(alice)))
    void verify.send(item(5n, signed(alice)))
    assert.deepEqual([outcome(await verify.next()), outcome(await verify.next())], ['allow', 'allow'])
    verify.close()
  })

  it('goes on after items that cannot be decided, and says of each why', async () => {
    const verify = stream()
    const bad = [
      item(1n),
      item(2n, VerifyRequestRequest.fromPartial({})),
      item(3n, { ...signed(alice), requiredScopes: ['Not A Scope'] }),
      item(4n, { ...signed(alice), match: 99 as never }),
    ]
    for (const each of bad) void verify.send(each)
    const answers = await Promise.all(bad.map(() => verify.next()))
    const reasons = answers.map(({ id, result }) => [
      id,
      result?.$case === 'error' ? result.value.reason : undefined,
    ])
    assert.deepEqual(
      new Map(reasons as [bigint, ErrorReason][]),
      new Map([
        [1n, ErrorReason.ERROR_REASON_FIELD_INVALID],
        [2n, ErrorReason.ERROR_REASON_FIELD_INVALID],
        [3n, ErrorReason.ERROR_REASON_SCOPE_MALFORMED],
        [4n, ErrorReason.ERROR_REASON_FIELD_INVALID],
      ]),
    )
    void verify.send(item(9n, signed(alice)))
    assert.equal(outcome(await verify.next()), 'allow')
    verify.close()
  })

  it('goes on after a request with a string that is not UTF-8', async () => {
    const lenient = {
      ...Authorization.verifyRequests,
      requestSerialize: (request: VerifyRequestsRequest) => {
        const bytes = Buffer.from(Authorization.verifyRequests.requestSerialize(request))
        const at = bytes.indexOf('/users/7')
        if (request.id === 1n) bytes[at + 1] = 0xff
        return bytes
      },
    }
    const verify: Verify = openBidi(running, bob.channel, lenient)
    void verify.send(item(1n, signed(alice)))
    assert.equal(outcome(await verify.next()), 'error INVALID_ARGUMENT')
    void verify.send(item(2n, signed(alice)))
    assert.equal(outcome(await verify.next()), 'allow')
    verify.close()
  })

  it('refuses a caller without the right before it reads a request', async () => {
    const verify = stream({}, alice)
    assert.equal(refusalOf(await verify.ended).reason, 'CALLER_NOT_ALLOWED')
    verify.close()
  })

  it('answers 10,000 requests that were sent without waiting', async () => {
    const verify = stream()
    const requests = Array.from({ length: 10_000 }, (_, id) =>
      id % 10 === 0 ? item(BigInt(id), signed(alice)) : item(BigInt(id)),
    )
    for (const request of requests) void verify.send(request)
    verify.finish()
    assert.equal(await verify.ended, undefined)
    const outcomes = new Map(verify.messages.map((answer) => [answer.id, outcome(answer)]))
    assert.equal(verify.messages.length, requests.length)
    for (const { id, request } of requests) {
      assert.equal(outcomes.get(id), request === undefined ? 'error INVALID_ARGUMENT' : 'allow')
    }
    verify.close()
  })

  it('stops reading from a caller that reads no answers, and goes on when it does', async () => {
    const verify = stream({ paused: true })
    // Large both ways, so that what the transport holds is a few items.
    const request = { ...signed(alice, Buffer.alloc(16 * 1024)), explain: true }
    const total = 1500
    let sent = 0
    const sending = (async () => {
      for (let id = 0; id < total; id++) {
        await verify.send(item(BigInt(id), request))
        sent++
      }
    })()
    // Each of these is a round trip in which the service could read on.
    let before = -1
    for (let round = 0; round < 200 && before !== sent; round++) {
      before = sent
      for (let trip = 0; trip < 20; trip++) {
        await call(running, bob, Authorization.verifyRequest, signed(alice))
      }
    }
    const stalled = sent
    assert.ok(stalled < 4 * MAX_STREAM_ITEMS, `${stalled} items were read`)
    verify.call.resume()
    await sending
    verify.finish()
    assert.equal(await verify.ended, undefined)
    assert.equal(verify.messages.length, total)
    verify.close()
  })

  it('ends when its caller is revoked', async () => {
    const eve = await running.enrol('eve', ['chancery.requests.verify'])
    const theirs = await opened(eve)
    const ours = await opened(bob)
    await call(
      running,
      running.admin,
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial({
        target: { $case: 'serial', value: { serialNumber: eve.issued.serialNumber } },
        reason: RevocationReason.REVOCATION_REASON_KEY_COMPROMISE,
      }),
    )
    assert.equal(refusalOf(await theirs.ended).reason, 'CALLER_REVOKED')
    void ours.send(item(2n, signed(alice)))
    assert.equal(outcome(await ours.next()), 'allow')
    theirs.close()
    ours.close()
  })

  it('ends when the service drains', async () => {
    const verify = await opened(bob)
    await running.restart()
    assert.equal(refusalOf(await verify.ended).reason, 'SHUTTING_DOWN')
    verify.close()
  })
})
