import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createCrlBundle } from '../../../src/cli/crl-bundle.ts'
import { CommandOverdueError } from '../../../src/cli/run-shell.ts'
import { createFakeTime } from '../../support/fakes.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../../support/temporary-folder.ts'

let folder: TemporaryFolder
beforeEach(() => {
  folder = createTemporaryFolder()
})
afterEach(() => folder.remove())

function createBundle(file: string, command?: string) {
  const time = createFakeTime(new Date('2026-06-01T12:00:00Z'))
  const failures: string[] = []
  const errors: unknown[] = []
  const bundle = createCrlBundle({
    path: folder.file(file),
    authorities: ['root', 'issuing-1'],
    command,
    commandLimitMs: 60_000,
    timers: time.timers,
    failed: (what, error) => {
      failures.push(what)
      errors.push(error)
    },
  })
  return { time, failures, errors, bundle }
}
const lists = (file: string) => readFileSync(folder.file(file), 'latin1').split('BEGIN X509 CRL').length - 1

describe('a file of lists', () => {
  it('is not there before every authority has a list', async () => {
    const { bundle } = createBundle('crl.pem')
    bundle.put('root', Uint8Array.of(1))
    await bundle.stop()
    assert.equal(existsSync(folder.file('crl.pem')), false)
    bundle.put('issuing-1', Uint8Array.of(2))
    await bundle.stop()
    assert.equal(lists('crl.pem'), 2)
  })

  it('is written later, with what is newest then, when it could not be written', async () => {
    const { bundle, failures, time } = createBundle('deep/crl.pem')
    bundle.put('root', Uint8Array.of(1))
    bundle.put('issuing-1', Uint8Array.of(2))
    while (time.waiting === 0) await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(failures, ['file'])
    mkdirSync(folder.file('deep'))
    await time.advance(10_000)
    await bundle.stop()
    assert.equal(lists('deep/crl.pem'), 2)
    assert.equal(time.waiting, 0)
  })

  it('has the command run again that failed', async () => {
    const [flag, done] = [folder.file('flag'), folder.file('done')]
    const { bundle, failures, time } = createBundle('crl.pem', `test -e '${flag}' && touch '${done}'`)
    bundle.put('root', Uint8Array.of(1))
    bundle.put('issuing-1', Uint8Array.of(2))
    while (failures.length === 0) await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(failures, ['command'])
    writeFileSync(flag, '')
    await time.advance(10_000)
    await bundle.stop()
    assert.ok(existsSync(done))
    assert.deepEqual(failures, ['command'])
  })

  it('has a command that hangs killed after its time, with what it started, and run again', async () => {
    const [started, stopped] = [folder.file('started'), folder.file('stopped')]
    // The shell waits for a child of its own, which holds the file open for as long as it lives.
    const hang = `if test -e '${stopped}'; then exit 0; fi; sh -c 'echo $$ > "${started}.new"; mv "${started}.new" "${started}"; sleep 1000'; true`
    const { bundle, failures, errors, time } = createBundle('crl.pem', hang)
    bundle.put('root', Uint8Array.of(1))
    bundle.put('issuing-1', Uint8Array.of(2))
    while (!existsSync(started)) await new Promise((resolve) => setImmediate(resolve))
    const grandchild = Number(readFileSync(started, 'utf8'))
    await time.advance(60_000)
    while (failures.length === 0) await new Promise((resolve) => setImmediate(resolve))
    assert.ok(errors[0] instanceof CommandOverdueError)
    assert.ok(await isGone(grandchild))
    writeFileSync(stopped, '')
    await time.advance(10_000)
    await bundle.stop()
    assert.equal(failures.length, 1)
    assert.equal(time.waiting, 0)
  })
})

/** Also one that was killed, and that nobody has asked about yet. */
async function isGone(pid: number): Promise<boolean> {
  for (let turn = 0; turn < 10_000; turn++) {
    const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ''
    if (stat === '' || /\) [ZX] /.test(stat)) return true
    await new Promise((resolve) => setImmediate(resolve))
  }
  return false
}
