import { OID } from '../asn1/oids.ts'
import { DerReader, enterDer } from '../asn1/reader.ts'
import { TAG, contextConstructed } from '../asn1/tags.ts'
import { decodeOctetAlignedBitString, decodeSmallInteger } from '../asn1/values.ts'
import { MalformedError } from '../errors.ts'
import { MAX_OCSP_CERTIFICATES, MAX_OCSP_NONCE_BYTES, MAX_OCSP_REQUEST_BYTES } from '../limits.ts'
import { parseAlgorithmIdentifier } from '../x509/algorithm.ts'
import { parseExtensions } from '../x509/extensions.ts'
import type { Extension } from '../x509/types.ts'
import { type CertId, parseCertId } from './cert-id.ts'

/** What a stranger asks of an OCSP responder. */
export interface OcspRequest {
  /** One to {@link MAX_OCSP_CERTIFICATES}, in the order of the request. */
  readonly certIds: readonly CertId[]
  /** Content of the nonce's OCTET STRING, to be echoed. */
  readonly nonce: Uint8Array | undefined
}

/**
 * Parses an OCSPRequest (RFC 6960 section 4.1.1). A signature is read past, as RFC 5019 section 2.1.1 allows: who asks changes
 * nothing of the answer, so checking it would be work for nothing.
 *
 * @throws {@link MalformedError} `ocsp.*`, `der.*`, `extension.*`, `algorithm.*`, `serial_number.*`
 */
export function parseOcspRequest(der: Uint8Array): OcspRequest {
  if (der.length > MAX_OCSP_REQUEST_BYTES)
    throw new MalformedError('ocsp.too_large', 'a request is too large')
  const outer = enterDer(der, TAG.sequence)
  const tbs = outer.enter(TAG.sequence)
  const signature = outer.enterOptional(contextConstructed(0))
  if (signature) skipSignature(signature)
  outer.end()
  return parseTbsRequest(tbs)
}

function parseTbsRequest(tbs: DerReader): OcspRequest {
  const version = tbs.enterOptional(contextConstructed(0))
  if (version) refuseVersion(version)
  tbs.enterOptional(contextConstructed(1)) // requestorName: whoever it is gets the same answer
  const certIds = parseRequestList(tbs.enter(TAG.sequence))
  const extensions = parseOptionalExtensions(tbs, 2)
  tbs.end()
  const nonce = extensions.get(OID.ocspNonce)
  refuseUnknownCritical(extensions, [OID.ocspNonce])
  return { certIds, nonce: nonce && decodeNonce(nonce.value) }
}

/** There is one version, and DER does not write it, because it is the default. */
function refuseVersion(reader: DerReader): never {
  if (decodeSmallInteger(reader.read(TAG.integer)) === 0)
    throw new MalformedError('der.default_encoded', 'a request spells out version 1')
  throw new MalformedError('ocsp.version', 'a request has another version than 1')
}

function parseRequestList(list: DerReader): CertId[] {
  const certIds: CertId[] = []
  do {
    if (certIds.length === MAX_OCSP_CERTIFICATES)
      throw new MalformedError(
        'ocsp.too_many',
        `more than ${MAX_OCSP_CERTIFICATES} certificates in one request`,
      )
    const request = list.enter(TAG.sequence)
    certIds.push(parseCertId(request.read(TAG.sequence)))
    refuseUnknownCritical(parseOptionalExtensions(request, 0), [])
    request.end()
  } while (!list.done)
  return certIds
}

function parseOptionalExtensions(reader: DerReader, tag: number): ReadonlyMap<string, Extension> {
  const field = reader.enterOptional(contextConstructed(tag))
  if (!field) return new Map()
  const extensions = parseExtensions(field.enter(TAG.sequence))
  field.end()
  return extensions
}

/** RFC 6960 section 4.4: an extension that is not understood may be passed over only if it is not critical. */
function refuseUnknownCritical(extensions: ReadonlyMap<string, Extension>, known: readonly string[]): void {
  for (const { oid, critical } of extensions.values()) {
    if (critical && !known.includes(oid))
      throw new MalformedError('ocsp.critical_extension', `critical extension ${oid} is not understood`)
  }
}

/** RFC 9654 section 2.1: 1 to 128 octets, and all else is malformed. */
function decodeNonce(value: Uint8Array): Uint8Array {
  const reader = new DerReader(value)
  const nonce = reader.read(TAG.octetString).content
  reader.end()
  if (nonce.length === 0 || nonce.length > MAX_OCSP_NONCE_BYTES)
    throw new MalformedError('ocsp.nonce', `a nonce has 1 to ${MAX_OCSP_NONCE_BYTES} octets`)
  return nonce
}

function skipSignature(field: DerReader): void {
  const signature = field.enter(TAG.sequence)
  field.end()
  parseAlgorithmIdentifier(signature.readAny())
  decodeOctetAlignedBitString(signature.read(TAG.bitString))
  signature.enterOptional(contextConstructed(0)) // certificates
  signature.end()
}
