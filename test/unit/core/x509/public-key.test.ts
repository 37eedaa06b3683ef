import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { OID } from '../../../../src/core/asn1/oids.ts'
import {
  encodeBitString,
  encodeInteger,
  encodeNull,
  encodeOid,
  encodeSequence,
} from '../../../../src/core/asn1/writer.ts'
import {
  checkChainKey,
  checkPublicKey,
  decodeSubjectPublicKeyInfo,
} from '../../../../src/core/x509/public-key.ts'
import { decodeRsaPublicKey } from '../../../../src/core/x509/rsa-key.ts'
import { hex, testSpki } from '../../../support/build-x509.ts'
import { countCrypto, cryptoWorkOf } from '../../../support/count-crypto.ts'
import { assertDefect } from '../../../support/defect.ts'

const issuance = (spki: Uint8Array) => checkPublicKey(decodeSubjectPublicKeyInfo(spki))
const chain = (spki: Uint8Array) => checkChainKey(decodeSubjectPublicKeyInfo(spki))
const spkiOf = (pair: { publicKey: { export(options: { type: 'spki'; format: 'der' }): Buffer } }) =>
  new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }))

const rsaAlgorithm = encodeSequence(encodeOid(OID.rsaEncryption), encodeNull())
const rsaSpki = (modulus: bigint, exponent: bigint) =>
  encodeSequence(
    rsaAlgorithm,
    encodeBitString(encodeSequence(encodeInteger(modulus), encodeInteger(exponent))),
  )
const ecSpki = (parameters: Uint8Array, point: Uint8Array) =>
  encodeSequence(encodeSequence(encodeOid(OID.ecPublicKey), parameters), encodeBitString(point))
const ed25519Spki = (point: Uint8Array) =>
  encodeSequence(encodeSequence(encodeOid(OID.ed25519)), encodeBitString(point))
const p256 = encodeOid(OID.prime256v1)
const goodPoint = decodeSubjectPublicKeyInfo(testSpki).keyBytes
const rsa2048 = spkiOf(generateKeyPairSync('rsa', { modulusLength: 2048 }))
const goodModulus = decodeRsaPublicKey(decodeSubjectPublicKeyInfo(rsa2048).keyBytes).modulus

