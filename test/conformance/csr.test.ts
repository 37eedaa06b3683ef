import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { listVectors, readDer, withVectors } from '../support/open-vectors.ts'
import { runCases } from '../support/run-cases.ts'

/** What we say of each file, and the start of the detail where the reason alone is not enough. */
const VERDICTS: Readonly<Record<string, 'ok' | readonly [reason: string, defect?: string]>> = {
  'bad-version.pem': ['CSR_MALFORMED', 'csr.version'],
  // SHA-1 proves nothing any more, and the key is of 1024 bits in some.
  'basic_constraints.pem': ['CSR_SIGNATURE_INVALID'],
  'challenge.pem': 'ok',
  'dsa_sha1.pem': ['PUBLIC_KEY_REJECTED', 'public_key.algorithm'],
  'ec_sha256.pem': 'ok',
  'invalid_signature.pem': ['PUBLIC_KEY_REJECTED', 'public_key.rsa_size'],
  'rsa_sha256.der': 'ok',
  'rsa_sha256.pem': 'ok',
  'san_rsa_sha1.pem': ['CSR_SIGNATURE_INVALID'],
}

describe('certificate signing requests of pyca/cryptography', () => {
  withVectors('csr', (path) => {
    const files = listVectors(path, '.pem', '.der')
    it('has a verdict for each file', () => {
      assert.deepEqual(files, Object.keys(VERDICTS).sort())
    })
    for (const file of files) {
      const expected = VERDICTS[file] ?? ['(no verdict written down)']
      it(`${file}: ${expected === 'ok' ? expected : expected.join(', ')}`, async () => {
        const der = Buffer.from(readDer(join(path, file))).toString('base64')
        const [verdict] = await runCases([{ id: file, op: 'csr.parse', der }])
        assert.equal(verdict?.ok, expected === 'ok', verdict?.detail)
        if (expected === 'ok') return
        assert.equal(verdict.reason, expected[0])
        if (expected[1] !== undefined) assert.equal(verdict.detail?.split(':')[0], expected[1])
      })
    }
  })
})
