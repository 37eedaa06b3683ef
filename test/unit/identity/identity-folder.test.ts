import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { encodePem } from '../../../src/core/pem.ts'
import {
  createIdentity,
  loadIdentity,
  requireVacant,
  swapIdentity,
} from '../../../src/identity/identity-folder.ts'
import { createDecisionFixture } from '../../support/decision-fixture.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../../support/temporary-folder.ts'

const fixture = createDecisionFixture()
function filesOf(key: 'p256' | 'ed25519') {
  return {
    keyPem: fixture.keys[key].export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: encodePem('CERTIFICATE', [fixture.client(key)]),
    caPem: encodePem('CERTIFICATE', [fixture.client(key)]),
  }
}
const OLD = filesOf('p256')
const NEW = filesOf('ed25519')

let folder: TemporaryFolder
let alice: string
beforeEach(async () => {
  folder = createTemporaryFolder()
  alice = folder.file('alice')
  await createIdentity(alice, OLD)
})
afterEach(() => folder.remove())

async function held(): Promise<string> {
  const { certificatePem } = await loadIdentity(alice)
  return certificatePem.toString() === NEW.certificatePem ? 'new' : 'old'
}

describe('an identity folder', () => {
  it('holds what was written, the key for its owner alone', async () => {
    const { keyPem, certificatePem, caPem } = await loadIdentity(alice)
    assert.deepEqual(
      [keyPem, certificatePem, caPem].map((pem) => pem.toString()),
      [OLD.keyPem, OLD.certificatePem, OLD.caPem],
    )
  })

  it('is swapped as a pair', async () => {
    await swapIdentity(alice, NEW)
    assert.equal(await held(), 'new')
  })

  it('is completed by its next reader when a crash cut a swap short, after whichever file', async () => {
    for (const moved of [[], ['ca.pem'], ['ca.pem', 'cert.pem'], ['ca.pem', 'cert.pem', 'key.pem']]) {
      rmSync(alice, { recursive: true })
      await createIdentity(alice, OLD)
      await createIdentity(join(alice, '.next'), NEW)
      for (const name of moved) renameSync(join(alice, '.next', name), join(alice, name))
      assert.equal(await held(), 'new', `moved: ${moved.join(' ')}`)
    }
  })

  it('stays as it was when a crash came before the swap', async () => {
    mkdirSync(join(alice, '.0011.tmp'))
    writeFileSync(join(alice, '.0011.tmp', 'cert.pem'), 'half')
    assert.equal(await held(), 'old')
  })

  it('is refused when a file is missing', async () => {
    for (const name of ['key.pem', 'cert.pem', 'ca.pem']) {
      const text = readFileSync(join(alice, name))
      rmSync(join(alice, name))
      await assert.rejects(loadIdentity(alice), { fault: 'NOT_FOUND' })
      writeFileSync(join(alice, name), text, { mode: 0o600 })
    }
    await assert.rejects(loadIdentity(folder.file('nobody')), { fault: 'NOT_FOUND' })
  })

  it('is refused when others may read the key', async () => {
    chmodSync(join(alice, 'key.pem'), 0o640)
    await assert.rejects(loadIdentity(alice), { fault: 'KEY_EXPOSED' })
  })

  it('is refused when key and certificate are of two pairs', async () => {
    writeFileSync(join(alice, 'cert.pem'), NEW.certificatePem)
    await assert.rejects(loadIdentity(alice), { fault: 'MISMATCHED' })
  })

  it('is refused when it cannot be read', async () => {
    writeFileSync(join(alice, 'cert.pem'), 'nothing')
    await assert.rejects(loadIdentity(alice), { fault: 'UNREADABLE' })
  })

  it('does not take the place of something else', async () => {
    await assert.rejects(requireVacant(alice), { fault: 'OCCUPIED' })
    await assert.rejects(createIdentity(alice, NEW), { fault: 'OCCUPIED' })
    assert.equal(await held(), 'old')
  })
})
