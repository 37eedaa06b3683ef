import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto'
import { OID } from '../../../src/core/asn1/oids.ts'
import { encodeNull, encodeOid, encodeSequence } from '../../../src/core/asn1/writer.ts'

/** Kinds of keys that tests use; `rsa1024` is there to be refused. */
export type TestKeyKind = 'p256' | 'p384' | 'ed25519' | 'rsa2048' | 'rsa1024'

/** A key pair that signs like a CA would. */
export interface TestKey {
  readonly kind: TestKeyKind
  readonly spkiDer: Uint8Array
  readonly privateKey: KeyObject
}

/** Makes a key pair. P-256 takes 0.1 ms; RSA some tens of ms, so share those. */
export function makeKey(kind: TestKeyKind = 'p256'): TestKey {
  const { publicKey, privateKey } = generate(kind)
  return { kind, privateKey, spkiDer: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) }
}

function generate(kind: TestKeyKind) {
  switch (kind) {
    case 'p256':
      return generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    case 'p384':
      return generateKeyPairSync('ec', { namedCurve: 'secp384r1' })
    case 'ed25519':
      return generateKeyPairSync('ed25519')
    case 'rsa2048':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
    case 'rsa1024':
      return generateKeyPairSync('rsa', { modulusLength: 1024 })
  }
}

/** Hash of a signature; `sha1` is there to be refused. */
export type TestHash = 'sha1' | 'sha256' | 'sha384'

/** AlgorithmIdentifier of what {@link signWith} does. */
export function signatureAlgorithm(key: TestKey, hash: TestHash): Uint8Array {
  if (key.kind === 'ed25519') return encodeSequence(encodeOid(OID.ed25519))
  if (key.kind === 'p256' || key.kind === 'p384') {
    const oids = { sha1: '1.2.840.10045.4.1', sha256: OID.ecdsaWithSha256, sha384: OID.ecdsaWithSha384 }
    return encodeSequence(encodeOid(oids[hash]))
  }
  const oids = {
    sha1: OID.sha1WithRsaEncryption,
    sha256: OID.sha256WithRsaEncryption,
    sha384: OID.sha384WithRsaEncryption,
  }
  return encodeSequence(encodeOid(oids[hash]), encodeNull())
}

/** Signs bytes. */
export function signWith(key: TestKey, hash: TestHash, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(sign(key.kind === 'ed25519' ? null : hash, bytes, key.privateKey))
}
