import type { SignatureScheme } from '../crypto.ts'
import { type AlgorithmRefusal, readSignatureAlgorithm } from './algorithm.ts'
import type { AcceptedKey } from './public-key.ts'
import { verifyStrictly } from './signature-form.ts'
import type { AlgorithmIdentifier } from './types.ts'

/** The scheme to check a signature with, or why there is none. */
export type SchemeResult =
  | { readonly ok: true; readonly scheme: SignatureScheme }
  | { readonly ok: false; readonly refusal: AlgorithmRefusal | 'key_mismatch'; readonly message: string }

/** Reads the algorithm of a certificate, CRL or request, and refuses weak ones and those of another key type. */
export function certificateSignatureScheme(algorithm: AlgorithmIdentifier, key: AcceptedKey): SchemeResult {
  const read = readSignatureAlgorithm(algorithm)
  if (!read.ok) return read
  const keyType = key.type === 'rsa' || key.type === 'ed25519' ? key.type : 'ec'
  if (read.keyType !== keyType) {
    return {
      ok: false,
      refusal: 'key_mismatch',
      message: `a ${read.keyType} signature under a key of type ${keyType}`,
    }
  }
  return { ok: true, scheme: read.scheme }
}

/** Checks the signature on something that certificates sign. An algorithm that is refused counts as "does not verify". */
export async function verifyCertificateSignature(
  key: AcceptedKey,
  algorithm: AlgorithmIdentifier,
  tbsDer: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const result = certificateSignatureScheme(algorithm, key)
  return result.ok && (await verifyStrictly(key, result.scheme, tbsDer, signature))
}
