import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { findOldNode } from '../support/find-old-node.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../support/temporary-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const ENTRY = join(ROOT, 'bin', 'chancery.js')

const oldNode = findOldNode()
const skip = oldNode === undefined ? 'every Node in PATH is 24 or newer' : false
const nodes = [
  { path: process.execPath, version: process.version },
  ...(oldNode === undefined ? [] : [oldNode]),
]

let folder: TemporaryFolder
before(() => {
  folder = createTemporaryFolder()
  mkdirSync(folder.file('bin'))
  copyFileSync(ENTRY, folder.file('bin/chancery.js'))
  copyFileSync(join(ROOT, 'bin', 'package.json'), folder.file('bin/package.json'))
})
after(() => folder.remove())

for (const { path, version } of nodes) {
  describe(`bin/chancery.js under Node ${version}`, () => {
    const run = (...argv: readonly string[]) => spawnSync(path, [ENTRY, ...argv], { encoding: 'utf8' })

    it('hands over arguments, output and exit code', () => {
      const help = run('--help')
      assert.equal(help.status, 0, help.stderr)
      assert.match(help.stdout, /^Usage: chancery /)
      assert.equal(run('nope').status, 2)
      assert.equal(run('cert', 'inspect', folder.file('nope.pem')).status, 3)
    })

    it('hands over standard input', () => {
      const read = spawnSync(path, [ENTRY, 'cert', 'inspect', '-'], {
        encoding: 'utf8',
        input: 'not a certificate',
      })
      assert.equal(read.status, 1)
      assert.match(read.stderr, /Standard input holds no certificate/)
    })

    it('serves until SIGTERM, drains and ends with 0', async () => {
      const data = folder.file(`data-${version}`)
      assert.equal(run('init', '--data', data).status, 0)
      const free = ['--listen', '127.0.0.1:0', '--http', '127.0.0.1:0', '--admin', '127.0.0.1:0']
      const child = spawn(path, [ENTRY, 'serve', '--data', data, ...free], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })))
      for await (const line of createInterface({ input: child.stdout })) {
        if (line.startsWith('admin ')) child.kill('SIGTERM')
      }
      assert.deepEqual(await ended, { code: 0, signal: null })
    })
  })
}

describe('bin/chancery.js under a Node that is too old', { skip }, () => {
  it('says what to install, in one line, when no pinned Node is beside it', () => {
    const { status, stderr, stdout } = spawnSync(oldNode!.path, [folder.file('bin/chancery.js'), '--help'], {
      encoding: 'utf8',
    })
    assert.equal(status, 1)
    assert.equal(stdout, '')
    assert.match(
      stderr,
      /^chancery: this is Node \d+\.\d+\.\d+, and Chancery needs Node 24 or newer\. Install .*\n$/,
    )
  })
})
