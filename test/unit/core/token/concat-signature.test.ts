import assert from 'node:assert/strict'
import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { describe, it } from 'node:test'
import { concatSignature } from '../../../../src/core/token/concat-signature.ts'

describe('a signature as JWS wants it', () => {
  for (const [namedCurve, algorithm, hash, length] of [
    ['P-256', 'ecdsa-p256-sha256', 'sha256', 64],
    ['P-384', 'ecdsa-p384-sha384', 'sha384', 96],
  ] as const) {
    it(`has both numbers of ${namedCurve} in full length, also when they are short`, () => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
      // One number in 256 is an octet shorter than the others.
      for (let i = 0; i < 400; i++) {
        const message = Buffer.from(String(i))
        const octets = concatSignature(algorithm, sign(hash, message, privateKey))
        assert.equal(octets.length, length)
        assert.ok(verify(hash, message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, octets))
      }
    })
  }

  it('is left as it is for other algorithms', () => {
    const octets = Uint8Array.of(1, 2, 3)
    assert.equal(concatSignature('ed25519', octets), octets)
    assert.equal(concatSignature('rsa-v1_5-sha256', octets), octets)
  })
})
