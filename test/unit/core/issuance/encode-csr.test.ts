import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assembleCsr } from '../../../../src/core/issuance/assemble.ts'
import { encodeCsrInfo } from '../../../../src/core/issuance/encode-csr.ts'
import { parseCsr, verifyCsr } from '../../../../src/core/x509/csr.ts'
import { formatName } from '../../../../src/core/x509/name.ts'
import { buildKey } from '../../../support/build-authority.ts'

describe('a CSR that we make', () => {
  for (const keyType of ['p256', 'p384', 'ed25519', 'rsa2048'] as const) {
    it(`passes our own check of possession with a ${keyType} key`, async () => {
      const key = await buildKey(keyType)
      const info = encodeCsrInfo('alice', key.publicKeyDer)
      const csr = parseCsr(assembleCsr(info, key.algorithm, await key.sign(info)))
      assert.deepEqual((await verifyCsr(csr)).spkiDer, key.publicKeyDer)
      assert.equal(formatName(csr.subject), 'CN=alice')
      assert.equal(csr.requestedExtensions.size, 0)
    })
  }
  it('asks for host names', async () => {
    const { publicKeyDer } = await buildKey()
    const info = encodeCsrInfo('bob', publicKeyDer, ['bob.internal', '127.0.0.1'])
    assert.deepEqual(parseCsr(assembleCsr(info, 'ed25519', new Uint8Array(64))).requestedSubjectAltName, [
      { type: 'dns', value: 'bob.internal' },
      { type: 'ip', value: Uint8Array.of(127, 0, 0, 1) },
    ])
  })
  it('asks for no name that is none', () => {
    assert.throws(() => encodeCsrInfo('bob', new Uint8Array(0), ['*.internal']), { reason: 'FIELD_INVALID' })
  })
})
