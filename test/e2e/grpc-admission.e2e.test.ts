import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { after, before, describe, it } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { type ChannelCredentials, Metadata, status as Code } from '@grpc/grpc-js'
import { frame } from '../../bench/lean-client.ts'
import { DomainError } from '../../src/core/errors.ts'
import { MAX_GRPC_MESSAGE_BYTES } from '../../src/core/limits.ts'
import {
  ClientServiceService,
  GetClientResponse,
  ListClientsRequest,
} from '../../src/gen/chancery/v1/client_service.ts'
import { HealthService } from '../../src/gen/grpc/health/v1/health.ts'
import { type BoundService, type ServiceMethods, bindService } from '../../src/grpc/handler.ts'
import { StoreError } from '../../src/store/store.ts'
import { type GrpcFixture, callUnary, refusalOf, startGrpcFixture } from '../support/grpc-fixture.ts'
import { type KeyAndChain, makeThrowawayCa } from '../support/tls-material.ts'

const SECRET = 'select * from keys where path = /secret/place'

/** Answers with what the test put there. */
const behaviour: { getClient: () => Promise<GetClientResponse> } = {
  getClient: () => Promise.resolve(GetClientResponse.create({})),
}
const seen: string[] = []

function unused(): never {
  throw new Error('not called by these tests')
}

const clientMethods: ServiceMethods<typeof ClientServiceService> = {
  createClient: () => unused(),
  getClient: (request, { caller }) => {
    seen.push(`${caller.clientId} asks for ${request.clientId}`)
    return behaviour.getClient()
  },
  listClients: () => unused(),
  setClientScopes: () => unused(),
  lockClient: () => unused(),
  unlockClient: () => unused(),
  removeClient: () => unused(),
}

const services: BoundService[] = [bindService(ClientServiceService, clientMethods)]

