import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sha256, verifyRsaSha256Digest } from '../../../../src/core/crypto.ts'
import { isNonce } from '../../../../src/core/request/nonce.ts'
import {
  type NamedAlgorithm,
  allowedAlgorithms,
  defaultAlgorithm,
  verifyNamedSignature,
} from '../../../../src/core/x509/named-signature.ts'
import { checkChainKey, decodeSubjectPublicKeyInfo } from '../../../../src/core/x509/public-key.ts'
import {
  type KeyName,
  defaultAlgorithmOf,
  generateFixtureKeys,
  signAs,
} from '../../../support/decision-fixture.ts'
import { spkiOf } from '../../../support/encode-test-certificate.ts'

const keys = generateFixtureKeys()
const CLIENT_KEYS: readonly KeyName[] = ['p256', 'p384', 'ed25519', 'rsa2048']
const ALGORITHMS: readonly NamedAlgorithm[] = [
  'ecdsa-p256-sha256',
  'ecdsa-p384-sha384',
  'ed25519',
  'rsa-v1_5-sha256',
  'rsa-pss-sha512',
]
const MESSAGE = Buffer.from('message')
const accepted = (name: KeyName) => checkChainKey(decodeSubjectPublicKeyInfo(spkiOf(keys[name])))

describe('request signatures', () => {
  it('have one default algorithm per key', () => {
    for (const name of CLIENT_KEYS) assert.equal(defaultAlgorithm(accepted(name)), defaultAlgorithmOf(name))
  })

  it('verify under the key and algorithm that made them, and under no other', async () => {
    for (const signer of CLIENT_KEYS) {
      for (const made of allowedAlgorithms(accepted(signer))) {
        const signature = signAs(keys[signer], made, MESSAGE)
        for (const name of CLIENT_KEYS) {
          for (const algorithm of ALGORITHMS) {
            const expected = name === signer && algorithm === made
            const valid = await verifyNamedSignature({
              key: accepted(name),
              algorithm,
              encoding: 'der',
              message: MESSAGE,
              signature,
            })
            assert.equal(valid, expected, `${made} by ${signer} as ${algorithm} under ${name}`)
          }
        }
      }
    }
  })
})

describe('verifyRsaSha256Digest', () => {
  const digest = sha256(MESSAGE)
  const signature = signAs(keys.rsa2048, 'rsa-v1_5-sha256', MESSAGE)
  const { key } = accepted('rsa2048')

  it('accepts the signature of the message with that digest', () => {
    assert.equal(verifyRsaSha256Digest(key, digest, signature), true)
  })

  it('refuses another digest, a digest of another length, and another key type', () => {
    assert.equal(verifyRsaSha256Digest(key, sha256(digest), signature), false)
    assert.equal(verifyRsaSha256Digest(key, digest.subarray(1), signature), false)
    assert.equal(verifyRsaSha256Digest(key, new Uint8Array(0), signature), false)
    assert.equal(verifyRsaSha256Digest(accepted('p256').key, digest, signature), false)
  })

  it('refuses a signature that is too short, too long, not below the modulus, or changed', () => {
    assert.equal(verifyRsaSha256Digest(key, digest, signature.subarray(1)), false)
    assert.equal(verifyRsaSha256Digest(key, digest, Buffer.concat([Buffer.of(0), signature])), false)
    assert.equal(verifyRsaSha256Digest(key, digest, Buffer.alloc(256, 0xff)), false)
    for (let i = 0; i < signature.length; i += 5) {
      const changed = Uint8Array.from(signature)
      changed[i]! ^= 1
      assert.equal(verifyRsaSha256Digest(key, digest, changed), false)
    }
  })
})

describe('isNonce', () => {
  it('takes 16 to 128 visible ASCII characters and nothing else', () => {
    assert.ok(isNonce('!'.repeat(16)))
    assert.ok(isNonce('~'.repeat(128)))
    for (const nonce of [
      '',
      'a'.repeat(15),
      'a'.repeat(129),
      `${'a'.repeat(16)}\n`,
      `${'a'.repeat(16)} `,
      `${'a'.repeat(16)}ä`,
    ]) {
      assert.equal(isNonce(nonce), false)
    }
  })
})
