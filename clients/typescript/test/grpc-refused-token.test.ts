import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import {
  type MethodDefinition,
  type ServiceError,
  Client,
  Metadata,
  Server,
  ServerCredentials,
  credentials,
  status,
} from '@grpc/grpc-js'
import { IssueTokenRequest, TokenServiceService } from '../../../src/gen/chancery/v1/token_service.ts'
import { ErrorInfo } from '../../../src/gen/google/rpc/error_details.ts'
import { Status } from '../../../src/gen/google/rpc/status.ts'
import { readErrorDetails } from '../../../src/rpc/error-details.ts'
import type { Authorized, RequestAuthorizer } from '../src/authorizer.ts'
import { callerOf, createGrpcGuard, guardedService } from '../src/grpc.ts'
import {
  type CredentialSource,
  connectAuthority,
  createCredentialSource,
  grpcInterceptor,
  openIdentity,
} from '../src/index.ts'
import { type TestAuthority, startTestAuthority } from '../src/testing/index.ts'
import { startLocalVerifier } from './support/local-verifier.ts'
import { PATIENCE_MS } from '../../../test/support/patience.ts'

const method = (name: string, responseStream = false) =>
  ({
    path: `/bob.v1.Users/${name}`,
    requestStream: false,
    responseStream,
    requestSerialize: (value: string) => Buffer.from(value),
    requestDeserialize: (octets: Buffer) => octets.toString(),
    responseSerialize: (value: string) => Buffer.from(value),
    responseDeserialize: (octets: Buffer) => octets.toString(),
  }) satisfies MethodDefinition<string, string>
const Users = {
  get: method('Get'),
  admin: method('Admin'),
  watch: method('Watch', true),
  own: method('Own'),
}

/** Bob trusts the authority that certified Alice. Her tokens come from another, which he knows nothing of. */
let known: TestAuthority
let stranger: TestAuthority
let server: Server
let client: Client
let source: CredentialSource
const closers: (() => unknown)[] = []
const handled: string[] = []

before(async () => {
  known = await startTestAuthority()
  stranger = await startTestAuthority()
  closers.push(
    () => known.close(),
    () => stranger.close(),
  )
  for (const authority of [known, stranger]) await authority.createClient('alice', ['bob.user.read'])
  const local = await startLocalVerifier(known)
  const { verifier } = local
  closers.push(() => local.close())
  const read = { scopes: ['bob.user.read'] }
  const guard = createGrpcGuard(verifier, {
    audience: 'bob',
    scheme: 'http',
    methods: {
      [Users.get.path]: read,
      [Users.admin.path]: { scopes: ['bob.admin.all', 'bob.user.read'] },
      [Users.watch.path]: read,
      [Users.own.path]: read,
    },
  })
  server = new Server({ interceptors: [guard] })
  const get = (call: { metadata: Metadata; request: string }, answer: (e: null, value: string) => void) => {
    handled.push(call.request)
    answer(null, `${callerOf(call)?.principal.clientId}: ${call.request}`)
  }
  server.addService(guardedService(Users), {
    get,
    admin: get,
    watch: () => assert.fail('it was handled'),
    own(_: unknown, answer: (error: object) => void) {
      answer({ code: status.UNAUTHENTICATED, metadata: saying('ACCOUNT_CLOSED') })
    },
  })
  await new Promise<void>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
      client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
      if (error) reject(error)
      else resolve()
    })
  })
  closers.push(
    () => server.forceShutdown(),
    () => client.close(),
  )
})
after(async () => {
  for (const close of closers.reverse()) await close()
})
beforeEach(async () => {
  handled.length = 0
  const identity = await openIdentity(await known.issueIdentity('alice'))
  const authority = connectAuthority({
    address: stranger.address,
    identity: await openIdentity(await stranger.issueIdentity('alice')),
  })
  source = createCredentialSource({ authority, identity, patienceMs: 10_000 })
  closers.push(
    () => source.close(),
    () => authority.close(),
  )
})

function options(authorizer: RequestAuthorizer) {
  return { interceptors: [grpcInterceptor(authorizer, { authority: 'bob.example', scheme: 'http' })] }
}

/** The answer, or the error of a call with one message. */
function call(
  { path, requestSerialize, responseDeserialize }: MethodDefinition<string, string>,
  authorizer: RequestAuthorizer,
  deadline = Date.now() + PATIENCE_MS,
) {
  let cancel: () => void = () => undefined
  const answer = new Promise<string | ServiceError>((resolve) => {
    const running = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      'hello',
      new Metadata(),
      { ...options(authorizer), deadline },
      (error, value) => resolve(error ?? value!),
    )
    cancel = () => running.cancel()
  })
  return { answer, cancel: () => cancel() }
}

