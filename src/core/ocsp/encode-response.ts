import { OID } from '../asn1/oids.ts'
import { TAG, contextConstructed, contextPrimitive } from '../asn1/tags.ts'
import {
  encodeBitString,
  encodeElement,
  encodeGeneralizedTime,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../asn1/writer.ts'
import { encodeExtension, encodeExtensions } from '../issuance/encode-extension.ts'
import { type SigningAlgorithm, encodeSigningAlgorithm } from '../issuance/signing-algorithm.ts'
import { REASON_CODES } from '../revocation/encode-crl.ts'
import type { CrlReason } from '../x509/types.ts'

/** What is said of one certificate. `unknown` is one that was never issued: nobody can have revoked it. */
export type CertificateStanding =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked'; readonly revokedAt: Date; readonly reason: CrlReason }
  | { readonly kind: 'unknown' }

/** Answer about one certificate, RFC 6960 section 4.2.1. */
export interface SingleResponse {
  /** The CertID of the question, as it was sent. */
  readonly certIdDer: Uint8Array
  readonly standing: CertificateStanding
  /** When the standing was known to be this. */
  readonly thisUpdate: Date
  /** After this instant nobody may rely on it any more. */
  readonly nextUpdate: Date
}

/** Everything of a basic response but its signature. */
export interface ResponseDataInput {
  /** SHA-1 of the key bits of the responder's certificate: the one form of a KeyHash that there is. */
  readonly responderKeyHash: Uint8Array
  readonly producedAt: Date
  readonly responses: readonly SingleResponse[]
  readonly nonce: Uint8Array | undefined
}

/** Encodes ResponseData, which is what the responder signs. */
export function encodeResponseData(input: ResponseDataInput): Uint8Array {
  const responderId = encodeElement(contextConstructed(2), encodeOctetString(input.responderKeyHash))
  const fields = [
    responderId,
    encodeGeneralizedTime(input.producedAt),
    encodeSequence(...input.responses.map(encodeSingleResponse)),
  ]
  if (input.nonce)
    fields.push(encodeExtensions(1, [encodeExtension(OID.ocspNonce, false, encodeOctetString(input.nonce))]))
  return encodeSequence(...fields)
}

/** Completes a successful OCSPResponse from its signed part; the certificate is the responder's, by which clients check the signature. */
export function assembleOcspResponse(
  responseData: Uint8Array,
  algorithm: SigningAlgorithm,
  signature: Uint8Array,
  certificateDer: Uint8Array,
): Uint8Array {
  const basic = encodeSequence(
    responseData,
    encodeSigningAlgorithm(algorithm),
    encodeBitString(signature),
    encodeElement(contextConstructed(0), encodeSequence(certificateDer)),
  )
  const bytes = encodeSequence(encodeOid(OID.ocspBasic), encodeOctetString(basic))
  return encodeSequence(encodeEnumerated(SUCCESSFUL), encodeElement(contextConstructed(0), bytes))
}

/** OCSPResponseStatus of an answer that answers nothing. */
export type OcspError = 'malformedRequest' | 'internalError' | 'tryLater' | 'unauthorized'

const SUCCESSFUL = 0
const ERROR_CODES: Readonly<Record<OcspError, number>> = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  unauthorized: 6,
}

/** Encodes an error, which is never signed (RFC 6960 section 2.3). */
export function encodeOcspError(error: OcspError): Uint8Array {
  return encodeSequence(encodeEnumerated(ERROR_CODES[error]))
}

function encodeSingleResponse({ certIdDer, standing, thisUpdate, nextUpdate }: SingleResponse): Uint8Array {
  return encodeSequence(
    certIdDer,
    encodeStanding(standing),
    encodeGeneralizedTime(thisUpdate),
    encodeElement(contextConstructed(0), encodeGeneralizedTime(nextUpdate)),
  )
}

function encodeStanding(standing: CertificateStanding): Uint8Array {
  switch (standing.kind) {
    case 'good':
      return encodeElement(contextPrimitive(0))
    case 'unknown':
      return encodeElement(contextPrimitive(2))
    case 'revoked': {
      const revokedAt = encodeGeneralizedTime(standing.revokedAt)
      // Left out where none was given, as in a list.
      if (standing.reason === 'unspecified') return encodeElement(contextConstructed(1), revokedAt)
      const reason = encodeElement(contextConstructed(0), encodeEnumerated(REASON_CODES[standing.reason]))
      return encodeElement(contextConstructed(1), revokedAt, reason)
    }
  }
}

function encodeEnumerated(code: number): Uint8Array {
  return encodeElement(TAG.enumerated, Uint8Array.of(code))
}
