import { verifyHmac } from '../../crypto.ts'
import { allowedAlgorithms, verifyNamedSignature } from '../../x509/named-signature.ts'
import type { AcceptedKey } from '../../x509/public-key.ts'
import { encodeUtf8 } from '../../bytes.ts'
import type { HttpMessage } from './http-message.ts'
import { buildSignatureBase } from './signature-base.ts'
import type { LabelledSignature, SignatureParameters } from './signature-input.ts'

/** What a signature of somebody else's profile is checked with; a secret is one that was given as such. */
export type VerificationKey =
  | { readonly kind: 'public'; readonly key: AcceptedKey }
  | { readonly kind: 'secret'; readonly secret: Uint8Array }

/**
 * True if `alg` is one that the key can be used with, or is not there: RFC 9421 section 3.2 then leaves the choice to what the verifier
 * knows of the key.
 */
export function fitsKey(key: VerificationKey, alg: string | undefined): boolean {
  return alg === undefined || algorithmsOf(key).includes(alg)
}

/**
 * Checks one message signature against RFC 9421 alone, with no policy on what it covers. Without `alg` each algorithm of the key is
 * tried: the key is given, and it is in no other scheme's power to make a signature of these.
 *
 * @throws {@link MalformedError} `component.*`, `structured_field.*`
 */
export async function verifyMessageSignature(
  { input, signature }: LabelledSignature,
  { alg }: SignatureParameters,
  message: HttpMessage,
  key: VerificationKey,
): Promise<boolean> {
  const base = encodeUtf8(buildSignatureBase(input, message))
  if (!fitsKey(key, alg)) return false
  if (key.kind === 'secret') return verifyHmac('sha256', key.secret, base, signature)
  for (const algorithm of allowedAlgorithms(key.key)) {
    if (alg !== undefined && alg !== algorithm) continue
    if (await verifyNamedSignature({ key: key.key, algorithm, message: base, signature })) return true
  }
  return false
}

function algorithmsOf(key: VerificationKey): readonly string[] {
  return key.kind === 'secret' ? ['hmac-sha256'] : allowedAlgorithms(key.key)
}