describe('the door of the gRPC server', () => {
  let fixture: GrpcFixture
  let alice: KeyAndChain
  let channel: ChannelCredentials

  before(async () => {
    fixture = await startGrpcFixture(services)
    alice = fixture.identity('alice', ['chancery.clients.read'])
    channel = fixture.channel(alice)
  })
  after(() => fixture.close())

  const getClient = (credentials: ChannelCredentials, options = {}) =>
    callUnary(fixture, credentials, ClientServiceService.getClient, { clientId: 'bob' }, options)

  async function refusal(call: Promise<unknown>) {
    return refusalOf(
      await call.then(
        () => assert.fail('the call was served'),
        (error: unknown) => error,
      ),
    )
  }

  it('lets a caller with the scope in, and tells the method who it is', async () => {
    seen.length = 0
    await getClient(channel)
    assert.deepEqual(seen, ['alice asks for bob'])
  })

  it('refuses a connection without a certificate by a gRPC status that says so', async () => {
    const { code, reason, metadata } = await refusal(getClient(fixture.channel(undefined)))
    assert.equal(code, Code.UNAUTHENTICATED)
    assert.equal(reason, 'CALLER_UNAUTHENTICATED')
    assert.equal(metadata['deny_reason'], 'CREDENTIAL_MISSING')
  })

  it('refuses a certificate of another CA by a gRPC status, not by a TLS alert', async () => {
    const foreign = makeThrowawayCa('test ca').issue({ commonName: 'alice' })
    const { code, metadata } = await refusal(getClient(fixture.channel(foreign)))
    assert.equal(code, Code.UNAUTHENTICATED)
    assert.equal(metadata['deny_reason'], 'ISSUER_UNKNOWN')
  })

  it('refuses an expired certificate by a gRPC status, not by a TLS alert', async () => {
    const expired = fixture.ca.issue({ commonName: 'alice', days: -1 })
    const { code, metadata } = await refusal(getClient(fixture.channel(expired)))
    assert.equal(code, Code.UNAUTHENTICATED)
    assert.equal(metadata['deny_reason'], 'CERTIFICATE_EXPIRED')
  })

  it('names the missing scope', async () => {
    const poor = fixture.channel(fixture.identity('poor', ['chancery.crl.read']))
    const call = callUnary(fixture, poor, ClientServiceService.listClients, ListClientsRequest.create({}))
    const { code, reason, metadata } = await refusal(call)
    assert.equal(code, Code.PERMISSION_DENIED)
    assert.equal(reason, 'CALLER_NOT_ALLOWED')
    assert.equal(metadata['required_scope'], 'chancery.clients.read')
  })

  it('leaves it to the use case whether a client without the scope may act on itself', async () => {
    seen.length = 0
    await getClient(fixture.channel(fixture.identity('self', [])))
    assert.deepEqual(seen, ['self asks for bob'])
  })

  it('refuses a revoked caller on the next call of an open connection', async () => {
    const credentials = fixture.channel(fixture.identity('revoked', ['chancery.clients.read']))
    await getClient(credentials)
    fixture.clients.revoked.add('revoked')
    const { code, reason } = await refusal(getClient(credentials))
    assert.equal(code, Code.UNAUTHENTICATED)
    assert.equal(reason, 'CALLER_REVOKED')
  })

  it('asks again when a revocation passes between authentication and registration', async () => {
    const credentials = fixture.channel(fixture.identity('racer', ['chancery.clients.read']))
    seen.length = 0
    let asked = 0
    fixture.clients.onAuthenticate = () => {
      if (++asked !== 1) return
      // After this answer is on its way, the store learns of a revocation, and the registry hears of it.
      queueMicrotask(() => {
        fixture.clients.revoked.add('racer')
        fixture.server.calls.endStreamsOf(
          { kind: 'client', clientId: 'racer' },
          new DomainError('CALLER_REVOKED', 'x'),
        )
      })
    }
    const { reason } = await refusal(getClient(credentials))
    delete fixture.clients.onAuthenticate
    assert.equal(reason, 'CALLER_REVOKED')
    assert.deepEqual(seen, [])
  })

  it('tells strangers nothing about methods that do not exist', async () => {
    const unknown = { ...HealthService.check, path: '/chancery.v1.ClientService/DropEverything' }
    const stranger = await refusal(callUnary(fixture, fixture.channel(undefined), unknown, { service: '' }))
    assert.equal(stranger.code, Code.UNAUTHENTICATED)
    const caller = await refusal(callUnary(fixture, channel, unknown, { service: '' }))
    assert.equal(caller.code, Code.UNIMPLEMENTED)
    assert.ok(fixture.counted.some(({ method }) => method === 'unknown'))
    assert.ok(fixture.counted.every(({ method }) => !method.includes('DropEverything')))
  })

  it('answers INVALID_ARGUMENT for bytes that are no message, and never INTERNAL', async () => {
    const hostile = [
      Buffer.from('ff', 'hex'),
      Buffer.from('0a05', 'hex'),
      Buffer.from(`0a02ffff`, 'hex'),
      Buffer.alloc(60_000, 0x0b),
      Buffer.from('0affffffffffffffffff01', 'hex'),
    ]
    for (const bytes of hostile) {
      const method = { ...ClientServiceService.getClient, requestSerialize: () => bytes }
      const { code, reason } = await refusal(callUnary(fixture, channel, method, { clientId: '' }))
      assert.equal(code, Code.INVALID_ARGUMENT, bytes.subarray(0, 16).toString('hex'))
      assert.equal(reason, 'FIELD_INVALID')
    }
  })

  it('ignores unknown fields, as proto3 has it', async () => {
    const bytes = Buffer.concat([Buffer.from('0a03626f62', 'hex'), Buffer.from('fa3f03616263', 'hex')])
    seen.length = 0
    await callUnary(
      fixture,
      channel,
      { ...ClientServiceService.getClient, requestSerialize: () => bytes },
      {
        clientId: '',
      },
    )
    assert.deepEqual(seen, ['alice asks for bob'])
  })

  it('answers RESOURCE_EXHAUSTED for a message over the limit', async () => {
    const bytes = Buffer.alloc(MAX_GRPC_MESSAGE_BYTES + 1)
    const method = { ...ClientServiceService.getClient, requestSerialize: () => bytes }
    assert.equal(
      (await refusal(callUnary(fixture, channel, method, { clientId: '' }))).code,
      Code.RESOURCE_EXHAUSTED,
    )
  })

  it('answers INVALID_ARGUMENT for a message that says it is compressed and is not', async () => {
    const trailers = await rawCall(fixture, alice, Buffer.from('0100000003616263', 'hex'), {
      'grpc-encoding': 'gzip',
    })
    assert.equal(trailers['grpc-status'], String(Code.INVALID_ARGUMENT))
  })

  it('answers INVALID_ARGUMENT for a timeout header that cannot be read', async () => {
    const trailers = await rawCall(fixture, alice, Buffer.from('0000000000', 'hex'), {
      'grpc-timeout': 'soon',
    })
    assert.equal(trailers['grpc-status'], String(Code.INVALID_ARGUMENT))
  })

  it('reads no request of a stranger: the refusal comes before the message is complete', async () => {
    const trailers = await rawCall(fixture, undefined, Buffer.from('00003fffff', 'hex'), {}, false)
    assert.equal(trailers['grpc-status'], String(Code.UNAUTHENTICATED))
  })

  it('reads no more of a request that it has refused: the rest of a large one stays with its sender', async () => {
    for (const [caller, size, expected] of [
      [alice, MAX_GRPC_MESSAGE_BYTES + 1, Code.RESOURCE_EXHAUSTED],
      [undefined, MAX_GRPC_MESSAGE_BYTES, Code.UNAUTHENTICATED],
    ] as const) {
      const { codes, sentBytes } = await sendTwice(fixture, caller, frame(Buffer.alloc(size)))
      assert.deepEqual(codes, [String(expected), String(expected)], 'the connection serves on')
      assert.ok(sentBytes < size / 4, `${sentBytes} octets were sent`)
    }
  })

  it('ends a call at its deadline', async () => {
    behaviour.getClient = () => new Promise(() => undefined)
    const call = getClient(channel, { deadline: Date.now() + 150 })
    assert.equal((await refusal(call)).code, Code.DEADLINE_EXCEEDED)
    behaviour.getClient = () => Promise.resolve(GetClientResponse.create({}))
  })

  it('keeps causes to itself: a bug is INTERNAL with a request id, an outage UNAVAILABLE', async () => {
    behaviour.getClient = () => Promise.reject(new TypeError(SECRET))
    const bug = await refusal(getClient(channel))
    behaviour.getClient = () => Promise.reject(new StoreError(SECRET))
    const outage = await refusal(getClient(channel))
    behaviour.getClient = () => Promise.resolve(GetClientResponse.create({}))
    assert.equal(bug.code, Code.INTERNAL)
    assert.equal(bug.reason, 'INTERNAL')
    assert.equal(outage.code, Code.UNAVAILABLE)
    assert.equal(outage.reason, 'STORE_UNAVAILABLE')
    assert.ok(!JSON.stringify([bug, outage]).includes('secret'))
    assert.ok(fixture.logLines.some(({ err }) => err instanceof TypeError))
  })

  it('writes one log line per call, with the caller and without anything secret', async () => {
    fixture.logLines.length = 0
    await getClient(channel, { metadata: metadataWith('authorization', 'Bearer abcdef') })
    assert.equal(fixture.logLines.length, 1)
    const [line] = fixture.logLines
    assert.equal(line?.['client_id'], 'alice')
    assert.equal(line['code'], 'OK')
    assert.equal(line['method'], '/chancery.v1.ClientService/GetClient')
    assert.ok(!JSON.stringify(line).includes('abcdef'))
  })

  it('offers no session to resume, so that a chain is always shown in full', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const options = {
        ...{ host: '127.0.0.1', port: fixture.port, rejectUnauthorized: false, ALPNProtocols: ['h2'] },
        ...{ key: alice.privateKeyPem, cert: alice.certificateChainPem, maxVersion },
      }
      const first = connectTls(options)
      await new Promise((resolve) => first.once('secureConnect', resolve))
      const session = first.getSession()
      first.destroy()
      const second = connectTls({ ...options, ...(session === undefined ? {} : { session }) })
      await new Promise((resolve) => second.once('secureConnect', resolve))
      assert.equal(second.isSessionReused(), false)
      second.destroy()
    }
  })

  it('speaks TLS 1.2 and later only, and sends no CA names', async () => {
    const failed = await new Promise<Error>((resolve) => {
      connectTls({
        ...{ host: '127.0.0.1', port: fixture.port, rejectUnauthorized: false },
        ...{ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      }).once('error', resolve)
    })
    assert.match(String((failed as NodeJS.ErrnoException).code), /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/)
  })
})

