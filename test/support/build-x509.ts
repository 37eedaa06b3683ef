import { type KeyObject, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { OID } from '../../src/core/asn1/oids.ts'
import { TAG, contextConstructed } from '../../src/core/asn1/tags.ts'
import {
  encodeBitString,
  encodeElement,
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeTime,
  encodeTrue,
  encodeUtf8String,
} from '../../src/core/asn1/writer.ts'
import { parseHex } from '../../src/core/bytes.ts'

/**
 * Builds certificates, requests and CRLs from encoded parts, so that a test can make any one part wrong and leave the rest
 * right. A part set to an empty array is left out.
 */

/** A fixed P-256 key: the tests of parsers need one that signs, not a secret. */
export const testKey: KeyObject = createPrivateKey({
  format: 'jwk',
  key: {
    kty: 'EC',
    crv: 'P-256',
    // The example of RFC 7515 section A.3.
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
  },
})

export const testSpki: Uint8Array = new Uint8Array(
  createPublicKey(testKey).export({ type: 'spki', format: 'der' }),
)

export const ecdsaWithSha256: Uint8Array = encodeSequence(encodeOid(OID.ecdsaWithSha256))

/** Bytes from hex, with spaces for the reader. */
export function hex(text: string): Uint8Array {
  const bytes = parseHex(text.replaceAll(/\s/g, ''))
  if (bytes === undefined) throw new Error(`not hex: ${text}`)
  return bytes
}

/** A name of one common name. */
export function commonName(text: string): Uint8Array {
  return encodeSequence(
    encodeElement(TAG.set, encodeSequence(encodeOid(OID.commonName), encodeUtf8String(text))),
  )
}

/** One Extension. */
export function extension(oid: string, value: Uint8Array, critical = false): Uint8Array {
  return encodeSequence(encodeOid(oid), ...(critical ? [encodeTrue()] : []), encodeOctetString(value))
}

/** The parts of a certificate, each encoded. */
export interface CertificateParts {
  readonly version: Uint8Array
  readonly serialNumber: Uint8Array
  readonly algorithm: Uint8Array
  readonly issuer: Uint8Array
  readonly validity: Uint8Array
  readonly subject: Uint8Array
  readonly spki: Uint8Array
  readonly uniqueIds: Uint8Array
  readonly extensions: readonly Uint8Array[]
  /** After the extensions, inside what is signed. */
  readonly tail: Uint8Array
  readonly outerAlgorithm: Uint8Array
}

const NOTHING = new Uint8Array(0)

/** Parts of a good certificate. */
export const goodCertificate: CertificateParts = {
  version: encodeElement(contextConstructed(0), encodeInteger(2)),
  serialNumber: encodeInteger(0x1234),
  algorithm: ecdsaWithSha256,
  issuer: commonName('issuer'),
  validity: encodeSequence(
    encodeTime(new Date('2026-01-01T00:00:00Z')),
    encodeTime(new Date('2027-01-01T00:00:00Z')),
  ),
  subject: commonName('subject'),
  spki: testSpki,
  uniqueIds: NOTHING,
  extensions: [
    extension(OID.keyUsage, encodeBitString(Uint8Array.of(0x80), 7), true),
    extension(OID.extKeyUsage, encodeSequence(encodeOid(OID.clientAuth))),
  ],
  tail: NOTHING,
  outerAlgorithm: ecdsaWithSha256,
}

/** Encodes and signs a certificate: the good one with some parts replaced. */
export function buildCertificate(parts: Partial<CertificateParts> = {}): Uint8Array {
  const all = { ...goodCertificate, ...parts }
  const extensions =
    all.extensions.length === 0
      ? []
      : [encodeElement(contextConstructed(3), encodeSequence(...all.extensions))]
  const tbs = encodeSequence(
    all.version,
    all.serialNumber,
    all.algorithm,
    all.issuer,
    all.validity,
    all.subject,
    all.spki,
    all.uniqueIds,
    ...extensions,
    all.tail,
  )
  return envelope(tbs, all.outerAlgorithm)
}

/** A good certificate with these extensions and no others. */
export function certificateWith(...extensions: readonly Uint8Array[]): Uint8Array {
  return buildCertificate({ extensions })
}

/** The parts of a certificate signing request, each encoded. */
export interface CsrParts {
  readonly version: Uint8Array
  readonly subject: Uint8Array
  readonly spki: Uint8Array
  readonly attributes: Uint8Array
  readonly algorithm: Uint8Array
}

/** An attribute with one value. */
export function attribute(oid: string, ...values: readonly Uint8Array[]): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeElement(TAG.set, ...values))
}