describe('checkPublicKey', () => {
  for (const [what, spki, type, bits] of [
    ['P-256', testSpki, 'p256', 256],
    ['P-384', spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-384' })), 'p384', 384],
    ['Ed25519', spkiOf(generateKeyPairSync('ed25519')), 'ed25519', 255],
    ['RSA of 2048 bits', rsa2048, 'rsa', 2048],
    ['RSA of 3072 bits', spkiOf(generateKeyPairSync('rsa', { modulusLength: 3072 })), 'rsa', 3072],
  ] as const) {
    it(`accepts ${what}`, () => {
      const key = issuance(spki)
      assert.deepEqual([key.type, key.bits], [type, bits])
      assert.deepEqual(key.spkiDer, spki)
    })
  }

  const near = nearSquare()
  const small = goodModulus - (goodModulus % 751n)
  const withSmallFactor = small % 2n === 0n ? small + 751n : small
  const refused: readonly (readonly [what: string, spki: Uint8Array, defect: string])[] = [
    ['P-521', spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-521' })), 'public_key.curve'],
    ['secp256k1', spkiOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' })), 'public_key.curve'],
    ['X25519', spkiOf(generateKeyPairSync('x25519')), 'public_key.algorithm'],
    ['Ed448', spkiOf(generateKeyPairSync('ed448')), 'public_key.algorithm'],
    [
      'DSA',
      spkiOf(generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })),
      'public_key.algorithm',
    ],
    ['RSA-PSS keys', spkiOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 })), 'public_key.algorithm'],
    [
      'a curve given by its parameters (CVE-2020-0601)',
      spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' })),
      'public_key.curve',
    ],
    [
      'a curve that is left out',
      encodeSequence(encodeSequence(encodeOid(OID.ecPublicKey)), encodeBitString(goodPoint)),
      'public_key.curve',
    ],
    ['an implicit curve', ecSpki(encodeNull(), goodPoint), 'public_key.curve'],
    [
      'a compressed point',
      ecSpki(p256, Uint8Array.of(2 + (goodPoint[64]! & 1), ...goodPoint.subarray(1, 33))),
      'public_key.point',
    ],
    [
      'a hybrid point',
      ecSpki(p256, Uint8Array.of(6 + (goodPoint[64]! & 1), ...goodPoint.subarray(1))),
      'public_key.point',
    ],
    ['the point at infinity', ecSpki(p256, Uint8Array.of(0)), 'public_key.point'],
    ['a point that is cut off', ecSpki(p256, goodPoint.subarray(0, 64)), 'public_key.point'],
    ['a point of another curve', ecSpki(encodeOid(OID.secp384r1), goodPoint), 'public_key.point'],
    [
      'a point beside the curve',
      ecSpki(p256, Uint8Array.of(...goodPoint.subarray(0, 64), goodPoint[64]! ^ 1)),
      'public_key.unreadable',
    ],
    ['the point 0, 0', ecSpki(p256, Uint8Array.of(4, ...new Uint8Array(64))), 'public_key.unreadable'],
    [
      'coordinates that are not reduced',
      ecSpki(p256, Uint8Array.of(4, ...new Uint8Array(64).fill(0xff))),
      'public_key.unreadable',
    ],
    ['Ed25519 of 31 octets', ed25519Spki(new Uint8Array(31)), 'public_key.point'],
    [
      'Ed25519 with parameters',
      encodeSequence(
        encodeSequence(encodeOid(OID.ed25519), encodeNull()),
        encodeBitString(new Uint8Array(32)),
      ),
      'public_key.parameters',
    ],
    ['Ed25519 that is not reduced', ed25519Spki(hex(`ed${'ff'.repeat(30)}7f`)), 'public_key.point'],
    ['Ed25519 zero, of order 4', ed25519Spki(new Uint8Array(32)), 'public_key.small_order'],
    ['Ed25519 one, the neutral element', ed25519Spki(hex(`01${'00'.repeat(31)}`)), 'public_key.small_order'],
    ['Ed25519 one with the sign set', ed25519Spki(hex(`01${'00'.repeat(30)}80`)), 'public_key.small_order'],
    ['Ed25519 of order 2', ed25519Spki(hex(`ec${'ff'.repeat(30)}7f`)), 'public_key.small_order'],
    [
      'Ed25519 of order 8',
      ed25519Spki(hex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')),
      'public_key.small_order',
    ],
    [
      'Ed25519 of order 8, the other',
      ed25519Spki(hex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')),
      'public_key.small_order',
    ],
    [
      'RSA without NULL',
      encodeSequence(encodeSequence(encodeOid(OID.rsaEncryption)), encodeBitString(encodeSequence())),
      'public_key.parameters',
    ],
    ['RSA of 1024 bits', spkiOf(generateKeyPairSync('rsa', { modulusLength: 1024 })), 'public_key.rsa_size'],
    ['RSA of 2047 bits', rsaSpki(goodModulus >> 1n, 65537n), 'public_key.rsa_size'],
    ['RSA of 2056 bits', rsaSpki((goodModulus << 8n) | 1n, 65537n), 'public_key.rsa_size'],
    ['RSA of 8192 bits', rsaSpki((1n << 8191n) | 1n, 65537n), 'public_key.rsa_size'],
    ['RSA with exponent 3', rsaSpki(goodModulus, 3n), 'public_key.rsa_exponent'],
    ['RSA with exponent 1', rsaSpki(goodModulus, 1n), 'public_key.rsa_exponent'],
    ['RSA with an even exponent', rsaSpki(goodModulus, 65536n), 'public_key.rsa_exponent'],
    ['RSA with an even modulus', rsaSpki(goodModulus - 1n, 65537n), 'public_key.rsa_factor'],
    ['RSA with a small factor', rsaSpki(withSmallFactor, 65537n), 'public_key.rsa_factor'],
    ['RSA with primes that are too close', rsaSpki(near, 65537n), 'public_key.rsa_close_primes'],
    ['RSA with the ROCA fingerprint', rsaSpki(rocaModulus(), 65537n), 'public_key.rsa_roca'],
    [
      'RSA with a negative modulus',
      encodeSequence(rsaAlgorithm, encodeBitString(encodeSequence(hex('0201ff'), encodeInteger(3)))),
      'public_key.rsa_negative',
    ],
    [
      'RSA with a padded modulus',
      encodeSequence(rsaAlgorithm, encodeBitString(encodeSequence(hex('02020001'), encodeInteger(3)))),
      'der.integer_not_minimal',
    ],
    [
      'RSA with three numbers',
      encodeSequence(
        rsaAlgorithm,
        encodeBitString(encodeSequence(encodeInteger(1), encodeInteger(3), encodeInteger(5))),
      ),
      'der.trailing_data',
    ],
    [
      'RSA of nothing',
      encodeSequence(rsaAlgorithm, encodeBitString(new Uint8Array(0))),
      'der.unexpected_tag',
    ],
    ['octets after the key', Uint8Array.of(...testSpki, 0), 'der.trailing_data'],
  ]
  for (const [what, spki, defect] of refused) {
    it(`refuses ${what}: ${defect}`, () => assertDefect(defect, () => issuance(spki)))
  }
})

