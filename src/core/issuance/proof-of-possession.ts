import { encodeUtf8, formatHex } from '../bytes.ts'
import { sha256 } from '../crypto.ts'
import type { AcceptedKey } from '../x509/public-key.ts'
import { verifyOwnSignature } from './own-signature.ts'

/**
 * What the holder of a bare public key signs to prove that it holds the private one. The client id is part of it, so that a proof
 * overheard for one client does not certify the key for another; the label keeps the signature from meaning anything elsewhere.
 */
export function proofOfPossessionMessage(clientId: string, publicKeyDer: Uint8Array): Uint8Array {
  return encodeUtf8(`chancery-proof-of-possession:v1:${clientId}:${formatHex(sha256(publicKeyDer))}`)
}

/** True if the proof was made by the holder of this key, for this client. */
export function verifyProofOfPossession(
  clientId: string,
  key: AcceptedKey,
  proof: Uint8Array,
): Promise<boolean> {
  return verifyOwnSignature(key, proofOfPossessionMessage(clientId, key.spkiDer), proof)
}
