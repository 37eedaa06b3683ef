import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type ChannelCredentials, Client, Metadata, status as Code } from '@grpc/grpc-js'
import { HealthCheckResponse_ServingStatus, HealthService } from '../../src/gen/grpc/health/v1/health.ts'
import {
  ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionService,
} from '../../src/gen/grpc/reflection/v1/reflection.ts'
import { ServerReflectionService as AlphaService } from '../../src/gen/grpc/reflection/v1alpha/reflection.ts'
import {
  type HealthMonitor,
  createHealthMonitor,
  createHealthService,
} from '../../src/grpc/health-service.ts'
import { createReflectionServices } from '../../src/grpc/reflection-service.ts'
import { createFakeTime } from '../support/fakes.ts'
import {
  type GrpcFixture,
  ISOLATED,
  callUnary,
  openStream,
  refusalOf,
  startGrpcFixture,
} from '../support/grpc-fixture.ts'

const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = HealthCheckResponse_ServingStatus
const NAMES = ['chancery.v1.AuthorizationService']

describe('health and reflection over mTLS', () => {
  const time = createFakeTime(new Date('2026-01-01T00:00:00Z'))
  let storeWorks = true
  let monitor: HealthMonitor
  let fixture: GrpcFixture
  let channel: ChannelCredentials

  before(async () => {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
    monitor = createHealthMonitor({ store: () => Promise.resolve(storeWorks) }, time.timers, log)
    await monitor.start()
    fixture = await startGrpcFixture([
      createHealthService(monitor, NAMES),
      ...createReflectionServices(NAMES),
    ])
    channel = fixture.channel(fixture.identity('probe', []))
  })
  after(() => fixture.close())

  const check = (service: string, credentials = channel) =>
    callUnary(fixture, credentials, HealthService.check, { service })
  const watch = (service: string) => openStream(fixture, channel, HealthService.watch, { service })

  it('answers Check for the whole service and for each service by name', async () => {
    assert.equal((await check('')).status, SERVING)
    assert.equal((await check(NAMES[0]!)).status, SERVING)
  })

  it('answers NOT_FOUND for a service that is not served here', async () => {
    const refusal = refusalOf(await check('no.such.Service').catch((error: unknown) => error))
    assert.equal(refusal.code, Code.NOT_FOUND)
  })

  it('lists the state of every service', async () => {
    const { statuses } = await callUnary(fixture, channel, HealthService.list, {})
    assert.deepEqual(Object.keys(statuses).sort(), ['', ...NAMES])
  })

  it('asks strangers for a certificate too', async () => {
    for (const call of [
      () => check('', fixture.channel(undefined)),
      () => reflect(fixture.channel(undefined), 'listServices', ''),
    ]) {
      assert.equal(refusalOf(await call().catch((error: unknown) => error)).code, Code.UNAUTHENTICATED)
    }
  })

  it('watches: the state now, then changes only', async () => {
    const stream = watch('')
    assert.equal((await stream.next()).status, SERVING)
    await time.advance(5000)
    storeWorks = false
    await time.advance(5000)
    assert.equal((await stream.next()).status, NOT_SERVING)
    storeWorks = true
    await time.advance(5000)
    assert.equal((await stream.next()).status, SERVING)
    assert.equal(stream.messages.length, 3)
    stream.close()
    await stream.ended
  })

  it('watches a service it does not know as SERVICE_UNKNOWN, and keeps the stream open', async () => {
    const stream = watch('no.such.Service')
    assert.equal((await stream.next()).status, SERVICE_UNKNOWN)
    await check('')
    stream.close()
    assert.equal(refusalOf(await stream.ended).code, Code.CANCELLED)
  })

  async function reflect(
    credentials: ChannelCredentials,
    $case: 'listServices' | 'fileByFilename' | 'fileContainingSymbol',
    value: string,
    path: string = ServerReflectionService.serverReflectionInfo.path,
  ): Promise<ServerReflectionResponse['messageResponse']> {
    const client = new Client(`localhost:${fixture.port}`, credentials, ISOLATED)
    const method = ServerReflectionService.serverReflectionInfo
    const call = client.makeBidiStreamRequest(
      path,
      method.requestSerialize,
      method.responseDeserialize,
      new Metadata(),
    )
    try {
      return await new Promise((resolve, reject) => {
        call.once('data', (response: ServerReflectionResponse) => {
          resolve(response.messageResponse)
        })
        call.once('error', reject)
        call.write(ServerReflectionRequest.create({ messageRequest: { $case, value } }))
        call.end()
      })
    } finally {
      call.on('error', () => undefined)
      client.close()
    }
  }

  it('reflects what is served, under both names of the protocol', async () => {
    for (const path of [undefined, AlphaService.serverReflectionInfo.path]) {
      const response = await reflect(channel, 'listServices', '', path)
      assert.ok(response?.$case === 'listServicesResponse')
      assert.deepEqual(response.value.service, [{ name: NAMES[0] }])
    }
  })

  it('reflects a file with all that it imports, comments included', async () => {
    const response = await reflect(
      channel,
      'fileContainingSymbol',
      'chancery.v1.AuthorizationService.IssueCertificate',
    )
    assert.ok(response?.$case === 'fileDescriptorResponse')
    const files = response.value.fileDescriptorProto.map((bytes) => bytes.toString('latin1'))
    const [first = ''] = files
    assert.ok(first.includes('chancery/v1/authorization_service.proto'))
    assert.ok(first.includes('Issues, verifies, revokes, and streams revocations.'))
    assert.ok(files.some((file) => file.includes('google/protobuf/timestamp.proto')))
  })

  it('says so when nothing of that name is known, and goes on', async () => {
    const response = await reflect(channel, 'fileByFilename', '../../etc/passwd')
    assert.ok(response?.$case === 'errorResponse')
    assert.equal(response.value.errorCode, Code.NOT_FOUND)
  })

  // Last: it drains the fixture's monitor.
  it('pushes NOT_SERVING to watchers before the drain ends them', async () => {
    const stream = watch('')
    assert.equal((await stream.next()).status, SERVING)
    monitor.drain()
    const drained = fixture.server.drain(1000)
    assert.equal((await stream.next()).status, NOT_SERVING)
    assert.equal(refusalOf(await stream.ended).reason, 'SHUTTING_DOWN')
    stream.close()
    await drained
  })
})
