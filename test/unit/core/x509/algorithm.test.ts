import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OID } from '../../../../src/core/asn1/oids.ts'
import { DerReader } from '../../../../src/core/asn1/reader.ts'
import { contextConstructed } from '../../../../src/core/asn1/tags.ts'
import {
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOid,
  encodeSequence,
} from '../../../../src/core/asn1/writer.ts'
import { parseAlgorithmIdentifier, readSignatureAlgorithm } from '../../../../src/core/x509/algorithm.ts'
import { checkPublicKey, decodeSubjectPublicKeyInfo } from '../../../../src/core/x509/public-key.ts'
import { certificateSignatureScheme } from '../../../../src/core/x509/signature-scheme.ts'
import { hex, testSpki } from '../../../support/build-x509.ts'

const algorithm = (oid: string, ...parameters: Uint8Array[]) =>
  parseAlgorithmIdentifier(new DerReader(encodeSequence(encodeOid(oid), ...parameters)).readAny())
const read = (oid: string, ...parameters: Uint8Array[]) =>
  readSignatureAlgorithm(algorithm(oid, ...parameters))
const refusal = (oid: string, ...parameters: Uint8Array[]) => {
  const result = read(oid, ...parameters)
  return result.ok ? 'accepted' : result.refusal
}

interface Pss {
  readonly hash?: Uint8Array
  readonly mask?: Uint8Array
  readonly salt?: Uint8Array
  readonly trailer?: Uint8Array
}

const digest = (oid: string) => encodeSequence(encodeOid(oid), encodeNull())
const mgf1 = (oid: string) => encodeSequence(encodeOid(OID.mgf1), digest(oid))
const field = (number: number, value: Uint8Array | undefined) =>
  value === undefined ? [] : [encodeElement(contextConstructed(number), value)]
const pss = ({ hash, mask, salt, trailer }: Pss) =>
  encodeSequence(...field(0, hash), ...field(1, mask), ...field(2, salt), ...field(3, trailer))
const goodPss: Pss = { hash: digest(OID.sha384), mask: mgf1(OID.sha384), salt: encodeInteger(48) }

