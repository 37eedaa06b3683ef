import assert from 'node:assert/strict'
import { watch } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, it } from 'node:test'
import * as grpc from '@grpc/grpc-js'
import { writeAdminIdentity } from '../../src/cli/admin-identity.ts'
import { formatHex } from '../../src/core/bytes.ts'
import { parseCrl } from '../../src/core/x509/crl.ts'
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
import { CRASH_ROUNDS } from '../support/crash-rounds.ts'
import { type ServeProcess, requireConnectionLost, startServeProcess } from '../support/serve-process.ts'
import { connect, type TestClient } from '../support/test-client.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const CALLERS = 8
/** Far more than a service answers until it is killed. */
const MAX_TURNS = 10_000

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

const MOMENTS = ['at any moment', 'while a list is written'] as const

for (const moment of MOMENTS) {
  const rounds = Math.ceil(CRASH_ROUNDS / MOMENTS.length)
  it(`kill -9 ${moment}, ${rounds} times in a storm of issues and revocations, of tokens too, loses nothing acknowledged`, (t) =>
    killInStorm(t, moment, rounds))
}

async function killInStorm(t: TestContext, moment: (typeof MOMENTS)[number], rounds: number): Promise<void> {
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
  let answersWanted = 0
  let killsAtList = 0

  for (let round = 0; round <= rounds; round++) {
    const child = await startServeProcess(dataDir)
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
      await checkPublishedList(child, acknowledged)
      if (round === rounds) break
      // Killed after a number of answers, not after a time: 38, 15, 52, 29, ... so that it hits start, middle and full load.
      const killAfter = 1 + (((round + 1) * 37) % 60)
      answersWanted += killAfter
      const kill = () => child.process.kill('SIGKILL')
      const arm = async () => {
        killsAtList += await untilListIsWritten(dataDir, child)
        kill()
      }
      await storm(
        client,
        csrDer,
        acknowledged,
        killAfter,
        moment === 'at any moment' ? kill : () => void arm(),
      )
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
  assert.ok(issued.size + revoked.size + revokedTokens.size >= answersWanted)
  // The first kill comes after more than three answers to each caller, and the fourth that one gets is of a token, after one of a certificate.
  assert.ok(revoked.size > 0 && revokedTokens.size > 0)
  if (moment === 'while a list is written') assert.equal(killsAtList, rounds)
}

/** Resolves with 1 when the service begins a list file, with 0 when it ends before. */
async function untilListIsWritten(dataDir: string, { exited }: ServeProcess): Promise<number> {
  const folder = join(dataDir, 'chancery.db-lists')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const over = new AbortController()
  const begun = new Promise<number>((resolve) => {
    watch(folder, { signal: over.signal }, (_, name) => {
      if (name?.endsWith('.partial') === true) resolve(1)
    })
  })
  try {
    return await Promise.race([begun, exited.then(() => 0)])
  } finally {
    over.abort()
  }
}

/** Issues and revokes from several callers at once until every call has failed: once so many were answered, `enough` sees to that. */
async function storm(
  client: TestClient,
  csrDer: Buffer,
  acknowledged: Acknowledged,
  wanted: number,
  enough: () => void,
): Promise<void> {
  let answers = 0
  const answered = () => {
    if (++answers === wanted) enough()
  }
  const caller = async () => {
    for (let turn = 0; turn < MAX_TURNS; turn++) {
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
  requireConnectionLost(await Promise.allSettled(Array.from({ length: CALLERS }, caller)))
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

/** The complete list that others get is whole, and names what was revoked up to its number. */
async function checkPublishedList({ httpPort }: ServeProcess, { revoked }: Acknowledged): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${httpPort}/crl/issuing-1.crl`)
  assert.equal(response.status, 200)
  const list = parseCrl(new Uint8Array(await response.arrayBuffer()))
  const listed = new Set([...list.entries()].map(({ serialNumber }) => formatHex(serialNumber)))
  for (const [serialNumber, crlNumber] of revoked)
    if (crlNumber <= list.crlNumber!)
      assert.ok(listed.has(serialNumber), `${serialNumber} is not on the list`)
}
