import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createCrlBundle } from '../../../src/cli/crl-bundle.ts'
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
  const bundle = createCrlBundle({
    path: folder.file(file),
    authorities: ['root', 'issuing-1'],
    command,
    timers: time.timers,
    failed: (what) => void failures.push(what),
  })
  return { time, failures, bundle }
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
    while (time.waiting === 0) await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(failures, ['command'])
    writeFileSync(flag, '')
    await time.advance(10_000)
    await bundle.stop()
    assert.ok(existsSync(done))
    assert.deepEqual(failures, ['command'])
  })
})