describe('readSignatureAlgorithm', () => {
  it('reads RSA with NULL or without parameters', () => {
    const expected = { ok: true, keyType: 'rsa', scheme: { kind: 'rsa-pkcs1', hash: 'sha256' } }
    assert.deepEqual(read(OID.sha256WithRsaEncryption, encodeNull()), expected)
    assert.deepEqual(read(OID.sha256WithRsaEncryption), expected)
    assert.equal(refusal(OID.sha256WithRsaEncryption, encodeSequence()), 'malformed')
    assert.equal(refusal(OID.sha256WithRsaEncryption, hex('050100')), 'malformed')
  })

  it('reads ECDSA and Ed25519 without parameters only', () => {
    assert.deepEqual(read(OID.ecdsaWithSha512), {
      ok: true,
      keyType: 'ec',
      scheme: { kind: 'ecdsa', hash: 'sha512' },
    })
    assert.deepEqual(read(OID.ed25519), { ok: true, keyType: 'ed25519', scheme: { kind: 'ed25519' } })
    assert.equal(refusal(OID.ecdsaWithSha256, encodeNull()), 'malformed')
    assert.equal(refusal(OID.ed25519, encodeNull()), 'malformed')
  })

  it('calls MD2, MD4, MD5 and SHA-1 weak, and the rest unsupported', () => {
    for (const last of [2, 3, 4, 5]) assert.equal(refusal(`1.2.840.113549.1.1.${last}`, encodeNull()), 'weak')
    for (const oid of ['1.2.840.10045.4.1', '1.2.840.10040.4.3', '1.3.14.3.2.29'])
      assert.equal(refusal(oid), 'weak')
    // SHA-224 with RSA and ECDSA, Ed448, DSA with SHA-256, a private OID.
    for (const oid of [
      '1.2.840.113549.1.1.14',
      '1.2.840.10045.4.3.1',
      '1.3.101.113',
      '2.16.840.1.101.3.4.3.2',
      '1.2.3',
    ]) {
      assert.equal(refusal(oid), 'unsupported', oid)
    }
  })

  it('reads RSASSA-PSS with one hash, a salt as long, and trailer 1 left out or written', () => {
    const expected = { ok: true, keyType: 'rsa', scheme: { kind: 'rsa-pss', hash: 'sha384', saltBytes: 48 } }
    assert.deepEqual(read(OID.rsassaPss, pss(goodPss)), expected)
    assert.deepEqual(read(OID.rsassaPss, pss({ ...goodPss, trailer: encodeInteger(1) })), expected)
    assert.deepEqual(
      read(OID.rsassaPss, pss({ ...goodPss, hash: encodeSequence(encodeOid(OID.sha384)) })),
      expected,
    )
  })

  const sha1 = '1.3.14.3.2.26'
  const refusals: readonly (readonly [what: string, parameters: Uint8Array[], refusal: string])[] = [
    ['no parameters', [], 'malformed'],
    ['NULL', [encodeNull()], 'malformed'],
    ['the defaults, which are SHA-1', [pss({})], 'weak'],
    ['a mask function left out', [pss({ hash: digest(OID.sha256), salt: encodeInteger(32) })], 'weak'],
    ['SHA-1', [pss({ hash: digest(sha1), mask: mgf1(sha1), salt: encodeInteger(20) })], 'weak'],
    ['a mask with SHA-1', [pss({ ...goodPss, mask: mgf1(sha1) })], 'weak'],
    ['two hashes', [pss({ ...goodPss, mask: mgf1(OID.sha256) })], 'unsupported'],
    ['SHA-224', [pss({ ...goodPss, hash: digest('2.16.840.1.101.3.4.2.4') })], 'unsupported'],
    ['the default salt length', [pss({ hash: goodPss.hash!, mask: goodPss.mask! })], 'unsupported'],
    ['a short salt', [pss({ ...goodPss, salt: encodeInteger(0) })], 'unsupported'],
    ['a negative salt length', [pss({ ...goodPss, salt: hex('0201ff') })], 'malformed'],
    ['trailer 2', [pss({ ...goodPss, trailer: encodeInteger(2) })], 'unsupported'],
    [
      'another mask function',
      [pss({ ...goodPss, mask: encodeSequence(encodeOid('1.2.3'), digest(OID.sha384)) })],
      'malformed',
    ],
    [
      'a mask function without hash',
      [pss({ ...goodPss, mask: encodeSequence(encodeOid(OID.mgf1)) })],
      'malformed',
    ],
    [
      'a hash with parameters',
      [pss({ ...goodPss, hash: encodeSequence(encodeOid(OID.sha384), encodeInteger(1)) })],
      'malformed',
    ],
    [
      'something after',
      [
        encodeSequence(
          ...field(0, goodPss.hash),
          ...field(1, goodPss.mask),
          ...field(2, goodPss.salt),
          encodeNull(),
        ),
      ],
      'malformed',
    ],
  ]
  for (const [what, parameters, expected] of refusals) {
    it(`refuses RSASSA-PSS with ${what}: ${expected}`, () =>
      assert.equal(refusal(OID.rsassaPss, ...parameters), expected))
  }
})

describe('certificateSignatureScheme', () => {
  it('refuses an algorithm that does not belong to the key', () => {
    const key = checkPublicKey(decodeSubjectPublicKeyInfo(testSpki))
    assert.equal(certificateSignatureScheme(algorithm(OID.ecdsaWithSha384), key).ok, true)
    for (const oid of [OID.sha256WithRsaEncryption, OID.ed25519]) {
      const result = certificateSignatureScheme(algorithm(oid), key)
      assert.equal(result.ok ? 'accepted' : result.refusal, 'key_mismatch')
    }
  })
})