function metadataWith(key: string, value: string): Metadata {
  const metadata = new Metadata()
  metadata.set(key, value)
  return metadata
}

/** A call by hand, for what no gRPC client would send. */
/** Makes a call two times over one connection; each ends when its stream has closed. */
async function sendTwice(fixture: GrpcFixture, identity: KeyAndChain | undefined, body: Buffer) {
  const session = connectRaw(fixture, identity)
  try {
    const codes: unknown[] = []
    for (let i = 0; i < 2; i++) {
      const stream = session.request(GET_CLIENT)
      stream.once('response', (headers) => codes.push(headers['grpc-status']))
      stream.resume().end(body)
      await once(stream, 'close')
    }
    return { codes, sentBytes: session.socket.bytesWritten }
  } finally {
    session.destroy()
  }
}

const GET_CLIENT = {
  ':method': 'POST',
  ':path': ClientServiceService.getClient.path,
  'content-type': 'application/grpc',
  te: 'trailers',
}

function connectRaw(fixture: GrpcFixture, identity: KeyAndChain | undefined): ClientHttp2Session {
  return connectHttp2(`https://localhost:${fixture.port}`, {
    ca: fixture.ca.certificatePem,
    ...(identity === undefined ? {} : { key: identity.privateKeyPem, cert: identity.certificateChainPem }),
  })
}

function rawCall(
  fixture: GrpcFixture,
  identity: KeyAndChain | undefined,
  body: Buffer,
  headers: Record<string, string>,
  end = true,
): Promise<Record<string, unknown>> {
  const session = connectRaw(fixture, identity)
  return new Promise<Record<string, unknown>>((resolve, reject) => {
    session.once('error', reject)
    const stream = session.request({ ...GET_CLIENT, ...headers })
    stream.once('error', reject)
    // A refusal has its status in the one and only header block.
    stream.once('response', (response) => {
      if (response['grpc-status'] !== undefined) resolve(response)
    })
    stream.once('trailers', resolve)
    stream.write(body)
    if (end) stream.end()
    stream.resume()
  }).finally(() => {
    session.destroy()
  })
}
