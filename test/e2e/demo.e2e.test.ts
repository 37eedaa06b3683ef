import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after, describe, it } from 'node:test'

import { createNarrator, hold } from '../../demo/narrator.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const STORY = join(import.meta.dirname, '..', '..', 'demo', 'story.ts')
const TIMEOUT_MS = 120_000

/** What the story must have shown, in order. */
const MOMENTS = [
  'init makes a root and an issuing authority',
  'gets a certificate with her scopes',
  'gets a token for 10 seconds, and reads a user: 200',
  'for which she has no scope: 403',
  'the authority is killed (SIGKILL)',
  'when it ends with her certificate',
  'started again',
  'Her calls go with tokens again',
  'Not one call was lost',
  'Alice changes a user: 200',
  '403, SCOPE_INSUFFICIENT',
  '401, SIGNATURE_INVALID',
  '401, NONCE_REPLAYED',
  'her certificate is revoked along with it',
  'pushed to the open stream',
  '401, CERTIFICATE_REVOKED',
  'Alice reads a user with the new one: 200',
  'revokes the certificate by its serial number',
  'pushed to the open stream',
  '401, CERTIFICATE_REVOKED',
  'leaves with exit code 0',
]

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function runStory(temporary: string, environment: NodeJS.ProcessEnv = {}): Promise<Run> {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, TMPDIR: temporary, ...environment }
  return new Promise((resolve) => {
    execFile(process.execPath, [STORY], { env, timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr })
    })
  })
}

describe('the demo', () => {
  const folder = createTemporaryFolder()
  after(() => folder.remove())

  it('holds every step of the story, in order, in less than 55 plain lines, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await runStory(folder.path)
    assert.equal(code, 0, stdout + stderr)
    assert.equal(stderr, '')
    let from = 0
    for (const moment of MOMENTS) {
      const at = stdout.indexOf(moment, from)
      assert.ok(at >= from, `after ${from} characters: ${moment}\n${stdout}`)
      from = at + moment.length
    }
    const steps = stdout.match(/^ {2}✓ +\d+ {2}/gm)?.length ?? 0
    assert.match(stdout, new RegExp(`\\n${steps} of ${steps} steps held, in [0-9.]+ s\\.\\n$`))
    assert.ok(stdout.split('\n').length <= 55)
    assert.ok(!stdout.includes('\u001b'))
    assert.deepEqual(readdirSync(folder.path), [])
  })

  it('stops at the first step that does not hold, and says which one and why', async () => {
    let told = ''
    const out = new Writable({
      write(chunk: Buffer, _encoding, done) {
        told += chunk.toString()
        done()
      },
    })
    const narrator = createNarrator(out as unknown as NodeJS.WriteStream)
    await narrator.step('a good one', () => Promise.resolve())
    const failing = narrator.step('a bad one', async () => {
      await Promise.resolve()
      hold(false, 'Bob answered 200')
    })
    const error: unknown = await failing.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    assert.ok(error !== undefined)
    narrator.fail(error)
    assert.match(told, /✓ +1 {2}a good one/)
    assert.doesNotMatch(told, /✓ +2/)
    assert.match(told, /✗ step 2: a bad one/)
    assert.match(told, /1 steps held, then this one failed: Bob answered 200\n$/)
  })
})
