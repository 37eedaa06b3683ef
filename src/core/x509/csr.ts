import { type DerReader, enterDer } from '../asn1/reader.ts'
import { OID } from '../asn1/oids.ts'
import { TAG, contextConstructed } from '../asn1/tags.ts'
import { checkDer, decodeOctetAlignedBitString, decodeOid, decodeSmallInteger } from '../asn1/values.ts'
import { DomainError, MalformedError } from '../errors.ts'
import { MAX_CSR_BYTES, MAX_EXTENSIONS } from '../limits.ts'
import { parseAlgorithmIdentifier } from './algorithm.ts'
import { decodeAlternativeName } from './certificate-extensions.ts'
import { parseExtensions } from './extensions.ts'
import { parseName } from './name.ts'
import { type AcceptedKey, checkPublicKey, parseSubjectPublicKeyInfo } from './public-key.ts'
import { verifyStrictly } from './signature-form.ts'
import { certificateSignatureScheme } from './signature-scheme.ts'
import type { CertificateSigningRequest, Extension } from './types.ts'

/**
 * Parses a certificate signing request (RFC 2986 section 4) strictly.
 *
 * @throws {@link MalformedError} on any deviation.
 */
export function parseCsr(der: Uint8Array): CertificateSigningRequest {
  if (der.length > MAX_CSR_BYTES) {
    throw new MalformedError('csr.too_large', `a request of more than ${MAX_CSR_BYTES} octets`)
  }
  const outer = enterDer(der, TAG.sequence)
  const infoElement = outer.read(TAG.sequence)
  const signatureAlgorithm = parseAlgorithmIdentifier(outer.readAny())
  const signature = decodeOctetAlignedBitString(outer.read(TAG.bitString))
  outer.end()

  const info = outer.into(infoElement)
  if (decodeSmallInteger(info.read(TAG.integer)) !== 0) {
    throw new MalformedError('csr.version', 'the version of a request is not 0 (v1)')
  }
  const subject = parseName(info.readAny())
  const publicKey = parseSubjectPublicKeyInfo(info.readAny())
  const requestedExtensions = readAttributes(info.enter(contextConstructed(0)))
  info.end()
  const names = requestedExtensions.get(OID.subjectAltName)
  return {
    der,
    infoDer: infoElement.der,
    subject,
    publicKey,
    requestedExtensions,
    requestedSubjectAltName: names && decodeAlternativeName(names.value),
    signatureAlgorithm,
    signature,
  }
}

// Attributes that we do not know, such as challengePassword, are only checked to be DER and then ignored.
function readAttributes(reader: DerReader): ReadonlyMap<string, Extension> {
  const seen = new Set<string>()
  let extensions: ReadonlyMap<string, Extension> = new Map()
  while (!reader.done) {
    const attribute = reader.enter(TAG.sequence)
    const oid = decodeOid(attribute.read(TAG.oid))
    const values = attribute.read(TAG.set)
    attribute.end()
    if (seen.has(oid)) throw new MalformedError('csr.attribute_duplicate', `attribute ${oid} occurs twice`)
    if (seen.size === MAX_EXTENSIONS)
      throw new MalformedError('csr.too_many_attributes', 'too many attributes')
    seen.add(oid)
    if (values.content.length === 0)
      throw new MalformedError('csr.attribute_empty', `attribute ${oid} has no value`)
    if (oid === OID.extensionRequest) {
      // Single-valued (RFC 2985 section 5.4.2).
      const set = attribute.into(values)
      extensions = parseExtensions(set.enter(TAG.sequence))
      set.end()
    } else {
      checkDer(values.content)
    }
  }
  return extensions
}

/**
 * Checks proof of possession: the key that the request names must be acceptable and have signed the request.
 *
 * @throws {@link MalformedError} `public_key.*` for a key that we do not certify.
 * @throws {@link DomainError} CSR_SIGNATURE_INVALID
 */
export async function verifyCsr(csr: CertificateSigningRequest): Promise<AcceptedKey> {
  const key = checkPublicKey(csr.publicKey)
  const scheme = certificateSignatureScheme(csr.signatureAlgorithm, key)
  if (!scheme.ok)
    throw new DomainError('CSR_SIGNATURE_INVALID', `The request's signature is refused: ${scheme.message}.`)
  if (!(await verifyStrictly(key, scheme.scheme, csr.infoDer, csr.signature))) {
    throw new DomainError(
      'CSR_SIGNATURE_INVALID',
      'The signature of the request does not match the key in it. Sign the request with that key and send it again.',
    )
  }
  return key
}
