import { TAG } from '../asn1/tags.ts'
import { encodeBitString, encodeHeader, encodeSequence } from '../asn1/writer.ts'
import { concatBytes } from '../bytes.ts'
import { type SigningAlgorithm, encodeSigningAlgorithm } from './signing-algorithm.ts'

/**
 * Joins a to-be-signed part and its signature. Certificates (RFC 5280 section 4.1), CRLs (5.1) and CSRs (RFC 2986 section 4.2)
 * have this one frame.
 */
function assembleSigned(tbs: Uint8Array, algorithm: SigningAlgorithm, signature: Uint8Array): Uint8Array {
  return encodeSequence(tbs, encodeSigningAlgorithm(algorithm), encodeBitString(signature))
}

/** Completes a certificate from its to-be-signed part. */
export const assembleCertificate = assembleSigned

/** Completes a CRL from its to-be-signed part. */
export const assembleCertList = assembleSigned

/** The same in pieces that are to be joined, none of them copied: a list of a million entries is to be joined where it holds up nobody. */
export function certListPieces(
  tbs: Uint8Array,
  algorithm: SigningAlgorithm,
  signature: Uint8Array,
): Uint8Array[] {
  const after = concatBytes([encodeSigningAlgorithm(algorithm), encodeBitString(signature)])
  return [encodeHeader(TAG.sequence, tbs.length + after.length), tbs, after]
}

/** Completes a certificate signing request from its info. */
export const assembleCsr = assembleSigned
