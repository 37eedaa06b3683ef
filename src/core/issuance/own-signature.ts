import type { AcceptedKey } from '../x509/public-key.ts'
import { verifyStrictly } from '../x509/signature-form.ts'
import { signingAlgorithmOf, signingScheme } from './signing-algorithm.ts'

/** True if the holder of this key signed the message with the key's one algorithm. */
export async function verifyOwnSignature(
  key: AcceptedKey,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const algorithm = signingAlgorithmOf(key.type)
  return algorithm !== undefined && verifyStrictly(key, signingScheme(algorithm), message, signature)
}
