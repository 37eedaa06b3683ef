import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { CertificateServiceService } from '../../../src/gen/chancery/v1/certificate_service.ts'
import type { Certificate } from '../../../src/gen/chancery/v1/types.ts'
import { CRASH_ROUNDS } from '../../../test/support/crash-rounds.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../../../test/support/temporary-folder.ts'
import { connectAuthority } from '../src/authority/connect-authority.ts'
import { openIdentity } from '../src/identity/client-identity.ts'
import { renewOnce } from '../src/renewal/renew-once.ts'
import { type TestAuthority, startTestAuthority } from '../src/testing/index.ts'

const CHILD = join(import.meta.dirname, 'support', 'renewing-child.ts')
/** What the child says of one renewal, and how much longer it may live after the last of it, in the worst case until the next. */
const STEPS = ['beginning', 'asking', 'answered', 'renewed']
const LONGEST_DELAY_MS = 24

let folder: TemporaryFolder
let authority: TestAuthority
let directory: string

before(async () => {
  folder = createTemporaryFolder()
  authority = await startTestAuthority()
  await authority.createClient('alice', ['bob.user.read'])
  directory = folder.file('alice')
  await authority.issueIdentity('alice', { folder: directory })
})
after(async () => {
  await authority.close()
  folder.remove()
})

/** Lets the child renew until it has said so many lines, and a little longer, and kills it. Returns what it said. */
function runAndKill(lines: number, delayMs: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'pipe', 'inherit'] as const
    const child = spawn(process.execPath, [CHILD, directory, authority.address], { stdio: [...stdio] })
    let said = ''
    let isDying = false
    child.stdout.on('data', (data: Buffer) => {
      said += data.toString()
      if (isDying || said.split('\n').length <= lines) return
      isDying = true
      setTimeout(() => child.kill('SIGKILL'), delayMs)
    })
    child.once('error', reject)
    child.once('close', () => resolve(said.split('\n').slice(0, -1)))
  })
}

async function issued(): Promise<readonly Certificate[]> {
  const identity = await openIdentity(directory)
  const client = connectAuthority({ address: authority.address, identity })
  const all: Certificate[] = []
  let pageToken = ''
  do {
    const request = { clientId: 'alice', pageSize: 0, pageToken, scope: '', state: 0 } as never
    const page = await client.call(CertificateServiceService.listCertificates, request)
    all.push(...page.certificates)
    pageToken = page.nextPageToken
  } while (pageToken !== '')
  client.close()
  return all
}

describe(`a process that is killed ${CRASH_ROUNDS} times while it renews`, () => {
  it('has a pair after each start, and never gets two certificates in place of one', async (t) => {
    let renewed = 0
    for (let round = 0; round < CRASH_ROUNDS; round++) {
      const random = createHash('sha256').update(`renewal ${round}`).digest()
      const said = await runAndKill(1 + (random[0]! % (2 * STEPS.length)), random[1]! % LONGEST_DELAY_MS)
      assert.deepEqual(
        said.filter((line) => !STEPS.includes(line)),
        [],
      )
      renewed += said.filter((line) => line === 'renewed').length
      // Refuses a key and a certificate that are no pair.
      await openIdentity(directory)
    }
    const identity = await openIdentity(directory)
    const client = connectAuthority({ address: authority.address, identity })
    await renewOnce(identity, client)
    client.close()

    const all = await issued()
    const replaced = all.map(({ replacesSerialNumber }) => replacesSerialNumber).filter((one) => one !== '')
    assert.deepEqual([...new Set(replaced)].sort(), [...replaced].sort())
    assert.ok(replaced.length > renewed)
    t.diagnostic(`${replaced.length} issued, ${renewed} of which the child said so`)
    // All of them but the one in force were replaced, one by the next.
    assert.equal(all.length, replaced.length + 1)
    const left = readdirSync(directory).filter((name) => name.startsWith('.renewal'))
    for (const name of left) {
      assert.match(name, /\.tmp$/)
      assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600)
    }
  })
})
