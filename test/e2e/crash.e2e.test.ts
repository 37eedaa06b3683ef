import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { it } from 'node:test'
import * as grpc from '@grpc/grpc-js'
import { writeAdminIdentity } from '../../src/cli/admin-identity.ts'
import { loadIdentity } from '../../src/identity/identity-folder.ts'
import { initialize, verifyAudit } from '../../src/compose.ts'
import { AuthorityServiceService } from '../../src/gen/chancery/v1/authority_service.ts'
import {
  AuthorizationServiceService as Authorization,
  IssueCertificateRequest,
  RevokeCertificateRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import {
  RevokeTokenRequest,
  TokenRevocationStatus,
  TokenServiceService,
} from '../../src/gen/chancery/v1/token_service.ts'
import { CertificateServiceService } from '../../src/gen/chancery/v1/certificate_service.ts'
import { ClientServiceService } from '../../src/gen/chancery/v1/client_service.ts'
import { buildCsr } from '../support/build-use-cases.ts'
import { connect, type TestClient } from '../support/test-client.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const ROUNDS = 20
const CALLERS = 8

/** Acknowledged, so that it must be there whatever happened since. */
interface Acknowledged {
  readonly issued: Set<string>
  readonly revoked: Map<string, bigint>
  /** Ids of tokens. */
  readonly revokedTokens: Map<string, bigint>
  /** Those that were there after the next start. All of them are counted in the list each time. */
  readonly checkedTokens: Set<string>
}

/** Later than the test ends. */
const TOKENS_EXPIRE = new Date(Date.now() + 3_600_000)

it('kill -9 in a storm of issues and revocations, of tokens too, 20 times, loses nothing acknowledged', async (t) => {
  const folder = createTemporaryFolder()
  t.after(() => folder.remove())
  const dataDir = join(folder.path, 'data')
  await initialize({ dataDir, trustDomain: 'chancery.example' })
  const identity = await loadIdentity(
    await writeAdminIdentity({ dataDir, passphrase: undefined, publicUrl: undefined }, 'create'),
  )
  const channel = grpc.credentials.createSsl(identity.caPem, identity.keyPem, identity.certificatePem)
  const acknowledged: Acknowledged = {
    issued: new Set(),
    revoked: new Map(),
    revokedTokens: new Map(),
    checkedTokens: new Set(),
  }
  const csrDer = Buffer.from(buildCsr('storm').csrDer)
  let highestCrlNumber = 0n

  for (let round = 0; round <= ROUNDS; round++) {
    const child = await serve(dataDir)
    const client = connect(child, channel)
    try {
      if (round === 0) {
        await client.call(ClientServiceService.createClient, {
          clientId: 'storm',
          displayName: '',
          grantedScopes: ['x.read'],
          profiles: [],
          dnsNames: [],
        })
      }
      highestCrlNumber = await checkEverything(client, acknowledged, highestCrlNumber)
      if (round === ROUNDS) break
      // Killed after a number of answers, not after a time: 1, 8, 15, ... so that it hits start, middle and full load.
      await storm(client, csrDer, acknowledged, 1 + ((round * 7) % 60), () => child.process.kill('SIGKILL'))
    } finally {
      client.close()
      child.process.kill('SIGKILL')
      await child.exited
    }
  }
  const audit = await verifyAudit({ dataDir })
  assert.ok(audit.ok)
  const { issued, revoked, revokedTokens } = acknowledged
  assert.ok(audit.entries >= BigInt(issued.size + revoked.size + revokedTokens.size))
  assert.ok(revokedTokens.size > 20)
  assert.ok(acknowledged.revoked.size > 20)
})

/** Issues and revokes from several callers at once until `kill` was called and every call has failed. */
async function storm(
  client: TestClient,
  csrDer: Buffer,
  acknowledged: Acknowledged,
  killAfter: number,
  kill: () => void,
): Promise<void> {
  let answers = 0
  const answered = () => {
    if (++answers === killAfter) kill()
  }
  const caller = async () => {
    for (let turn = 0; turn < 1000; turn++) {
      const request = IssueCertificateRequest.fromPartial({
        clientId: 'storm',
        key: { $case: 'csrDer', value: csrDer },
      })
      const { serialNumber } = await client.call(Authorization.issueCertificate, request)
      acknowledged.issued.add(serialNumber)
      answered()
      if (turn % 2 === 0) continue
      const target = { $case: 'serial', value: { serialNumber } } as const
      const revoked = await client.call(
        Authorization.revokeCertificate,
        RevokeCertificateRequest.fromPartial({ target }),
      )
      acknowledged.revoked.set(serialNumber, revoked.crlNumber)
      answered()
      const { crlNumber } = await revokeToken(client, serialNumber)
      acknowledged.revokedTokens.set(serialNumber, crlNumber)
      answered()
    }
  }
  // Every caller ends with the error of a connection that is gone.
  await Promise.allSettled(Array.from({ length: CALLERS }, caller))
}

/** The id of a token can be any text. */
function revokeToken(client: TestClient, id: string) {
  const target = { $case: 'tokenId', value: { id, expiresAt: TOKENS_EXPIRE } } as const
  return client.call(TokenServiceService.revokeToken, RevokeTokenRequest.fromPartial({ target }))
}

/** Asks the restarted service for all that was acknowledged, and returns the highest CRL number that it knows. */
async function checkEverything(
  client: TestClient,
  acknowledged: Acknowledged,
  before: bigint,
): Promise<bigint> {
  const stored = new Map<string, { revoked: boolean; crlNumber: bigint }>()
  let pageToken = ''
  for (let page = 0; page < 100; page++) {
    const answer = await client.call(CertificateServiceService.listCertificates, {
      pageSize: 1000,
      pageToken,
      clientId: 'storm',
      scope: '',
      state: 0,
      expiresBefore: undefined,
      expiresAfter: undefined,
    })
    for (const { serialNumber, crlNumber, revokedAt } of answer.certificates) {
      stored.set(serialNumber, { revoked: revokedAt !== undefined, crlNumber })
    }
    pageToken = answer.nextPageToken
    if (pageToken === '') break
  }
  for (const serialNumber of acknowledged.issued)
    assert.ok(stored.has(serialNumber), `${serialNumber} was lost`)
  for (const [serialNumber, crlNumber] of acknowledged.revoked) {
    assert.deepEqual(stored.get(serialNumber), { revoked: true, crlNumber })
  }
  const { revokedTokens, checkedTokens } = acknowledged
  const unchecked = [...revokedTokens].filter(([id]) => !checkedTokens.has(id))
  await Promise.all(
    unchecked.map(async ([id, crlNumber]) => {
      const again = await revokeToken(client, id)
      assert.equal(
        again.status,
        TokenRevocationStatus.TOKEN_REVOCATION_STATUS_ALREADY_REVOKED,
        `${id} was lost`,
      )
      assert.equal(again.crlNumber, crlNumber)
      checkedTokens.add(id)
    }),
  )
  const { authorities } = await client.call(AuthorityServiceService.listAuthorities, {})
  const { crl, crlEntryCount } = authorities.find(({ id }) => id === 'issuing-1')!
  assert.ok(crl!.crlNumber >= before, 'the CRL number went back')
  for (const crlNumber of acknowledged.revoked.values()) assert.ok(crlNumber <= crl!.crlNumber)
  assert.ok(crlEntryCount >= BigInt(acknowledged.revoked.size + acknowledged.revokedTokens.size))
  return crl!.crlNumber
}

interface Serving {
  readonly process: ChildProcess
  readonly port: number
  readonly exited: Promise<unknown>
}

/** Starts `chancery serve` as an operator would, on free ports, and reads where it listens. */
async function serve(dataDir: string): Promise<Serving> {
  const bin = join(import.meta.dirname, '../../bin/chancery.js')
  const listen = ['--listen', '127.0.0.1:0', '--http', '127.0.0.1:0', '--admin', '127.0.0.1:0']
  const child = spawn(process.execPath, [bin, 'serve', '--data', dataDir, ...listen], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line)
    const port = /"grpc":"127\.0\.0\.1:(\d+)"/.exec(line)?.[1]
    if (port === undefined) continue
    child.stderr.resume()
    return { process: child, port: Number(port), exited }
  }
  throw new Error(`the service did not start:\n${lines.join('\n')}`)
}