describe('checkChainKey', () => {
  it('accepts what other authorities use: P-521, RSA with exponent 3 or of odd sizes', () => {
    assert.equal(chain(spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-521' }))).type, 'p521')
    assert.equal(
      chain(spkiOf(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }))).type,
      'rsa',
    )
    assert.equal(chain(spkiOf(generateKeyPairSync('rsa', { modulusLength: 2176 }))).bits, 2176)
  })

  it('refuses short and huge moduli, bad exponents and even moduli', () => {
    assertDefect('public_key.rsa_size', () => chain(rsaSpki(goodModulus >> 1n, 65537n)))
    assertDefect('public_key.rsa_size', () => chain(rsaSpki((1n << 8192n) | 1n, 65537n)))
    for (const exponent of [0n, 1n, 2n, 65536n, (1n << 40n) + 1n]) {
      assertDefect('public_key.rsa_exponent', () => chain(rsaSpki(goodModulus, exponent)))
    }
    assertDefect('public_key.rsa_factor', () => chain(rsaSpki(goodModulus - 1n, 65537n)))
  })

  it('imports a key once, however often it is asked', () => {
    const spki = decodeSubjectPublicKeyInfo(testSpki)
    assert.equal(checkChainKey(spki), checkChainKey(spki))
  })

  it('tries a key that OpenSSL does not take once, however often it is asked', async () => {
    countCrypto()
    const spki = decodeSubjectPublicKeyInfo(ecSpki(p256, Uint8Array.of(4, ...new Uint8Array(64))))
    const { keyImports } = await cryptoWorkOf(() => {
      for (let i = 0; i < 3; i++) assertDefect('public_key.unreadable', () => checkChainKey(spki))
    })
    assert.equal(keyImports, 1)
  })

  it('gives a key that node:crypto takes', () => {
    assert.equal(
      chain(testSpki).key.equals(
        createPublicKey({ key: Buffer.from(testSpki), format: 'der', type: 'spki' }),
      ),
      true,
    )
  })
})

// Two odd numbers a few apart around 2^1024: Fermat finds them at once. They need not be prime for that.
function nearSquare(): bigint {
  const base = (1n << 1024n) - 105n
  for (let a = base; ; a -= 2n) {
    const product = a * (a - 1000n)
    if (product.toString(2).length === 2048 && !hasSmallFactor(product)) return product
  }
}

function hasSmallFactor(n: bigint): boolean {
  for (let p = 2n; p < 760n; p++) if (n % p === 0n) return true
  return false
}

// A number that is a power of 65537 modulo every prime up to 167, by the Chinese remainder theorem.
function rocaModulus(): bigint {
  let product = 1n
  for (let n = 3n; n <= 167n; n++) {
    let prime = true
    for (let p = 2n; p < n; p++) if (n % p === 0n) prime = false
    if (prime) product *= n
  }
  const residue = 65537n ** 5n % product
  const start = ((1n << 2047n) / product) * product + residue
  for (let candidate = start; ; candidate += product) {
    if (candidate.toString(2).length === 2048 && candidate % 2n === 1n && !hasSmallFactor(candidate))
      return candidate
  }
}
