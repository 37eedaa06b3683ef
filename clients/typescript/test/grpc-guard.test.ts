import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import {
  type MethodDefinition,
  type ServerUnaryCall,
  type ServiceError,
  Client,
  InterceptingCall,
  Metadata,
  Server,
  ServerCredentials,
  credentials,
  status,
} from '@grpc/grpc-js'
import { encodePem } from '../../../src/core/pem.ts'
import {
  createDecisionContext,
  createDecisionFixture,
  FIXTURE_NOW,
} from '../../../test/support/decision-fixture.ts'
import { createTokenContext, fixtureIssuer, signToken } from '../../../test/support/token-fixture.ts'
import { grpcInterceptor } from '../src/adapters/grpc.ts'
import { callerOf, createGrpcGuard, guardedService } from '../src/grpc.ts'
import { openIdentity } from '../src/identity/client-identity.ts'
import { createRequestSigner } from '../src/signing/request-signer.ts'
import { createRequestVerifier } from '../src/verifier/request-verifier.ts'
import type { Verification } from '../src/verifier/verification.ts'
import { knowingWorld } from './support/known-world.ts'
import { createStillPorts } from './support/still-ports.ts'

const fixture = createDecisionFixture()
const context = createDecisionContext(fixture, { tokens: createTokenContext([fixtureIssuer(fixture.keys)]) })

let parsed = 0
const text = {
  requestSerialize: (value: string) => Buffer.from(value),
  requestDeserialize: (octets: Buffer) => {
    parsed++
    // grpc-js takes an empty text for no message.
    return Object(octets.toString()) as string
  },
  responseSerialize: (value: string) => Buffer.from(value),
  responseDeserialize: (octets: Buffer) => octets.toString(),
}
const method = (name: string, requestStream = false): MethodDefinition<string, string> => ({
  path: `/bob.v1.Users/${name}`,
  requestStream,
  responseStream: false,
  ...text,
})
const Users = {
  get: method('Get'),
  admin: method('Admin'),
  unlisted: method('Unlisted'),
  collect: method('Collect', true),
  gather: method('Gather', true),
}

