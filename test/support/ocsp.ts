import { OID } from '../../src/core/asn1/oids.ts'
import { type DerElement, DerReader, enterDer } from '../../src/core/asn1/reader.ts'
import { TAG, contextConstructed, contextPrimitive } from '../../src/core/asn1/tags.ts'
import {
  decodeNull,
  decodeOctetAlignedBitString,
  decodeOid,
  decodeSmallInteger,
  decodeTime,
} from '../../src/core/asn1/values.ts'
import {
  encodeElement,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from '../../src/core/asn1/writer.ts'
import { equalBytes, parseHex } from '../../src/core/bytes.ts'
import { hash, verifySignatureSync } from '../../src/core/crypto.ts'
import { MalformedError } from '../../src/core/errors.ts'
import { encodeExtension, encodeExtensions } from '../../src/core/issuance/encode-extension.ts'
import { type CertId, parseCertId } from '../../src/core/ocsp/cert-id.ts'
import { parseAlgorithmIdentifier } from '../../src/core/x509/algorithm.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import { parseExtensions } from '../../src/core/x509/extensions.ts'
import { checkChainKey } from '../../src/core/x509/public-key.ts'
import { certificateSignatureScheme } from '../../src/core/x509/signature-scheme.ts'
import type { AlgorithmIdentifier, Certificate, SubjectPublicKeyInfo } from '../../src/core/x509/types.ts'

/** A CertID, by default in the form that openssl sends. */
export function encodeCertId(
  issuer: Pick<Certificate, 'subject' | 'publicKey'>,
  serialNumber: string,
  hashName: 'sha1' | 'sha256' | 'sha512' = 'sha1',
  parameters: Uint8Array = encodeNull(),
): Uint8Array {
  return encodeSequence(
    encodeSequence(encodeOid(OID[hashName]), parameters),
    encodeOctetString(hash(hashName, issuer.subject.der)),
    encodeOctetString(hash(hashName, issuer.publicKey.keyBytes)),
    encodeUnsigned(parseHex(serialNumber)!),
  )
}

/** Parts of an OCSPRequest that a test chooses; `extra` stands at the end of the TBSRequest. */
export interface OcspRequestParts {
  readonly nonce?: Uint8Array
  readonly before?: readonly Uint8Array[]
  readonly extensions?: readonly Uint8Array[]
  readonly signature?: Uint8Array
}

/** Encodes an OCSPRequest about these CertIDs. */
export function encodeOcspRequest(certIds: readonly Uint8Array[], parts: OcspRequestParts = {}): Uint8Array {
  const extensions = [...(parts.extensions ?? [])]
  if (parts.nonce) extensions.push(encodeNonce(parts.nonce))
  return encodeSequence(
    encodeSequence(
      ...(parts.before ?? []),
      encodeSequence(...certIds.map((certId) => encodeSequence(certId))),
      ...(extensions.length > 0 ? [encodeExtensions(2, extensions)] : []),
    ),
    ...(parts.signature ? [encodeElement(contextConstructed(0), parts.signature)] : []),
  )
}

export function encodeNonce(nonce: Uint8Array): Uint8Array {
  return encodeExtension(OID.ocspNonce, false, encodeOctetString(nonce))
}

/** What a client reads of one certificate. */
export interface ReadSingleResponse {
  readonly certId: CertId
  readonly kind: 'good' | 'revoked' | 'unknown'
  readonly revokedAt: Date | undefined
  /** Number of the CRLReason. */
  readonly reason: number | undefined
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

/** A successful response, its signature checked. */
export interface ReadOcspResponse {
  readonly producedAt: Date
  readonly responses: readonly ReadSingleResponse[]
  readonly nonce: Uint8Array | undefined
  readonly responder: Certificate
}

/** OCSPResponseStatus of a response; 0 is successful. */
export function ocspStatusOf(der: Uint8Array): number {
  return decodeSmallInteger(enterDer(der, TAG.sequence).read(TAG.enumerated))
}

/**
 * Reads a response as strictly as a careful client and checks it up to the issuer: the responder's certificate is signed by it, is good for OCSP at the
 * instant, has the key that the response names, and signed the response.
 *
 * @throws MalformedError for whatever is wrong
 */
export function readOcspResponse(der: Uint8Array, issuer: Certificate, at: Date): ReadOcspResponse {
  const outer = enterDer(der, TAG.sequence)
  expect(decodeSmallInteger(outer.read(TAG.enumerated)) === 0, 'status')
  const bytes = single(outer.enter(contextConstructed(0))).enter(TAG.sequence)
  outer.end()
  expect(decodeOid(bytes.read(TAG.oid)) === OID.ocspBasic, 'type')
  const basic = enterDer(bytes.read(TAG.octetString).content, TAG.sequence)
  bytes.end()
  const data = basic.read(TAG.sequence)
  const algorithm = parseAlgorithmIdentifier(basic.readAny())
  const signature = decodeOctetAlignedBitString(basic.read(TAG.bitString))
  const certificates = single(basic.enter(contextConstructed(0))).enter(TAG.sequence)
  basic.end()
  const responder = parseCertificate(certificates.read(TAG.sequence).der)
  certificates.end()
  checkResponder(responder, issuer, at)
  expect(isSignedBy(data.der, algorithm, signature, responder.publicKey), 'signature')
  return { ...readResponseData(data, responder), responder }
}

function readResponseData(data: DerElement, responder: Certificate) {
  const reader = new DerReader(data.content)
  const keyHash = single(reader.enter(contextConstructed(2))).read(TAG.octetString).content
  expect(equalBytes(keyHash, hash('sha1', responder.publicKey.keyBytes)), 'responder_id')
  const producedAt = decodeTime(reader.read(TAG.generalizedTime))
  const list = reader.enter(TAG.sequence)
  const responses = []
  while (!list.done) responses.push(readSingleResponse(list.enter(TAG.sequence)))
  const field = reader.enterOptional(contextConstructed(1))
  const extension = field && parseExtensions(field.enter(TAG.sequence)).get(OID.ocspNonce)
  reader.end()
  const nonce = extension && new DerReader(extension.value).read(TAG.octetString).content
  return { producedAt, responses, nonce }
}

function readSingleResponse(reader: DerReader): ReadSingleResponse {
  const certId = parseCertId(reader.read(TAG.sequence))
  const standing = readStanding(reader)
  const thisUpdate = decodeTime(reader.read(TAG.generalizedTime))
  const nextUpdate = decodeTime(single(reader.enter(contextConstructed(0))).read(TAG.generalizedTime))
  reader.end()
  return { certId, ...standing, thisUpdate, nextUpdate }
}

function readStanding(reader: DerReader) {
  if (reader.nextTag !== contextConstructed(1)) {
    const kind = reader.nextTag === contextPrimitive(0) ? 'good' : 'unknown'
    decodeNull(reader.read(kind === 'good' ? contextPrimitive(0) : contextPrimitive(2)))
    return { kind, revokedAt: undefined, reason: undefined } as const
  }
  const info = reader.enter(contextConstructed(1))
  const revokedAt = decodeTime(info.read(TAG.generalizedTime))
  const field = info.enterOptional(contextConstructed(0))
  const reason = field && decodeSmallInteger(field.read(TAG.enumerated))
  info.end()
  return { kind: 'revoked', revokedAt, reason } as const
}

function checkResponder(responder: Certificate, issuer: Certificate, at: Date): void {
  expect(equalBytes(responder.issuer.der, issuer.subject.der), 'issuer')
  expect(responder.notBefore <= at && at <= responder.notAfter, 'validity')
  expect(responder.extendedKeyUsage?.join() === OID.ocspSigning, 'purpose')
  expect(responder.extensions.has(OID.ocspNoCheck), 'no_check')
  const { tbsDer, signatureAlgorithm, signature } = responder
  expect(isSignedBy(tbsDer, signatureAlgorithm, signature, issuer.publicKey), 'certificate_signature')
}

function isSignedBy(
  message: Uint8Array,
  algorithm: AlgorithmIdentifier,
  signature: Uint8Array,
  publicKey: SubjectPublicKeyInfo,
): boolean {
  const accepted = checkChainKey(publicKey)
  const scheme = certificateSignatureScheme(algorithm, accepted)
  return scheme.ok && verifySignatureSync(accepted.key, scheme.scheme, message, signature)
}

/** A reader whose content must be one element. */
function single(reader: DerReader): DerReader {
  const element = reader.readAny()
  reader.end()
  return new DerReader(element.der)
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new MalformedError(`response.${what}`, 'the response does not hold')
}
