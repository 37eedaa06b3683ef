import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeUtf8 } from '../../../../src/core/bytes.ts'
import {
  proofOfPossessionMessage,
  verifyProofOfPossession,
} from '../../../../src/core/issuance/proof-of-possession.ts'
import { checkPublicKey, decodeSubjectPublicKeyInfo } from '../../../../src/core/x509/public-key.ts'
import { buildKey } from '../../../support/build-authority.ts'

const accepted = (publicKeyDer: Uint8Array) => checkPublicKey(decodeSubjectPublicKeyInfo(publicKeyDer))

describe('the proof beside a bare public key', () => {
  it('is over these octets', () => {
    // SHA-256 of three octets 1, 2, 3, as `printf '\x01\x02\x03' | sha256sum` gives it.
    const expected =
      'chancery-proof-of-possession:v1:alice:039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81'
    assert.deepEqual(proofOfPossessionMessage('alice', Uint8Array.of(1, 2, 3)), encodeUtf8(expected))
  })
  for (const keyType of ['p256', 'p384', 'ed25519', 'rsa2048'] as const) {
    it(`is accepted from the holder of a ${keyType} key`, async () => {
      const key = await buildKey(keyType)
      const proof = await key.sign(proofOfPossessionMessage('alice', key.publicKeyDer))
      assert.equal(await verifyProofOfPossession('alice', accepted(key.publicKeyDer), proof), true)
    })
  }
  it('is refused for another client, for another key, and for none', async () => {
    const [key, other] = [await buildKey(), await buildKey()]
    const proof = await key.sign(proofOfPossessionMessage('alice', key.publicKeyDer))
    assert.equal(await verifyProofOfPossession('bob', accepted(key.publicKeyDer), proof), false)
    assert.equal(await verifyProofOfPossession('alice', accepted(other.publicKeyDer), proof), false)
    assert.equal(await verifyProofOfPossession('alice', accepted(key.publicKeyDer), new Uint8Array(0)), false)
  })
})
