import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type Client, type MethodDefinition, type ServiceError, Metadata, status } from '@grpc/grpc-js'
import { IssueTokenRequest, TokenServiceService } from '../../../src/gen/chancery/v1/token_service.ts'
import { readErrorDetails } from '../../../src/rpc/error-details.ts'
import type { Authorized, RequestAuthorizer } from '../src/authorizer.ts'
import {
  type CredentialSource,
  connectAuthority,
  createCredentialSource,
  grpcInterceptor,
  openIdentity,
} from '../src/index.ts'
import { type TestAuthority, startTestAuthority } from '../src/testing/index.ts'
import { startLocalVerifier } from './support/local-verifier.ts'
import { Users, startUsersServer } from './support/users-server.ts'
import { PATIENCE_MS } from '../../../test/support/patience.ts'

/** Bob trusts the authority that certified Alice. Her tokens come from another, which he knows nothing of. */
let known: TestAuthority
let stranger: TestAuthority
let client: Client
let handled: string[]
let endlessEnded: Promise<unknown>
let source: CredentialSource
const closers: (() => unknown)[] = []

before(async () => {
  known = await startTestAuthority()
  stranger = await startTestAuthority()
  closers.push(
    () => known.close(),
    () => stranger.close(),
  )
  for (const authority of [known, stranger]) await authority.createClient('alice', ['bob.user.read'])
  const local = await startLocalVerifier(known)
  closers.push(() => local.close())
  const users = await startUsersServer(local.verifier)
  ;({ client, handled, endlessEnded } = users)
  closers.push(() => users.close())
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

function watch(request: string, authorizer: RequestAuthorizer = source) {
  const { path, requestSerialize, responseDeserialize } = Users.watch
  const wanted = { ...options(authorizer), deadline: Date.now() + PATIENCE_MS }
  return client.makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    request,
    new Metadata(),
    wanted,
  )
}

/** What comes, each taken in a turn of its own. */
async function read(stream: ReturnType<typeof watch>): Promise<readonly string[]> {
  const messages: string[] = []
  for await (const message of stream as AsyncIterable<string>) {
    messages.push(message)
    await new Promise(setImmediate)
  }
  return messages
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

  it('is dropped, and a call that a stream answers made once more: every message comes, once and in order', async () => {
    assert.deepEqual(await read(watch('3')), ['alice 0', 'alice 1', 'alice 2'])
    assert.equal(source.metrics().tokensRefused, 1)
    assert.deepEqual(source.metrics().requests, { token: 1, certificate: 1 })
    // More than is read ahead, read slowly.
    const many = Array.from({ length: 200 }, (_, i) => `alice ${i}`)
    assert.deepEqual(await read(watch('200', sending('a.b.c', signedBy(source)))), many)
    assert.deepEqual(handled, ['3', '200'])
  })

  it('has an answer that had begun made no second time: what was read would come again', async () => {
    const stream = watch('broken', sending(await tokenOfKnown(), signedBy(source)))
    const messages: string[] = []
    const error = await new Promise<ServiceError>((resolve) =>
      stream.on('data', (message: string) => messages.push(message)).once('error', resolve),
    )
    assert.deepEqual(messages, ['alice 0'])
    assert.equal(error.code, status.UNAUTHENTICATED)
    assert.match(error.details, /not made again, since an answer had begun/)
    assert.deepEqual(handled, ['broken'])
  })

  it('is dropped as well where the call cannot be made again, as its messages are a stream, and the refusal says so', async () => {
    const { path, requestSerialize, responseDeserialize } = Users.upload
    const { promise, resolve } = Promise.withResolvers<ServiceError | null>()
    const up = client.makeClientStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      new Metadata(),
      options(source),
      resolve,
    )
    up.write('one')
    const error = await promise
    assert.equal(refusalOf(error!), 'UNAUTHENTICATED CREDENTIAL_REFUSED')
    assert.match(error!.details, /not made again, since its messages were a stream/)
    assert.equal(source.metrics().tokensRefused, 1)
    assert.deepEqual(source.metrics().requests, { token: 1, certificate: 0 })
    assert.equal(await call(Users.get, source).answer, 'alice: hello')
    assert.deepEqual(source.metrics().requests, { token: 1, certificate: 1 })
  })

  it('leaves a stream of answers to be cancelled, while another credential is made and after', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<undefined>()
    const silent = sending('a.b.c', () => {
      ask(undefined)
      return Promise.withResolvers<never>().promise
    })
    const endOf = (stream: ReturnType<typeof watch>) =>
      new Promise<ServiceError>((resolve) => stream.once('error', resolve))
    const waiting = watch('endless', silent)
    const ended = endOf(waiting.resume())
    await asked
    waiting.cancel()
    assert.equal((await ended).code, status.CANCELLED)
    const again = watch('endless', sending('a.b.c', signedBy(source)))
    const over = endOf(again)
    await new Promise((resolve) => again.once('data', resolve))
    again.cancel()
    assert.equal((await over).code, status.CANCELLED)
    await endlessEnded
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

/** A signature, of the certificate that a source has, in place of the token that was refused. */
function signedBy(from: CredentialSource): RequestAuthorizer['reauthorize'] {
  return (request, refused) => from.reauthorize(request, refused)
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
