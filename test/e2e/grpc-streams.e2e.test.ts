import assert from 'node:assert/strict'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { after, before, describe, it } from 'node:test'
import { connect } from 'node:tls'
import { type ChannelCredentials, status as Code } from '@grpc/grpc-js'
import { DomainError } from '../../src/core/errors.ts'
import {
  AuthorizationServiceService,
  StreamCRLRequest,
  StreamCRLResponse,
  VerifyRequestsRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import {
  AuthorityServiceService,
  GetTrustBundleRequest,
  GetTrustBundleResponse,
} from '../../src/gen/chancery/v1/authority_service.ts'
import type { CallContext } from '../../src/grpc/call-context.ts'
import { bindService } from '../../src/grpc/handler.ts'
import {
  type GrpcFixture,
  type OpenStream,
  callUnary,
  openStream,
  refusalOf,
  startGrpcFixture,
} from '../support/grpc-fixture.ts'
import { openBidi } from '../support/bidi-client.ts'
import type { KeyAndChain } from '../support/tls-material.ts'

const CHUNK_BYTES = 256 * 1024

interface Observed {
  readonly context: CallContext
  readonly finished: Promise<void>
}

/** A stream of as many chunks as the reader takes, which says how far it got. */
function createChunkService() {
  const streams: Observed[] = []
  let yielded = 0
  let release = Promise.withResolvers<undefined>()
  function unused(): never {
    throw new Error('not called by these tests')
  }
  const service = bindService(AuthorizationServiceService, {
    issueCertificate: () => unused(),
    verifyRequest: () => unused(),
    async *verifyRequests(requests) {
      for await (const { id } of requests)
        yield { id: id === 0n ? ('no number' as never) : id, result: undefined }
    },
    revokeCertificate: () => unused(),
    unrevokeCertificate: () => unused(),
    async *streamCrl(request, context) {
      const { promise, resolve } = Promise.withResolvers<undefined>()
      streams.push({ context, finished: promise })
      const endless = request.authorities.includes('endless')
      const data = Buffer.alloc(endless ? CHUNK_BYTES : 16)
      try {
        for (let i = 0n; ; i++) {
          yielded++
          yield StreamCRLResponse.create({ event: { $case: 'snapshotChunk', value: { offset: i, data } } })
          if (endless) continue
          // Waits for the test, and not for its signal: a method that forgets the signal must not hold a call open.
          await release.promise
          release = Promise.withResolvers()
        }
      } finally {
        resolve(undefined)
      }
    },
  })
  const trust = bindService(AuthorityServiceService, {
    getTrustBundle: () => Promise.resolve(GetTrustBundleResponse.create({})),
    listAuthorities: () => unused(),
    reportVerifierStatus: () => Promise.reject(new Error('unused')),
    listVerifiers: () => Promise.reject(new Error('unused')),
    createAuthority: () => unused(),
    rotateAuthority: () => unused(),
  })
  return {
    services: [service, trust],
    streams,
    yielded: () => yielded,
    release: () => {
      release.resolve(undefined)
    },
  }
}

describe('streams', () => {
  let fixture: GrpcFixture
  let alice: KeyAndChain
  let channel: ChannelCredentials
  const chunks = createChunkService()

  before(async () => {
    fixture = await startGrpcFixture(chunks.services)
    channel = fixture.channel(fixture.identity('bob', ['chancery.crl.read', 'chancery.requests.verify']))
    alice = fixture.identity('alice', ['chancery.crl.read'])
  })
  after(() => fixture.close())

  const watch = (authority: string, credentials = channel, options = {}) =>
    openStream(
      fixture,
      credentials,
      AuthorizationServiceService.streamCrl,
      StreamCRLRequest.create({ authorities: [authority] }),
      options,
    )
  const ping = () =>
    callUnary(fixture, channel, AuthorityServiceService.getTrustBundle, GetTrustBundleRequest.create({}))

  it('asks the method for the next message only when HTTP/2 has taken the last', async () => {
    const before = chunks.yielded()
    const reader = await openUnread(fixture, alice)
    // Each of these is a round trip in which the stream could run away.
    for (let i = 0; i < 10; i++) await ping()
    const stalled = chunks.yielded() - before
    for (let i = 0; i < 30; i++) await ping()
    assert.equal(chunks.yielded() - before, stalled)
    assert.ok(stalled <= 2, `${stalled} messages were made for a reader that reads nothing`)
    reader.destroy()
    await chunks.streams.at(-1)?.finished
  })

  it('goes on as the reader reads, in order and complete', async () => {
    const stream = watch('endless')
    for (let i = 0n; i < 100n; i++) {
      const { event } = await stream.next()
      assert.equal(event?.$case === 'snapshotChunk' ? event.value.offset : undefined, i)
    }
    stream.close()
    await stream.ended
  })

  it('tells the method by its signal when the caller cancels, and runs its cleanup', async () => {
    const stream = watch('endless')
    await stream.next()
    const observed = chunks.streams.at(-1)
    stream.close()
    await observed?.finished
    assert.equal(observed?.context.signal.aborted, true)
    assert.equal(fixture.logLines.at(-1)?.['code'], 'CANCELLED')
  })

  it('takes an answer that cannot be written for our fault, also while requests still come', async () => {
    const bidi = openBidi(fixture, channel, AuthorizationServiceService.verifyRequests)
    await bidi.send(VerifyRequestsRequest.fromPartial({ id: 1n }))
    assert.equal((await bidi.next()).id, 1n)
    await bidi.send(VerifyRequestsRequest.fromPartial({ id: 0n }))
    const { code, reason } = refusalOf(await bidi.ended)
    assert.deepEqual({ code, reason }, { code: Code.INTERNAL, reason: 'INTERNAL' })
    bidi.close()
  })

  it('ends a stream at its deadline', async () => {
    const stream = await openUntil((deadline) => watch('waiting', channel, { deadline }))
    assert.equal(refusalOf(await stream.ended).code, Code.DEADLINE_EXCEEDED)
  })

  it('ends the open streams of a revoked certificate at once, and those of nobody else', async () => {
    const identity = fixture.identity('mallory', ['chancery.crl.read'])
    const theirs = watch('waiting', fixture.channel(identity))
    await theirs.next()
    const { caller } = chunks.streams.at(-1)!.context
    assert.equal(caller.clientId, 'mallory')
    const ours = watch('waiting')
    await ours.next()
    fixture.server.calls.endStreamsOf(
      { kind: 'certificates', certificates: [caller] },
      new DomainError('CALLER_REVOKED', 'Revoked.', { deny_reason: 'CERTIFICATE_REVOKED' }),
    )
    const refusal = refusalOf(await theirs.ended)
    assert.equal(refusal.code, Code.UNAUTHENTICATED)
    assert.equal(refusal.reason, 'CALLER_REVOKED')
    chunks.release()
    await ours.next()
    ours.close()
  })

  it('ends a stream when the certificate of its caller runs out', async () => {
    const mayfly = fixture.channel(fixture.identity('mayfly', ['chancery.crl.read']))
    const stream = await openUntil((notAfter) => {
      fixture.clients.notAfter.set('mayfly', new Date(notAfter))
      return watch('waiting', mayfly)
    })
    const refusal = refusalOf(await stream.ended)
    assert.equal(refusal.reason, 'CALLER_UNAUTHENTICATED')
    assert.equal(refusal.metadata['deny_reason'], 'CERTIFICATE_EXPIRED')
  })

  it('ends the open streams of a locked client', async () => {
    const stream = watch('waiting', fixture.channel(fixture.identity('locked', ['chancery.crl.read'])))
    await stream.next()
    fixture.server.calls.endStreamsOf(
      { kind: 'client', clientId: 'locked' },
      new DomainError('CALLER_REVOKED', 'Locked.', { deny_reason: 'CERTIFICATE_REVOKED' }),
    )
    assert.equal(refusalOf(await stream.ended).reason, 'CALLER_REVOKED')
  })

  it('cuts the connection of a revoked caller that does not even read the news', async () => {
    const reader = await openUnread(fixture, fixture.identity('deaf', ['chancery.crl.read']))
    const before = chunks.yielded()
    fixture.server.calls.endStreamsOf(
      { kind: 'client', clientId: 'deaf' },
      new DomainError('CALLER_REVOKED', 'Locked.'),
    )
    await new Promise((resolve) => reader.once('close', resolve))
    assert.equal(chunks.yielded(), before)
  })

  it('serves new connections with a new certificate while a stream goes on under the old one', async () => {
    const stream = watch('waiting')
    await stream.next()
    const old = fixture.credentials.notAfter
    const next = fixture.ca.issue({
      commonName: 'localhost',
      days: 7,
      extensions: 'subjectAltName=DNS:localhost,IP:127.0.0.1',
    })
    fixture.credentials.swap(next)
    assert.ok(fixture.credentials.notAfter > old)
    assert.equal(await servedCertificate(fixture.port), pemToBase64(next.certificateChainPem))
    await ping()
    chunks.release()
    await stream.next()
    stream.close()
    await stream.ended
  })

  it('refuses a key that does not belong to the certificate, and keeps the pair it has', async () => {
    const served = await servedCertificate(fixture.port)
    const one = fixture.serverIdentity()
    const other = fixture.serverIdentity()
    assert.throws(() => {
      fixture.credentials.swap({ ...one, privateKeyPem: other.privateKeyPem })
    })
    assert.equal(await servedCertificate(fixture.port), served)
    await ping()
  })
})

describe('draining', () => {
  it('ends streams with SHUTTING_DOWN, lets a unary call finish, and then takes nothing more', async () => {
    const chunks = createChunkService()
    const started = Promise.withResolvers<undefined>()
    const answer = Promise.withResolvers<GetTrustBundleResponse>()
    const slow = bindService(AuthorityServiceService, {
      getTrustBundle: () => {
        started.resolve(undefined)
        return answer.promise
      },
      listAuthorities: () => Promise.reject(new Error('unused')),
      reportVerifierStatus: () => Promise.reject(new Error('unused')),
      listVerifiers: () => Promise.reject(new Error('unused')),
      createAuthority: () => Promise.reject(new Error('unused')),
      rotateAuthority: () => Promise.reject(new Error('unused')),
    })
    const fixture = await startGrpcFixture([chunks.services[0]!, slow])
    const channel = fixture.channel(
      fixture.identity('bob', ['chancery.crl.read', 'chancery.requests.verify']),
    )
    const stream = openStream(
      fixture,
      channel,
      AuthorizationServiceService.streamCrl,
      StreamCRLRequest.create({ authorities: ['waiting'] }),
    )
    await stream.next()
    const unary = callUnary(
      fixture,
      channel,
      AuthorityServiceService.getTrustBundle,
      GetTrustBundleRequest.create({}),
    )
    await started.promise

    const drained = fixture.server.drain(10_000)
    const refusal = refusalOf(await stream.ended)
    assert.equal(refusal.code, Code.UNAVAILABLE)
    assert.equal(refusal.reason, 'SHUTTING_DOWN')
    answer.resolve(GetTrustBundleResponse.create({}))
    assert.ok(await unary)
    stream.close()
    await drained
    await assert.rejects(
      callUnary(fixture, channel, AuthorityServiceService.getTrustBundle, GetTrustBundleRequest.create({})),
    )
  })

  it('cuts what does not finish in time', async () => {
    const started = Promise.withResolvers<undefined>()
    const stuck = bindService(AuthorityServiceService, {
      getTrustBundle: () => {
        started.resolve(undefined)
        return new Promise<GetTrustBundleResponse>(() => undefined)
      },
      listAuthorities: () => Promise.reject(new Error('unused')),
      reportVerifierStatus: () => Promise.reject(new Error('unused')),
      listVerifiers: () => Promise.reject(new Error('unused')),
      createAuthority: () => Promise.reject(new Error('unused')),
      rotateAuthority: () => Promise.reject(new Error('unused')),
    })
    const fixture = await startGrpcFixture([stuck])
    const channel = fixture.channel(fixture.identity('bob', []))
    const call = callUnary(
      fixture,
      channel,
      AuthorityServiceService.getTrustBundle,
      GetTrustBundleRequest.create({}),
    ).catch(refusalOf)
    await started.promise
    await fixture.server.drain(50)
    const refusal = await call
    assert.equal('code' in refusal ? refusal.code : undefined, Code.UNAVAILABLE)
  })
})

/** Opens a stream that is to end soon. Where that was over before the stream was open, the machine is loaded, and the next has twice as long. */
async function openUntil<T>(open: (end: number) => OpenStream<T>): Promise<OpenStream<T>> {
  for (let milliseconds = 200; ; milliseconds *= 2) {
    const stream = open(Date.now() + milliseconds)
    try {
      await stream.next()
      return stream
    } catch (error) {
      stream.close()
      if (milliseconds > 5000) throw error
    }
  }
}

async function servedCertificate(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: ['h2'] })
  await new Promise((resolve) => socket.once('secureConnect', resolve))
  const raw = socket.getPeerX509Certificate()?.raw.toString('base64')
  socket.destroy()
  return raw ?? 'none'
}

function pemToBase64(pem: string): string {
  return pem.replace(/-----[^-]+-----|\s/g, '')
}

/** Calls StreamCRL with HTTP/2's smallest usual window, and never reads a message. Resolves once the stream is open. */
function openUnread(fixture: GrpcFixture, identity: KeyAndChain): Promise<ClientHttp2Session> {
  const session = connectHttp2(`https://localhost:${fixture.port}`, {
    ca: fixture.ca.certificatePem,
    key: identity.privateKeyPem,
    cert: identity.certificateChainPem,
  })
  session.on('error', () => undefined)
  const request = StreamCRLRequest.encode(StreamCRLRequest.create({ authorities: ['endless'] })).finish()
  const frame = Buffer.alloc(5 + request.length)
  frame.writeUInt32BE(request.length, 1)
  frame.set(request, 5)
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': AuthorizationServiceService.streamCrl.path,
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    stream.pause()
    stream.on('error', () => undefined)
    stream.once('response', () => {
      resolve(session)
    })
    session.once('error', reject)
    stream.end(frame)
  })
}
