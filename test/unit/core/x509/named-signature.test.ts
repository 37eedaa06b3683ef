import assert from 'node:assert/strict'
import { type KeyObject, constants, generateKeyPairSync, sign } from 'node:crypto'
import { describe, it } from 'node:test'
import { encodeInteger, encodeSequence } from '../../../../src/core/asn1/writer.ts'
import { concatBytes } from '../../../../src/core/bytes.ts'
import {
  type NamedAlgorithm,
  defaultAlgorithm,
  isNamedAlgorithm,
  verifyNamedSignature,
} from '../../../../src/core/x509/named-signature.ts'
import {
  type AcceptedKey,
  checkChainKey,
  decodeSubjectPublicKeyInfo,
} from '../../../../src/core/x509/public-key.ts'
import { hex } from '../../../support/build-x509.ts'

const message = new TextEncoder().encode('GET\n/users\n')
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

interface Signer {
  readonly key: AcceptedKey
  readonly privateKey: KeyObject
}

function signer({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }): Signer {
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
  return { key: checkChainKey(decodeSubjectPublicKeyInfo(spki)), privateKey }
}

const p256 = signer(generateKeyPairSync('ec', { namedCurve: 'P-256' }))
const p384 = signer(generateKeyPairSync('ec', { namedCurve: 'P-384' }))
const p521 = signer(generateKeyPairSync('ec', { namedCurve: 'P-521' }))
const ed25519 = signer(generateKeyPairSync('ed25519'))
const rsa = signer(generateKeyPairSync('rsa', { modulusLength: 2048 }))

const ecdsa = (by: Signer, hash: string, encoding: 'der' | 'ieee-p1363') =>
  new Uint8Array(sign(hash, message, { key: by.privateKey, dsaEncoding: encoding }))
const pss = (saltLength: number) =>
  new Uint8Array(
    sign('sha512', message, { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }),
  )

const verify = (
  key: AcceptedKey,
  algorithm: NamedAlgorithm,
  signature: Uint8Array,
  encoding?: 'der' | 'p1363',
) => verifyNamedSignature({ key, algorithm, signature, encoding, message })

describe('verifyNamedSignature', () => {
  it('verifies each algorithm with its key', async () => {
    assert.equal(await verify(p256.key, 'ecdsa-p256-sha256', ecdsa(p256, 'sha256', 'ieee-p1363')), true)
    assert.equal(await verify(p256.key, 'ecdsa-p256-sha256', ecdsa(p256, 'sha256', 'der'), 'der'), true)
    assert.equal(await verify(p384.key, 'ecdsa-p384-sha384', ecdsa(p384, 'sha384', 'ieee-p1363')), true)
    assert.equal(await verify(ed25519.key, 'ed25519', sign(null, message, ed25519.privateKey)), true)
    assert.equal(await verify(rsa.key, 'rsa-v1_5-sha256', sign('sha256', message, rsa.privateKey)), true)
    assert.equal(await verify(rsa.key, 'rsa-pss-sha512', pss(64)), true)
  })

  it('does not verify another message', async () => {
    const signature = ecdsa(p256, 'sha256', 'ieee-p1363')
    const other = concatBytes([message, hex('00')])
    const given = { key: p256.key, algorithm: 'ecdsa-p256-sha256', signature } as const
    assert.equal(await verifyNamedSignature({ ...given, message: other }), false)
  })

  it('does not verify under an algorithm that is not of the key', async () => {
    const signature = ecdsa(p256, 'sha256', 'ieee-p1363')
    for (const algorithm of ['ecdsa-p384-sha384', 'ed25519', 'rsa-v1_5-sha256', 'rsa-pss-sha512'] as const) {
      assert.equal(await verify(p256.key, algorithm, signature), false, algorithm)
    }
    assert.equal(await verify(p521.key, 'ecdsa-p256-sha256', signature), false)
  })

  it('takes a signature in the encoding it was told, and in no other', async () => {
    assert.equal(await verify(p256.key, 'ecdsa-p256-sha256', ecdsa(p256, 'sha256', 'der')), false)
    assert.equal(
      await verify(p256.key, 'ecdsa-p256-sha256', ecdsa(p256, 'sha256', 'ieee-p1363'), 'der'),
      false,
    )
  })

  it('refuses ECDSA numbers that are zero, negative, too large, padded or followed by something', async () => {
    const der = ecdsa(p256, 'sha256', 'der')
    const forms: readonly Uint8Array[] = [
      encodeSequence(encodeInteger(0), encodeInteger(0)),
      encodeSequence(encodeInteger(0), encodeInteger(1)),
      encodeSequence(encodeInteger(P256_ORDER), encodeInteger(P256_ORDER)),
      encodeSequence(hex('0201ff'), encodeInteger(1)),
      encodeSequence(hex('02020001'), encodeInteger(1)),
      encodeSequence(encodeInteger(1)),
      encodeSequence(encodeInteger(1), encodeInteger(1), encodeInteger(1)),
      encodeSequence(encodeInteger(1n << 1024n), encodeInteger(1)),
      concatBytes([der, hex('00')]),
      der.subarray(0, -1),
      new Uint8Array(0),
    ]
    for (const form of forms) assert.equal(await verify(p256.key, 'ecdsa-p256-sha256', form, 'der'), false)
    const flat = ecdsa(p256, 'sha256', 'ieee-p1363')
    for (const form of [new Uint8Array(64), flat.subarray(1), concatBytes([hex('00'), flat])]) {
      assert.equal(await verify(p256.key, 'ecdsa-p256-sha256', form), false)
    }
  })

  it('refuses Ed25519 signatures with S beyond the order, R of small order or another length', async () => {
    const signature = new Uint8Array(sign(null, message, ed25519.privateKey))
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    let s = order
    for (let i = 63; i >= 32; i--) s += BigInt(signature[i]!) << BigInt(8 * (i - 32))
    const malleable = Uint8Array.from(signature)
    for (let i = 32; i < 64; i++) malleable[i] = Number((s >> BigInt(8 * (i - 32))) & 0xffn)
    const smallR = concatBytes([hex(`01${'00'.repeat(31)}`), new Uint8Array(32)])
    for (const form of [malleable, smallR, signature.subarray(1), concatBytes([signature, hex('00')])]) {
      assert.equal(await verify(ed25519.key, 'ed25519', form), false)
    }
  })

  it('refuses RSA signatures of another length, and PSS with another salt length', async () => {
    const signature = new Uint8Array(sign('sha256', message, rsa.privateKey))
    assert.equal(await verify(rsa.key, 'rsa-v1_5-sha256', concatBytes([hex('00'), signature])), false)
    assert.equal(await verify(rsa.key, 'rsa-v1_5-sha256', signature.subarray(1)), false)
    for (const saltLength of [0, 32, 63])
      assert.equal(await verify(rsa.key, 'rsa-pss-sha512', pss(saltLength)), false)
  })
})

describe('defaultAlgorithm', () => {
  it('follows from the key alone', () => {
    assert.deepEqual(
      [p256, p384, p521, ed25519, rsa].map(({ key }) => defaultAlgorithm(key)),
      ['ecdsa-p256-sha256', 'ecdsa-p384-sha384', undefined, 'ed25519', 'rsa-v1_5-sha256'],
    )
  })

  it('names only algorithms of the registry', () => {
    assert.equal(isNamedAlgorithm('ed25519'), true)
    for (const name of ['hmac-sha256', 'none', 'toString', '']) assert.equal(isNamedAlgorithm(name), false)
  })
})
