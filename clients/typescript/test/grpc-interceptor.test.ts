import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import {
  type MethodDefinition,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
  type sendUnaryData,
  Client,
  Metadata,
  Server,
  ServerCredentials,
  credentials,
  status,
} from '@grpc/grpc-js'
import type { RequestAuthorizer } from '../src/authorizer.ts'
import { grpcInterceptor } from '../src/adapters/grpc.ts'
import { header } from '../../../test/support/decision-fixture.ts'
import { PATIENCE_MS } from '../../../test/support/patience.ts'
import { judge, signAsAlice } from './support/judge.ts'

const octets = (bytes: Buffer) => bytes
function method(
  name: string,
  requestStream: boolean,
  responseStream: boolean,
): MethodDefinition<string, string> {
  return {
    path: `/bob.v1.Users/${name}`,
    requestStream,
    responseStream,
    requestSerialize: (text) => Buffer.from(text),
    requestDeserialize: (bytes) => bytes.toString(),
    responseSerialize: (text) => Buffer.from(text),
    responseDeserialize: (bytes) => bytes.toString(),
  }
}
const unary = method('Get', false, false)
const watch = method('Watch', false, true)
const chat = method('Chat', true, true)
const AUTHORITY = 'Bob.Example:8443'

let server: Server
let address: string
let calls = 0
before(async () => {
  server = new Server()
  const judgeCall = (
    name: string,
    call: { getHost(): string; metadata: Metadata },
    body: Buffer | undefined,
  ) => {
    calls += 1
    return judge(
      {
        method: 'POST',
        target: `/bob.v1.Users/${name}`,
        authority: call.getHost(),
        headers: Object.entries(call.metadata.getMap()).map(([field, value]) => header(field, String(value))),
        body: body ? { kind: 'bytes', bytes: body } : { kind: 'absent' },
        bodyTruncated: false,
      },
      'http',
    )
  }
  const raw = { requestDeserialize: octets }
  server.addService(
    { unary: { ...unary, ...raw }, watch: { ...watch, ...raw }, chat: { ...chat, ...raw } },
    {
      unary(call: ServerUnaryCall<Buffer, string>, answer: sendUnaryData<string>) {
        void judgeCall('Get', call, call.request).then((verdict) => answer(null, verdict))
      },
      watch(call: ServerWritableStream<Buffer, string>) {
        void judgeCall('Watch', call, call.request).then((verdict) => {
          call.write(verdict)
          call.end()
        })
      },
      chat(call: ServerDuplexStream<Buffer, string>) {
        void judgeCall('Chat', call, undefined).then((verdict) => {
          call.write(verdict)
          call.on('data', (message: Buffer) => call.write(message.toString()))
          call.on('end', () => call.end())
        })
      },
    },
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  address = `127.0.0.1:${port}`
})
after(() => server.forceShutdown())
beforeEach(() => {
  calls = 0
})

function connect(authorizer: RequestAuthorizer) {
  const interceptor = grpcInterceptor(authorizer, { authority: AUTHORITY, scheme: 'http' })
  const client = new Client(address, credentials.createInsecure(), { interceptors: [interceptor] })
  const call = (request: string, deadline = Date.now() + PATIENCE_MS) => {
    let cancel: () => void
    const answer = new Promise<string>((resolve, reject) => {
      const running = client.makeUnaryRequest(
        unary.path,
        unary.requestSerialize,
        unary.responseDeserialize,
        request,
        new Metadata(),
        { deadline },
        (error, response) => (error ? reject(error) : resolve(response!)),
      )
      cancel = () => running.cancel()
    })
    return { answer, cancel: () => cancel() }
  }
  return { client, call, [Symbol.dispose]: () => client.close() }
}

const codeIs = (code: status) => (error: ServiceError) => error.code === code
/** Never answers. */
const SILENT: RequestAuthorizer = {
  authorize: () => Promise.withResolvers<never>().promise,
  reauthorize: () => Promise.resolve(undefined),
}

describe('a signed gRPC call', () => {
  for (const profile of ['rfc9421', 'simple'] as const) {
    it(`is what was signed, octet for octet: ${profile}`, async () => {
      using connection = connect(await signAsAlice(profile))
      for (const request of ['7', '', 'x'.repeat(100_000)])
        assert.equal(await connection.call(request).answer, 'ALLOW')
      const many = Array.from({ length: 20 }, (_, i) => connection.call(String(i)).answer)
      assert.deepEqual([...new Set(await Promise.all(many))], ['ALLOW'])
    })
  }

  it('may be answered by a stream', async () => {
    using connection = connect(await signAsAlice())
    const stream = connection.client.makeServerStreamRequest(
      watch.path,
      watch.requestSerialize,
      watch.responseDeserialize,
      '7',
    )
    assert.deepEqual(await stream.toArray(), ['ALLOW'])
  })

  it('may be a stream itself, of which only the start is signed', async () => {
    using connection = connect(await signAsAlice())
    const stream = connection.client.makeBidiStreamRequest(
      chat.path,
      chat.requestSerialize,
      chat.responseDeserialize,
    )
    for (const text of ['one', 'two', 'three']) stream.write(text)
    stream.end()
    assert.deepEqual(await stream.toArray(), ['ALLOW', 'one', 'two', 'three'])
  })

  it('is never made when it cannot be authorized, and says why', async () => {
    const locked = { ...SILENT, authorize: () => Promise.reject(new Error('locked out')) }
    using connection = connect(locked)
    await assert.rejects(
      connection.call('7').answer,
      (error: ServiceError) => error.code === status.UNAUTHENTICATED && error.details.includes('locked out'),
    )
    assert.equal(calls, 0)
  })

  it('ends at its deadline, and when it is cancelled, while it waits to be authorized', async () => {
    using connection = connect(SILENT)
    await assert.rejects(connection.call('7', Date.now() + 20).answer, codeIs(status.DEADLINE_EXCEEDED))
    const { answer, cancel } = connection.call('7')
    setImmediate(cancel)
    await assert.rejects(answer, codeIs(status.CANCELLED))
    assert.equal(calls, 0)
  })

  it('leaves no deadline behind that the process would wait for, when it ends before it is made', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const before = timers()
    {
      using connection = connect({ ...SILENT, authorize: () => Promise.reject(new Error('locked out')) })
      await assert.rejects(connection.call('7').answer, codeIs(status.UNAUTHENTICATED))
    }
    assert.equal(timers(), before)
  })

  it('is not made after it was cancelled, however late it is authorized', async () => {
    const signer = await signAsAlice()
    const gate = Promise.withResolvers<undefined>()
    const late: RequestAuthorizer = {
      ...signer,
      authorize: async (request) => {
        await gate.promise
        return signer.authorize(request)
      },
    }
    using connection = connect(late)
    const { answer, cancel } = connection.call('7')
    setImmediate(cancel)
    await assert.rejects(answer, codeIs(status.CANCELLED))
    gate.resolve(undefined)
    // One that is made now comes after whatever the other would have sent.
    assert.equal(await connection.call('8').answer, 'ALLOW')
    assert.equal(calls, 1)
  })
})
