import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import * as grpc from '@grpc/grpc-js'
import { writeAdminIdentity } from '../../src/cli/admin-identity.ts'
import { initialize } from '../../src/compose.ts'
import { parseHex } from '../../src/core/bytes.ts'
import { shardOf } from '../../src/core/revocation/crl-shard.ts'
import { parseCrl } from '../../src/core/x509/crl.ts'
import {
  AuthorizationServiceService as Authorization,
  IssueCertificateRequest,
  RevokeCertificateRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { ClientServiceService, CreateClientRequest } from '../../src/gen/chancery/v1/client_service.ts'
import { loadIdentity } from '../../src/identity/identity-folder.ts'
import { buildCsr } from '../support/build-use-cases.ts'
import { CRASH_ROUNDS } from '../support/crash-rounds.ts'
import { type ServeProcess, startServeProcess } from '../support/serve-process.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { connect } from '../support/test-client.ts'

const COUNT = 8
const ROUNDS = Math.ceil(CRASH_ROUNDS / 10)
const REVOKED_PER_ROUND = 6

describe('shards of a service that is killed', () => {
  const folder = createTemporaryFolder()
  const dataDir = join(folder.path, 'data')
  const csrDer = Buffer.from(buildCsr('storm').csrDer)
  const processes: ServeProcess[] = []
  let channel: grpc.ChannelCredentials
  before(async () => {
    await initialize({ dataDir, trustDomain: 'chancery.example' })
    const identity = await loadIdentity(
      await writeAdminIdentity({ dataDir, passphrase: undefined, publicUrl: undefined }, 'create'),
    )
    channel = grpc.credentials.createSsl(identity.caPem, identity.keyPem, identity.certificatePem)
    writeFileSync(join(dataDir, 'chancery.yaml'), `publicUrl: http://ca.example\ncrlShards: ${COUNT}\n`)
  })
  after(async () => {
    for (const { process, exited } of processes) {
      process.kill('SIGKILL')
      await exited
    }
    folder.remove()
  })

  async function start(): Promise<ServeProcess> {
    const child = await startServeProcess(dataDir)
    processes.push(child)
    return child
  }

  /** Every shard as it is served now. */
  async function readShards({ httpPort }: ServeProcess) {
    const urls = Array.from({ length: COUNT }, (_, i) => `/crl/issuing-1/shard/${COUNT}-${i}.crl`)
    return Promise.all(
      urls.map(async (url) => {
        const answer = await fetch(`http://127.0.0.1:${httpPort}${url}`)
        assert.equal(answer.status, 200, url)
        return parseCrl(new Uint8Array(await answer.arrayBuffer()))
      }),
    )
  }

  it('have all that was acknowledged when it is back, and never a lower number', async () => {
    const revoked: string[] = []
    let child = await start()
    const first = connect(child, channel)
    const storm = CreateClientRequest.fromPartial({ clientId: 'storm' })
    await first.call(ClientServiceService.createClient, storm)
    first.close()
    for (let round = 0; round < ROUNDS; round++) {
      const client = connect(child, channel)
      for (let i = 0; i < REVOKED_PER_ROUND; i++) {
        const issue = IssueCertificateRequest.fromPartial({
          clientId: 'storm',
          key: { $case: 'csrDer', value: csrDer },
        })
        const { serialNumber } = await client.call(Authorization.issueCertificate, issue)
        const target = { $case: 'serial', value: { serialNumber, authority: '' } } as const
        await client.call(Authorization.revokeCertificate, RevokeCertificateRequest.fromPartial({ target }))
        revoked.push(serialNumber)
      }
      const seen = await readShards(child)
      client.close()
      child.process.kill('SIGKILL')
      await child.exited
      child = await start()
      const shards = await readShards(child)
      for (const [i, { crlNumber }] of shards.entries()) assert.ok(crlNumber! >= seen[i]!.crlNumber!)
      for (const serial of revoked.map((text) => parseHex(text)!))
        assert.ok(shards[shardOf(serial, COUNT).index]!.find(serial) !== undefined)
    }
  })
})
