import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { type TemporaryFolder, createTemporaryFolder } from '../support/temporary-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const ENTRY = join(ROOT, 'bin', 'chancery.js')
const PATH = `${join(ROOT, '.tools', 'bin')}:${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`
const FREE = ['--listen', '127.0.0.1:0', '--http', '127.0.0.1:0', '--admin', '127.0.0.1:0']

interface DevService {
  readonly child: ChildProcess
  readonly text: string
  readonly ended: Promise<number | null>
}

/** Starts `chancery dev` in a folder and reads what it prints until everything is there. */
async function startDev(cwd: string): Promise<DevService> {
  const child = spawn(process.execPath, [ENTRY, 'dev', ...FREE], { cwd, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  let text = ''
  for await (const line of createInterface({ input: child.stdout })) {
    text += `${line}\n`
    if (line.includes('openssl crl')) break
  }
  return { child, text, ended }
}

/** The commands as printed: the indented lines, those of one command joined. */
function readCommands(text: string): readonly string[] {
  return text
    .split('\n\n')
    .filter((block) => block.startsWith('  '))
    .map((block) => block.trim())
}

/** With `CHANCERY_REQUIRE_TOOLS=1` nothing counts as missing, so that the test fails instead of being skipped. */
function isMissing(tool: string): boolean {
  if (process.env['CHANCERY_REQUIRE_TOOLS'] === '1') return false
  return spawnSync('sh', ['-c', `command -v ${tool}`], { env: { PATH } }).status !== 0
}

describe('chancery dev', () => {
  let folder: TemporaryFolder
  let dev: DevService

  before(async () => {
    folder = createTemporaryFolder()
    dev = await startDev(folder.path)
  })
  after(() => {
    dev.child.kill('SIGKILL')
    folder.remove()
  })

  const runPrinted = (index: number) =>
    spawnSync('bash', ['-o', 'pipefail', '-c', readCommands(dev.text)[index] ?? 'false'], {
      cwd: folder.path,
      encoding: 'utf8',
      env: { PATH, HOME: folder.path },
    })

  it('prints three calls', () => {
    assert.equal(readCommands(dev.text).length, 3, dev.text)
  })

  it('prints a signed request and its verification that work as printed', () => {
    const { status, stdout, stderr } = runPrinted(0)
    assert.equal(status, 0, stderr)
    assert.match(stdout, /^decision +ALLOW$/m)
  })

  it('prints a grpcurl call that works as printed', (t) => {
    if (isMissing('grpcurl')) {
      t.skip('grpcurl is not there: run scripts/build-tools.sh')
      return
    }
    const { status, stdout, stderr } = runPrinted(1)
    assert.equal(status, 0, stderr)
    assert.match(stdout, /"id": "issuing-1"/)
  })

  it('prints a look at the revocation list that works as printed', (t) => {
    if (isMissing('curl') || isMissing('openssl')) {
      t.skip('curl or openssl is not installed')
      return
    }
    const { status, stdout, stderr } = runPrinted(2)
    assert.equal(status, 0, stderr)
    assert.match(stdout, /Certificate Revocation List/)
  })

  it('ends cleanly on Ctrl-C, and finds its clients again on the next run', async () => {
    dev.child.kill('SIGINT')
    assert.equal(await dev.ended, 0)
    dev = await startDev(folder.path)
    assert.ok(existsSync(folder.file('.chancery/identities/bob/key.pem')))
    assert.equal(runPrinted(0).status, 0)
  })
})