/** Trailers in which a handler gives a reason of its own. */
function saying(reason: string): Metadata {
  const info = ErrorInfo.encode({ reason, domain: 'bob.example', metadata: {} }).finish()
  const details = [{ typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo', value: Buffer.from(info) }]
  const trailers = new Metadata()
  const packed = Status.encode({ code: status.UNAUTHENTICATED, message: '', details }).finish()
  trailers.set('grpc-status-details-bin', Buffer.from(packed))
  return trailers
}

const refusalOf = (answer: string | ServiceError) =>
  typeof answer === 'string' ? answer : `${status[answer.code]} ${readErrorDetails(answer).reason}`

describe('a token that a gRPC server refuses', () => {
  it('is dropped, and the call made once more, signed: nobody notices', async () => {
    assert.equal(await call(Users.get, source).answer, 'alice: hello')
    assert.equal(source.metrics().tokensRefused, 1)
    assert.deepEqual(source.metrics().requests, { token: 1, certificate: 1 })
    assert.equal(await call(Users.get, source).answer, 'alice: hello')
    assert.deepEqual(source.metrics().requests, { token: 1, certificate: 2 })
    assert.deepEqual(handled, ['hello', 'hello'])
  })

  it('is dropped as well where the call cannot be made again, as its messages are a stream', async () => {
    const { path, requestSerialize, responseDeserialize } = Users.watch
    const stream = client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      'hello',
      new Metadata(),
      options(source),
    )
    const error = await new Promise<ServiceError>((resolve) => stream.resume().once('error', resolve))
    assert.equal(refusalOf(error), 'UNAUTHENTICATED CREDENTIAL_REFUSED')
    assert.equal(source.metrics().tokensRefused, 1)
    assert.deepEqual(source.metrics().requests, { token: 1, certificate: 0 })
    assert.equal(await call(Users.get, source).answer, 'alice: hello')
    assert.deepEqual(source.metrics().requests, { token: 1, certificate: 1 })
  })

  it('stays where the server says that something else is wrong', async () => {
    const authorizer = sending(await tokenOfKnown())
    const forbidden = await call(Users.admin, authorizer).answer
    assert.equal(refusalOf(forbidden), 'PERMISSION_DENIED SCOPE_INSUFFICIENT')
    assert.ok(typeof forbidden !== 'string')
    assert.deepEqual(readErrorDetails(forbidden).metadata, {
      required_scopes: 'bob.admin.all bob.user.read',
    })
    assert.equal(refusalOf(await call(Users.own, authorizer).answer), 'UNAUTHENTICATED ACCOUNT_CLOSED')
    assert.equal(authorizer.refused, 0)
  })

  it('is refused twice at most, and the second refusal stands', async () => {
    const authorizer = sending('a.b.c', () => Promise.resolve(tokenHeader('d.e.f')))
    assert.equal(refusalOf(await call(Users.get, authorizer).answer), 'UNAUTHENTICATED CREDENTIAL_REFUSED')
    assert.equal(authorizer.refused, 1)
    assert.deepEqual(handled, [])
  })

  it('leaves the refusal where there is nothing else to show, and says so where that fails', async () => {
    const nothing = sending('a.b.c')
    assert.equal(refusalOf(await call(Users.get, nothing).answer), 'UNAUTHENTICATED CREDENTIAL_REFUSED')
    const broken = sending('a.b.c', () => Promise.reject(new Error('the KMS is away')))
    const error = await call(Users.get, broken).answer
    assert.ok(typeof error !== 'string' && error.code === status.UNAUTHENTICATED)
    assert.match(error.details, /the KMS is away/)
  })

  it('keeps a call neither beyond its deadline nor from being cancelled, while another credential is made', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<undefined>()
    const silent = sending('a.b.c', () => {
      ask(undefined)
      return Promise.withResolvers<never>().promise
    })
    const cancelled = call(Users.get, silent)
    await asked
    cancelled.cancel()
    assert.equal(refusalOf(await cancelled.answer), 'CANCELLED undefined')
    const late = await call(Users.get, silent, Date.now() + 500).answer
    assert.equal(refusalOf(late), 'DEADLINE_EXCEEDED undefined')
    assert.deepEqual(handled, [])
  })
})

const tokenHeader = (token: string): Authorized => ({
  credential: 'token',
  headers: [['Authorization', `Bearer ${token}`]],
})

/** Sends this token, and when it is refused what `next` gives. */
function sending(token: string, next: RequestAuthorizer['reauthorize'] = () => Promise.resolve(undefined)) {
  const authorizer = {
    refused: 0,
    authorize: () => Promise.resolve(tokenHeader(token)),
    reauthorize(...parameters: Parameters<RequestAuthorizer['reauthorize']>) {
      authorizer.refused++
      return next(...parameters)
    },
  }
  return authorizer
}

/** One that Bob takes. */
async function tokenOfKnown(): Promise<string> {
  const identity = await openIdentity(await known.issueIdentity('alice'))
  const connection = connectAuthority({ address: known.address, identity })
  const { token } = await connection.call(
    TokenServiceService.issueToken,
    IssueTokenRequest.fromPartial({ unbound: true }),
  )
  connection.close()
  return token
}
