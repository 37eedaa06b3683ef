import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { createStateFolder } from '../../src/feed/state-folder.ts'
import { createFeedFixture } from '../support/feed-fixture.ts'
import { createListAuthority } from '../support/list-authority.ts'
import { CRASH_ROUNDS } from '../support/crash-rounds.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const CHILD = join(import.meta.dirname, '..', 'support', 'follower-child.ts')

/** Runs the follower until it has printed so many lines, then a little longer, and kills it. Returns what it printed. */
function runAndKill(
  args: readonly string[],
  lines: number,
  delayMicroseconds: number,
): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let printed = ''
    let isDying = false
    child.stdout.on('data', (data: Buffer) => {
      printed += data.toString()
      if (isDying || printed.split('\n').length <= lines) return
      isDying = true
      const until = process.hrtime.bigint() + BigInt(delayMicroseconds) * 1000n
      while (process.hrtime.bigint() < until);
      child.kill('SIGKILL')
    })
    child.once('error', reject)
    child.once('close', () => {
      // A last line without its end was not said.
      resolve(printed.split('\n').slice(0, -1))
    })
  })
}

describe(`a follower that is killed ${CRASH_ROUNDS} times while lists pour in`, () => {
  const folder = createTemporaryFolder()
  after(() => folder.remove())

  it('knows after each start what it knew before, and never goes back', async () => {
    const newKey = () => generateKeyPairSync('ed25519').privateKey
    const keys = { root: newKey(), issuing: newKey() }
    const authority = createListAuthority(keys)
    const pem = (key: keyof typeof keys) => keys[key].export({ format: 'pem', type: 'pkcs8' }).toString()
    writeFileSync(folder.file('keys.json'), JSON.stringify({ root: pem('root'), issuing: pem('issuing') }))

    let known = -1
    for (let kill = 0; kill < CRASH_ROUNDS; kill++) {
      const random = createHash('sha256').update(`kill ${kill}`).digest()
      const args = [folder.file('state'), folder.file('keys.json'), `${kill}`]
      const printed = await runAndKill(args, 1 + (random[0]! % 24), random.readUInt16BE(1) % 8000)
      assert.ok(
        printed.every((line) => /^[0-9]+$/.test(line)),
        printed.join(' '),
      )
      const said = Math.max(known, ...printed.map(Number))

      const feed = createFeedFixture(authority, {
        store: createStateFolder(folder.file('state')),
        at: 50_000,
      })
      await feed.follower.load()
      assert.deepEqual(
        feed.events.filter(({ kind }) => kind === 'state_refused'),
        [],
      )
      const number = Number(feed.follower.lists('issuing-1')?.state?.crlNumber)
      assert.ok(number >= said, `kill ${kill}: list ${number} on disk, ${said} was said`)
      for (let serial = 1; serial <= number; serial++) assert.equal(feed.standing(serial), 'revoked')
      assert.equal(feed.standing(number + 1), 'good')
      known = number
    }
    assert.ok(known > CRASH_ROUNDS, `${known} lists were taken`)
  })
})
