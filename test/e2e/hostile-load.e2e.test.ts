import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import * as grpc from '@grpc/grpc-js'
import { runChancery, startAuthority } from '../../demo/authority-process.ts'
import { newIdentity } from '../../demo/new-identity.ts'
import { loadIdentity } from '../../src/identity/identity-folder.ts'
import { connectRpc } from '../../src/cli/rpc-client.ts'
import {
  AuthorizationServiceService as Authorization,
  Decision,
  denyReasonToJSON,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { ClientServiceService, CreateClientRequest } from '../../src/gen/chancery/v1/client_service.ts'
import { refusalOf } from '../support/grpc-fixture.ts'
import { capturedRequest, goodRequest, hostileRequests } from '../support/hostile-requests.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { type TestClient, connect } from '../support/test-client.ts'

const HOSTILE_REQUESTS = 10_000
/** Made and sent together, so that what is signed in them is still fresh when it arrives. */
const BATCH = 500
const IN_FLIGHT = 32
/** One good request beside so many hostile ones. */
const HOSTILE_PER_GOOD = 10
/** What the service may grow by in the second half, whose garbage is no other than that of the first. */
const MAX_GROWTH_MIB = 256

const VERIFY_RAW = { ...Authorization.verifyRequest, requestSerialize: (bytes: Buffer) => bytes }

/** `ALLOW`, a deny reason, or the code and reason of an error. */
async function outcomeOf(client: TestClient, message: Buffer): Promise<string> {
  try {
    const { decision, denyReason } = await client.call(VERIFY_RAW, message)
    if (decision === Decision.DECISION_ALLOW) return 'ALLOW'
    return denyReasonToJSON(denyReason).replace('DENY_REASON_', '')
  } catch (error) {
    const { code, reason } = refusalOf(error)
    return [grpc.status[code], reason].filter((part) => part !== undefined).join(' ')
  }
}

/** Resident memory of a process; NaN where the system does not say. */
function residentMib(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kib) / 1024
  } catch {
    return NaN
  }
}

it('10,000 hostile requests beside good ones: each refused for its reason, good ones allowed, memory bounded', async (t) => {
  const folder = createTemporaryFolder()
  t.after(() => folder.remove())
  const dataDir = join(folder.path, 'data')
  await runChancery('init', '--data', dataDir)
  const authority = await startAuthority({ dataDir })
  t.after(() => authority.stop())
  const operator = connectRpc({
    address: `localhost:${authority.port}`,
    identity: await loadIdentity(join(dataDir, 'identities', 'admin')),
    timeoutMs: 60_000,
  })
  t.after(() => operator.close())
  const enrol = async (clientId: string, scope: string) => {
    const request = CreateClientRequest.fromPartial({ clientId, grantedScopes: [scope] })
    await operator.call(ClientServiceService.createClient, request)
    return newIdentity(operator, clientId)
  }
  const alice = await enrol('alice', 'bob.user.read')
  const { caPem, keyPem, certificatePem } = await enrol('bob', 'chancery.requests.verify')
  const bob = grpc.credentials.createSsl(caPem, keyPem, certificatePem)
  const [forStrangers, forAlice] = [connect(authority, bob), connect(authority, bob)]
  t.after(() => {
    forStrangers.close()
    forAlice.close()
  })

  let good = 0
  const outcomes = new Map<string, number>()
  let settledMib = NaN
  for (let sent = 0; sent < HOSTILE_REQUESTS; sent += BATCH) {
    const run = String(sent)
    assert.equal(await outcomeOf(forAlice, capturedRequest(alice, run)), 'ALLOW')
    const requests = hostileRequests(alice, BATCH, run)
    let next = 0
    const passOn = async () => {
      while (next < requests.length) {
        const i = next++
        const { what, message, outcome } = requests[i]!
        if (i % HOSTILE_PER_GOOD === 0) {
          const nonce = `good-nonce-of-alice-${good++}`
          assert.equal(await outcomeOf(forAlice, goodRequest(alice, nonce)), 'ALLOW', 'a good request')
        }
        assert.equal(await outcomeOf(forStrangers, message), outcome, what)
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, passOn))
    if (sent + BATCH === HOSTILE_REQUESTS / 2) settledMib = residentMib(authority.pid)
  }

  const refused = [...outcomes.values()].reduce((sum, count) => sum + count)
  assert.equal(refused, HOSTILE_REQUESTS)
  assert.equal(good, HOSTILE_REQUESTS / HOSTILE_PER_GOOD)
  const grownMib = residentMib(authority.pid) - settledMib
  // NaN, where memory cannot be read, is not more than anything.
  assert.ok(!(grownMib > MAX_GROWTH_MIB), `the service grew by ${Math.round(grownMib)} MiB`)
  t.diagnostic(`grew by ${Math.round(grownMib)} MiB; ${JSON.stringify(Object.fromEntries(outcomes))}`)
})
