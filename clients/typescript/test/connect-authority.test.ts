import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sha256 } from '../../../src/core/crypto.ts'
import { AuthorityServiceService as Authority } from '../../../src/gen/chancery/v1/authority_service.ts'
import {
  AuthorizationServiceService as Authorization,
  StreamCRLRequest,
  StreamPayload,
  VerifyRequestsRequest,
} from '../../../src/gen/chancery/v1/authorization_service.ts'
import {
  ClientServiceService as Clients,
  ListClientsRequest,
} from '../../../src/gen/chancery/v1/client_service.ts'
import { IssueTokenRequest, TokenServiceService } from '../../../src/gen/chancery/v1/token_service.ts'
import { PATIENCE_MS } from '../../../test/support/patience.ts'
import { type RunningService, startRunningService } from '../../../test/support/running-service.ts'
import { connectAuthority } from '../src/authority/connect-authority.ts'
import { ChanceryError } from '../src/chancery-error.ts'
import { openIdentity, readParts } from '../src/identity/client-identity.ts'
import { type Relay, openRelay } from '../src/testing/relay.ts'

let running: RunningService
let relay: Relay
let address: string
type Enrolled = Awaited<ReturnType<RunningService['enrol']>>
let alice: Enrolled
let aliceAgain: Enrolled
const SCOPES = ['bob.user.read', 'chancery.crl.read', 'chancery.requests.verify']

before(async () => {
  running = await startRunningService()
  alice = await running.enrol('alice', SCOPES)
  aliceAgain = await running.enrol('alice-2', SCOPES)
  relay = await openRelay()
  relay.forwardTo(running.port)
  address = `localhost:${relay.port}`
})
after(async () => {
  await relay.close()
  await running.close()
})

function partsOf(
  { keyPem, certificatePem }: Pick<Enrolled, 'keyPem' | 'certificatePem'>,
  ca = running.caPem,
) {
  return { key: keyPem, certificate: certificatePem, ca }
}

/** A client of the service, and the rejection of a call by it. */
async function connect(to: string | readonly string[] = address, ca = running.caPem) {
  const identity = await openIdentity(partsOf(alice, ca))
  const authority = connectAuthority({ address: to, identity, deadlineMs: PATIENCE_MS })
  const issue = (options = {}) =>
    authority.call(TokenServiceService.issueToken, IssueTokenRequest.create(), options)
  const failure = async (promise: Promise<unknown>): Promise<ChanceryError> => {
    const error: unknown = await promise.then(
      () => assert.fail('the call was answered'),
      (thrown: unknown) => thrown,
    )
    assert.ok(error instanceof ChanceryError)
    return error
  }
  return { identity, authority, issue, failure, [Symbol.dispose]: () => authority.close() }
}

describe('the client of the authority', () => {
  it('makes calls over mTLS, as who it is', async () => {
    using client = await connect()
    const { token, boundCertificateSha256 } = await client.issue()
    assert.equal(token.split('.').length, 3)
    assert.deepEqual(boundCertificateSha256, Buffer.from(sha256(alice.issued.certificateDer)))
  })

  it('rejects with the reason that the service gives', async () => {
    using client = await connect()
    const error = await client.failure(
      client.authority.call(Clients.listClients, ListClientsRequest.create()),
    )
    assert.deepEqual(
      [error.reason, error.status, error.retriable, error.metadata['required_scope']],
      ['CALLER_NOT_ALLOWED', 'PERMISSION_DENIED', false, 'chancery.clients.read'],
    )
    assert.match(error.advice ?? '', /required_scope/)
  })

  it('tells a service that is not there from one whose certificate it does not trust', async () => {
    using lost = await connect('localhost:1')
    const unreachable = await lost.failure(lost.issue())
    assert.deepEqual([unreachable.reason, unreachable.retriable], ['UNREACHABLE', true])
    using stranger = await connect(address, alice.certificatePem)
    assert.equal((await stranger.failure(stranger.issue())).reason, 'TLS_FAILED')
  })

  it('gives up at the deadline, and connects anew for the next call', async () => {
    using client = await connect()
    await relay.set('hold')
    const error = await client.failure(client.issue({ deadlineMs: 100 }))
    assert.deepEqual([error.reason, error.retriable], ['DEADLINE_EXCEEDED', true])
    await relay.set('carry')
    await client.issue()
  })

  it('makes no connection while nobody calls, and one try at a time while many do', async () => {
    using client = await connect()
    await relay.set('reset')
    const before = relay.connections
    const failures = await Promise.all(Array.from({ length: 50 }, () => client.failure(client.issue())))
    for (let i = 0; i < 50; i++) failures.push(await client.failure(client.issue()))
    assert.deepEqual([...new Set(failures.map(({ reason }) => reason))], ['UNREACHABLE'])
    await relay.set('carry')
    assert.ok(relay.connections - before < 20, `${relay.connections - before} connections`)
  })

  it('goes to the next address when one does not answer', async () => {
    using client = await connect(['localhost:1', address])
    await client.issue({ repeatable: true })
    using careful = await connect(['localhost:1', address])
    assert.equal((await careful.failure(careful.issue())).reason, 'UNREACHABLE')
    await careful.issue()
  })

  it('can be called off', async () => {
    using client = await connect()
    const error = await client.failure(client.issue({ signal: AbortSignal.abort() }))
    assert.deepEqual([error.reason, error.retriable], ['CANCELLED', false])
  })

  it('shows a new certificate from the next call on, while calls on the old one go on', async () => {
    using client = await connect()
    const abort = new AbortController()
    const request = StreamCRLRequest.fromPartial({ payload: StreamPayload.STREAM_PAYLOAD_CRL })
    const stream = client.authority.stream(Authorization.streamCrl, request, { signal: abort.signal })
    const lists = stream[Symbol.asyncIterator]()
    const questions = client.authority.duplex(Authorization.verifyRequests)
    const answers = questions[Symbol.asyncIterator]()
    const ask = async (id: bigint) => {
      questions.write(VerifyRequestsRequest.fromPartial({ id }))
      return ((await answers.next()).value as { id: bigint }).id
    }
    assert.equal((await lists.next()).done, false)
    assert.equal(await ask(1n), 1n)
    client.identity.replace(await readParts(partsOf(aliceAgain)))
    const { boundCertificateSha256 } = await client.issue()
    assert.deepEqual(boundCertificateSha256, Buffer.from(sha256(aliceAgain.issued.certificateDer)))
    assert.equal(await ask(2n), 2n)
    assert.equal((await lists.next()).done, false)
    questions.end()
    assert.equal((await answers.next()).done, true)
    abort.abort()
    for (let step = await lists.next(); step.done !== true; step = await lists.next());
  })

  it('finishes what is under way when it is closed', async () => {
    const client = await connect()
    const pending = client.issue()
    client.authority.close()
    assert.notEqual((await pending).token, '')
    await assert.rejects(client.issue(), /closed/)
  })

  it('refuses what is no address', async () => {
    const identity = await openIdentity(partsOf(alice))
    for (const wrong of [[], 'bob.example', 'https://bob.example:1', 'bob:0'])
      assert.throws(() => connectAuthority({ address: wrong, identity }), TypeError)
  })

  it('cannot open TLS with a key that is behind a function', async () => {
    const { credential } = (await openIdentity(partsOf(alice))).current()
    const identity = await openIdentity({ ...partsOf(alice), key: credential.key })
    const authority = connectAuthority({ address, identity })
    await assert.rejects(authority.call(Authority.getTrustBundle, {}), /behind a function/)
  })
})