/** Encodes and signs a request: a good one with some parts replaced. */
export function buildCsr(parts: Partial<CsrParts> = {}, key: KeyObject = testKey): Uint8Array {
  const all: CsrParts = {
    version: encodeInteger(0),
    subject: commonName('alice'),
    spki: testSpki,
    attributes: encodeElement(contextConstructed(0)),
    algorithm: ecdsaWithSha256,
    ...parts,
  }
  return envelope(encodeSequence(all.version, all.subject, all.spki, all.attributes), all.algorithm, key)
}

/** A request that asks for these extensions. */
export function csrWith(...extensions: readonly Uint8Array[]): Uint8Array {
  const request = attribute(OID.extensionRequest, encodeSequence(...extensions))
  return buildCsr({ attributes: encodeElement(contextConstructed(0), request) })
}

/** The parts of a CRL, each encoded. */
export interface CrlParts {
  readonly version: Uint8Array
  readonly algorithm: Uint8Array
  readonly issuer: Uint8Array
  readonly thisUpdate: Uint8Array
  readonly nextUpdate: Uint8Array
  /** The whole revokedCertificates element. */
  readonly revoked: Uint8Array
  readonly extensions: readonly Uint8Array[]
  readonly tail: Uint8Array
  readonly outerAlgorithm: Uint8Array
}

/** One entry of a CRL. */
export function crlEntry(serialNumber: Uint8Array, ...extensions: readonly Uint8Array[]): Uint8Array {
  return encodeSequence(
    serialNumber,
    encodeTime(new Date('2026-01-01T00:00:00Z')),
    ...(extensions.length === 0 ? [] : [encodeSequence(...extensions)]),
  )
}

/** A reasonCode extension. */
export function reasonCode(code: number): Uint8Array {
  return extension(OID.reasonCode, encodeElement(TAG.enumerated, Uint8Array.of(code)))
}

/** Encodes and signs a CRL: a good one with some parts replaced. */
export function buildCrl(parts: Partial<CrlParts> = {}): Uint8Array {
  const all: CrlParts = {
    version: encodeInteger(1),
    algorithm: ecdsaWithSha256,
    issuer: commonName('issuer'),
    thisUpdate: encodeTime(new Date('2026-01-01T00:00:00Z')),
    nextUpdate: encodeTime(new Date('2026-01-02T00:00:00Z')),
    revoked: encodeSequence(crlEntry(encodeInteger(7), reasonCode(1))),
    extensions: [extension(OID.crlNumber, encodeInteger(5))],
    tail: NOTHING,
    outerAlgorithm: ecdsaWithSha256,
    ...parts,
  }
  const extensions =
    all.extensions.length === 0
      ? []
      : [encodeElement(contextConstructed(0), encodeSequence(...all.extensions))]
  const tbs = encodeSequence(
    all.version,
    all.algorithm,
    all.issuer,
    all.thisUpdate,
    all.nextUpdate,
    all.revoked,
    ...extensions,
    all.tail,
  )
  return envelope(tbs, all.outerAlgorithm)
}

/** A good CRL with these entries. */
export function crlWithEntries(...entries: readonly Uint8Array[]): Uint8Array {
  return buildCrl({ revoked: encodeSequence(...entries) })
}

/** A good CRL with these extensions and no others. */
export function crlWith(...extensions: readonly Uint8Array[]): Uint8Array {
  return buildCrl({ extensions })
}

function envelope(tbs: Uint8Array, algorithm: Uint8Array, key: KeyObject = testKey): Uint8Array {
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  return encodeSequence(tbs, algorithm, encodeBitString(sign(hash, tbs, key)))
}