describe('a gRPC server behind the guard', () => {
  const seen: Verification[] = []
  const reasonGiven = () => seen[0]?.reason
  let server: Server
  let client: Client
  let handled = 0

  before(async () => {
    const ports = createStillPorts(FIXTURE_NOW)
    const verifier = createRequestVerifier({ mode: 'local', ...knowingWorld(() => context), ports })
    const read = { scopes: ['bob.user.read'] }
    const guard = createGrpcGuard(verifier, {
      audience: 'bob',
      scheme: 'http',
      methods: {
        [Users.get.path]: read,
        [Users.admin.path]: { scopes: ['bob.admin.all'] },
        [Users.collect.path]: read,
        [Users.gather.path]: read,
      },
      unsignedStreams: [Users.gather.path],
      onDecision: (verification) => seen.push(verification),
    })
    server = new Server({ interceptors: [guard] })
    const unary = (call: ServerUnaryCall<string, string>, answer: (error: null, value: string) => void) => {
      handled++
      answer(null, `${callerOf(call)?.principal.clientId}: ${call.request}`)
    }
    const collect = (
      call: AsyncIterable<string> & { readonly metadata: Metadata },
      answer: (error: null, value: string) => void,
    ) => {
      handled++
      void (async () => {
        const all: string[] = []
        for await (const one of call) all.push(one)
        answer(null, `${callerOf(call)?.principal.clientId}: ${all.join()}`)
      })()
    }
    const handlers = { get: unary, admin: unary, unlisted: unary, collect, gather: collect }
    server.addService(guardedService(Users), handlers)
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error)
        else resolve(bound)
      })
    })
    client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  })
  after(() => {
    client.close()
    server.forceShutdown()
  })

  async function signing() {
    const certificate = encodePem('CERTIFICATE', [fixture.client('p256')])
    const identity = await openIdentity({ key: fixture.keys.p256, certificate })
    const signer = createRequestSigner({ identity, now: () => FIXTURE_NOW })
    return grpcInterceptor(signer, { authority: 'bob.example', scheme: 'http' })
  }

  /** The answer, or status and details of the refusal. */
  function call(
    { path, requestSerialize, responseDeserialize }: MethodDefinition<string, string>,
    message: string,
    interceptors: Awaited<ReturnType<typeof signing>>[] = [],
    metadata = new Metadata(),
  ): Promise<string> {
    seen.length = 0
    return new Promise((resolve) => {
      const done = (error: ServiceError | null, value?: string) => {
        resolve(error ? `${status[error.code]} ${error.details}` : value!)
      }
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        message,
        metadata,
        { interceptors },
        done,
      )
    })
  }

  function stream(
    { path, requestSerialize, responseDeserialize }: MethodDefinition<string, string>,
    interceptors: Awaited<ReturnType<typeof signing>>[],
  ): Promise<string> {
    seen.length = 0
    return new Promise((resolve) => {
      const sent = client.makeClientStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        new Metadata(),
        { interceptors },
        (error, value) => {
          resolve(error ? `${status[error.code]} ${error.details}` : value!)
        },
      )
      sent.write('a')
      sent.write('b')
      sent.end()
    })
  }

  it('serves a call that alice signed, and tells the handler that it was her', async () => {
    assert.equal(await call(Users.get, 'hello', [await signing()]), 'alice: hello')
    assert.equal(await call(Users.get, '', [await signing()]), 'alice: ')
  })

  it('serves a token', async () => {
    const metadata = new Metadata()
    metadata.set('authorization', `Bearer ${signToken(fixture.keys, { claims: { jti: randomUUID() } })}`)
    assert.equal(await call(Users.get, 'hello', [], metadata), 'alice: hello')
  })

  it('refuses in the words of gRPC, and parses and handles nothing that it refuses', async () => {
    const before = { parsed, handled }
    assert.equal(await call(Users.get, 'hello'), 'UNAUTHENTICATED CREDENTIAL_REFUSED')
    assert.equal(reasonGiven(), 'CREDENTIAL_MISSING')
    assert.equal(await call(Users.admin, 'hello', [await signing()]), 'PERMISSION_DENIED SCOPE_INSUFFICIENT')
    assert.equal(
      await call(Users.unlisted, 'hello', [await signing()]),
      'PERMISSION_DENIED METHOD_NOT_LISTED',
    )
    const changed = [await signing(), changing('other')]
    assert.equal(await call(Users.get, 'hello', changed), 'UNAUTHENTICATED CREDENTIAL_REFUSED')
    assert.equal(reasonGiven(), 'DIGEST_MISMATCH')
    assert.deepEqual({ parsed, handled }, before)
  })

  it('refuses a signature from another method, and one that was used', async () => {
    const metadata = new Metadata()
    await call(Users.get, 'hello', [await signing(), capturing(metadata)])
    for (const [path, reason] of [
      [Users.get, 'NONCE_REPLAYED'],
      [Users.admin, 'SIGNATURE_INVALID'],
    ] as const) {
      assert.equal(await call(path, 'hello', [hosted()], metadata), 'UNAUTHENTICATED CREDENTIAL_REFUSED')
      assert.equal(reasonGiven(), reason)
    }
  })

  it('refuses a signed call whose client streams, unless the operator allows that for the method', async () => {
    assert.equal(await stream(Users.collect, [await signing()]), 'UNAUTHENTICATED CREDENTIAL_REFUSED')
    assert.equal(reasonGiven(), 'BODY_TRUNCATED')
    assert.equal(await stream(Users.gather, [await signing()]), 'alice: a,b')
  })

  it('refuses every call of a service that was added without it', async () => {
    const bare = new Server({
      interceptors: [createGrpcGuard({} as never, { methods: { [Users.get.path]: {} } })],
    })
    bare.addService({ get: Users.get }, { get: () => assert.fail('it was handled') })
    const port = await new Promise<number>((resolve) => {
      bare.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, bound) => {
        resolve(bound)
      })
    })
    const other = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
    const { path, requestSerialize, responseDeserialize } = Users.get
    const refusal = await new Promise<string>((resolve) => {
      other.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        'x',
        new Metadata(),
        {},
        (error) => {
          resolve(error?.details ?? 'served')
        },
      )
    })
    assert.equal(refusal, 'METHOD_NOT_GUARDED')
    other.close()
    bare.forceShutdown()
  })

  /** Puts another message in the place of the one that was signed. */
  function changing(message: string): Awaited<ReturnType<typeof signing>> {
    return (options, next) =>
      new InterceptingCall(next(options), {
        sendMessage: (_, send) => {
          send(message)
        },
      })
  }

  function capturing(into: Metadata): Awaited<ReturnType<typeof signing>> {
    return (options, next) =>
      new InterceptingCall(next(options), {
        start: (metadata, listener, start) => {
          into.merge(metadata)
          start(metadata, listener)
        },
      })
  }

  function hosted(): Awaited<ReturnType<typeof signing>> {
    return (options, next) => new InterceptingCall(next({ ...options, host: 'bob.example' }))
  }
})
