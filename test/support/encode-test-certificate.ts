import { type KeyObject, createPublicKey, sign } from 'node:crypto'
import { OID } from '../../src/core/asn1/oids.ts'
import { TAG, contextConstructed, contextPrimitive } from '../../src/core/asn1/tags.ts'
import {
  encodeBitString,
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeTime,
  encodeTrue,
  encodeUnsigned,
  encodeUtf8String,
} from '../../src/core/asn1/writer.ts'
import { encodeUtf8 } from '../../src/core/bytes.ts'
import { sha256 } from '../../src/core/crypto.ts'
import { signEcdsaDer } from './deterministic-signature.ts'

/** An extension to encode; `value` is the content of its OCTET STRING. */
export interface TestExtension {
  readonly oid: string
  readonly critical?: boolean
  readonly value: Uint8Array
}

/** Everything that a test may want to get wrong in a certificate. No policy, no lint. */
export interface TestCertificateOptions {
  readonly serialNumber: Uint8Array
  /** A common name, or a whole name in DER. */
  readonly issuer: string | Uint8Array
  readonly subject: string | Uint8Array
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKey: KeyObject
  readonly signer: KeyObject
  readonly extensions: readonly TestExtension[]
  readonly hash?: 'sha1' | 'sha256'
}

/** Encodes and signs a certificate exactly as asked. */
export function encodeTestCertificate(options: TestCertificateOptions): Uint8Array {
  const { signer, hash = 'sha256' } = options
  const algorithm = signatureAlgorithm(signer, hash)
  const tbs = encodeSequence(
    encodeElement(contextConstructed(0), encodeInteger(2)),
    encodeUnsigned(options.serialNumber),
    algorithm,
    encodeTestName(options.issuer),
    encodeSequence(encodeTime(options.notBefore), encodeTime(options.notAfter)),
    encodeTestName(options.subject),
    spkiOf(options.publicKey),
    encodeElement(contextConstructed(3), encodeSequence(...options.extensions.map(encodeExtension))),
  )
  const signature =
    signer.asymmetricKeyType === 'ec'
      ? signEcdsaDer(signer, 'sha256', tbs)
      : sign(signer.asymmetricKeyType === 'ed25519' ? null : hash, tbs, signer)
  return encodeSequence(tbs, algorithm, encodeBitString(signature))
}

/** The extensions of a CA certificate. */
export function authorityExtensions(
  publicKey: KeyObject,
  issuerKey: KeyObject,
  pathLength?: number,
): readonly TestExtension[] {
  const constraints = pathLength === undefined ? [encodeTrue()] : [encodeTrue(), encodeInteger(pathLength)]
  return [
    { oid: OID.basicConstraints, critical: true, value: encodeSequence(...constraints) },
    // keyCertSign (5) and cRLSign (6).
    { oid: OID.keyUsage, critical: true, value: encodeBitString(Uint8Array.of(0x06), 1) },
    ...identifierExtensions(publicKey, issuerKey),
  ]
}

/** The extensions of a client's certificate; each can be left out or replaced by filtering on its OID. */
export function clientExtensions(
  publicKey: KeyObject,
  issuerKey: KeyObject,
  options: { readonly uris: readonly string[]; readonly scopes: readonly string[] },
): readonly TestExtension[] {
  return [
    { oid: OID.keyUsage, critical: true, value: encodeBitString(Uint8Array.of(0x80), 7) },
    { oid: OID.extKeyUsage, value: encodeSequence(encodeOid(OID.clientAuth)) },
    { oid: OID.subjectAltName, value: encodeSequence(...options.uris.map(encodeUri)) },
    { oid: OID.scopeExtension, value: encodeScopes(options.scopes) },
    ...identifierExtensions(publicKey, issuerKey),
  ]
}

/** The scope extension's value, whatever the scopes are. */
export function encodeScopes(scopes: readonly string[], version = 1): Uint8Array {
  return encodeSequence(encodeInteger(version), encodeSequence(...scopes.map(encodeUtf8String)))
}

/** SubjectPublicKeyInfo of a public or private key. */
export function spkiOf(key: KeyObject): Uint8Array {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  return new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }))
}

function encodeUri(uri: string): Uint8Array {
  return encodeElement(contextPrimitive(6), encodeUtf8(uri))
}

function identifierExtensions(publicKey: KeyObject, issuerKey: KeyObject): readonly TestExtension[] {
  return [
    { oid: OID.subjectKeyIdentifier, value: encodeOctetString(keyIdentifier(publicKey)) },
    {
      oid: OID.authorityKeyIdentifier,
      value: encodeSequence(encodeElement(contextPrimitive(0), keyIdentifier(issuerKey))),
    },
  ]
}

export function keyIdentifier(key: KeyObject): Uint8Array {
  return sha256(spkiOf(key)).subarray(0, 20)
}

function encodeTestName(name: string | Uint8Array): Uint8Array {
  return typeof name === 'string' ? encodeCommonName(name) : name
}

export function encodeCommonName(name: string): Uint8Array {
  const attribute = encodeSequence(encodeOid(OID.commonName), encodeUtf8String(name))
  return encodeSequence(encodeElement(TAG.set, attribute))
}

export function encodeExtension({ oid, critical, value }: TestExtension): Uint8Array {
  const parts = [encodeOid(oid), encodeOctetString(value)]
  if (critical) parts.splice(1, 0, encodeTrue())
  return encodeSequence(...parts)
}

function signatureAlgorithm(key: KeyObject, hash: 'sha1' | 'sha256'): Uint8Array {
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return encodeSequence(encodeOid(OID.ed25519))
    case 'ec':
      return encodeSequence(encodeOid(OID.ecdsaWithSha256))
    default:
      return encodeSequence(
        encodeOid(hash === 'sha1' ? OID.sha1WithRsaEncryption : OID.sha256WithRsaEncryption),
        encodeNull(),
      )
  }
}
