import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import tls from 'node:tls'
import * as grpc from '@grpc/grpc-js'
import { writeAdminIdentity } from '../../src/cli/admin-identity.ts'
import { initialize } from '../../src/compose.ts'
import { formatHex } from '../../src/core/bytes.ts'
import { parseCrl } from '../../src/core/x509/crl.ts'
import {
  AuthorizationServiceService as Authorization,
  IssueCertificateRequest,
  RevokeCertificateRequest,
  StreamCRLRequest,
  type StreamCRLResponse,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { ClientServiceService } from '../../src/gen/chancery/v1/client_service.ts'
import { formatPem } from '../../src/core/pem.ts'
import { loadIdentity } from '../../src/identity/identity-folder.ts'
import { buildCsr } from '../support/build-use-cases.ts'
import { CRASH_ROUNDS } from '../support/crash-rounds.ts'
import { openStream, refusalOf } from '../support/grpc-fixture.ts'
import { type ServeProcess, startServeProcess } from '../support/serve-process.ts'
import { type TestClient, connect } from '../support/test-client.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const ID = 'issuing-1'
const ROUNDS = Math.ceil(CRASH_ROUNDS / 6)
const REVOKED_PER_ROUND = 20

/** What was read from the stream of one process: every number that it gave, and what its lists name. */
interface Reading {
  readonly numbers: bigint[]
  /** Why the stream ended. */
  readonly ended: Promise<unknown>
  /** Resolves when a list or delta has named all of these. */
  names(serialNumbers: readonly string[]): Promise<void>
}

describe('two processes on one data folder', () => {
  const folder = createTemporaryFolder()
  const dataDir = join(folder.path, 'data')
  const csrDer = Buffer.from(buildCsr('storm').csrDer)
  const open: { close(): void }[] = []
  const processes: ServeProcess[] = []
  let channel: grpc.ChannelCredentials
  let caPem: Buffer

  before(async () => {
    await initialize({ dataDir, trustDomain: 'chancery.example' })
    const identity = await loadIdentity(
      await writeAdminIdentity({ dataDir, passphrase: undefined, publicUrl: undefined }, 'create'),
    )
    caPem = identity.caPem
    channel = grpc.credentials.createSsl(caPem, identity.keyPem, identity.certificatePem)
  })
  after(async () => {
    for (const one of open) one.close()
    for (const { process, exited } of processes) {
      process.kill('SIGKILL')
      await exited
    }
    folder.remove()
  })

  async function start() {
    const child = await startServeProcess(dataDir)
    processes.push(child)
    const client = connect(child, channel)
    open.push(client)
    return { child, client, reading: read(child) }
  }

  function read(child: ServeProcess, as = channel): Reading {
    const request = StreamCRLRequest.fromPartial({ authorities: [ID] })
    // As long as the test may take.
    const deadline = Date.now() + 600_000
    const stream = openStream(child, as, Authorization.streamCrl, request, { deadline })
    open.push(stream)
    const numbers: bigint[] = []
    const revoked = new Set<string>()
    const waiting = new Set<() => void>()
    let chunks: Buffer[] = []
    const take = (der: Uint8Array) => {
      const list = parseCrl(der)
      numbers.push(list.crlNumber!)
      for (const { serialNumber } of list.entries()) revoked.add(formatHex(serialNumber))
      for (const wake of waiting) wake()
    }
    const accept = ({ event }: StreamCRLResponse) => {
      if (event?.$case === 'snapshotBegin') chunks = []
      else if (event?.$case === 'snapshotChunk') chunks.push(event.value.data)
      else if (event?.$case === 'snapshotEnd') take(Buffer.concat(chunks))
      else if (event?.$case === 'delta') take(event.value.deltaCrlDer)
      else if (event?.$case === 'checkpoint') take(event.value.signedCheckpointDer)
    }
    const reading = (async () => {
      for (;;) accept(await stream.next())
    })().catch(() => undefined)
    return {
      numbers,
      ended: stream.ended,
      names: (serialNumbers) =>
        new Promise((resolve, reject) => {
          const look = () => {
            if (serialNumbers.every((one) => revoked.has(one))) resolve()
          }
          waiting.add(look)
          void reading.then(() => {
            reject(new Error('the stream ended'))
          })
          look()
        }),
    }
  }

  async function issue(client: TestClient): Promise<string> {
    const request = IssueCertificateRequest.fromPartial({
      clientId: 'storm',
      key: { $case: 'csrDer', value: csrDer },
    })
    return (await client.call(Authorization.issueCertificate, request)).serialNumber
  }

  async function revokeNew(client: TestClient): Promise<string> {
    const serialNumber = await issue(client)
    await client.call(
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial({ target: { $case: 'serial', value: { serialNumber } } }),
    )
    return serialNumber
  }

  it('each name what the other revoked, under numbers that rise and that only one of them gives, also when one is killed', async () => {
    const first = await start()
    let second = await start()
    await first.client.call(ClientServiceService.createClient, {
      clientId: 'storm',
      displayName: '',
      grantedScopes: ['x.read'],
      profiles: [],
      dnsNames: [],
    })
    const all: string[] = []
    const readings = [first.reading, second.reading]
    for (let round = 0; round < ROUNDS; round++) {
      const acknowledged = await Promise.all(
        Array.from({ length: REVOKED_PER_ROUND }, (_, i) =>
          revokeNew(i % 2 === 0 ? first.client : second.client),
        ),
      )
      all.push(...acknowledged)
      await Promise.all([first.reading.names(all), second.reading.names(all)])
      // Killed in the midst of revocations; those that it acknowledged are the other's to name.
      const dying = Array.from({ length: REVOKED_PER_ROUND }, () =>
        revokeNew(second.client).then((serialNumber) => {
          all.push(serialNumber)
          second.child.process.kill('SIGKILL')
        }),
      )
      await Promise.allSettled(dying)
      await second.child.exited
      await first.reading.names(all)
      second = await start()
      readings.push(second.reading)
    }
    await second.reading.names(all)

    const given = new Map<bigint, number>()
    readings.forEach(({ numbers }, process) => {
      assert.ok(numbers.length > 0)
      numbers.forEach((crlNumber, i) => {
        assert.ok(i === 0 || crlNumber > numbers[i - 1]!, 'the numbers of one process rise')
        // The list that a process finds when it starts is another's.
        if (i > 0) assert.equal(given.get(crlNumber) ?? process, process, `${crlNumber} was given twice`)
        given.set(crlNumber, process)
      })
    })
    assert.ok(all.length > ROUNDS * REVOKED_PER_ROUND)
  })

  it('each end the stream of a verifier that the other revoked', async (t) => {
    const [first, second] = [await start(), await start()]
    await first.client.call(ClientServiceService.createClient, {
      clientId: 'eve',
      displayName: '',
      grantedScopes: ['chancery.crl.read'],
      profiles: [],
      dnsNames: [],
    })
    const { csrDer, privateKey } = buildCsr('eve')
    const issued = await first.client.call(
      Authorization.issueCertificate,
      IssueCertificateRequest.fromPartial({
        clientId: 'eve',
        key: { $case: 'csrDer', value: Buffer.from(csrDer) },
      }),
    )
    const chainPem = [issued.certificateDer, ...issued.chainDer].map((der) => formatPem('CERTIFICATE', der))
    const keyPem = privateKey.export({ format: 'pem', type: 'pkcs8' })
    const eve = grpc.credentials.createSsl(caPem, Buffer.from(keyPem), Buffer.from(chainPem.join('')))
    const reading = read(second.child, eve)
    await reading.names([await revokeNew(second.client)])
    const { serialNumber } = issued
    const startedAt = Date.now()
    await first.client.call(
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial({ target: { $case: 'serial', value: { serialNumber } } }),
    )
    assert.equal(refusalOf(await reading.ended).reason, 'CALLER_REVOKED')
    t.diagnostic(`after ${Date.now() - startedAt} ms`)
    const another = await revokeNew(first.client)
    const revokedAt = Date.now()
    await second.reading.names([serialNumber, another])
    t.diagnostic(`the other named a revocation after ${Date.now() - revokedAt} ms`)
  })

  it('each renew their own TLS certificate at once when the other revoked it', async (t) => {
    const [first, second] = [await start(), await start()]
    const shown = () =>
      new Promise<string>((resolve, reject) => {
        const { port } = second.child
        const socket = tls.connect({ host: '127.0.0.1', port, ca: caPem, servername: 'localhost' }, () => {
          resolve(socket.getPeerCertificate().serialNumber.toLowerCase())
          socket.destroy()
        })
        socket.on('error', reject)
      })
    const serialNumber = await shown()
    const revokedAt = Date.now()
    await first.client.call(
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial({ target: { $case: 'serial', value: { serialNumber } } }),
    )
    const deadline = revokedAt + 30_000
    while ((await shown()) === serialNumber) assert.ok(Date.now() < deadline, 'it was not renewed')
    t.diagnostic(`after ${Date.now() - revokedAt} ms`)
  })
})
