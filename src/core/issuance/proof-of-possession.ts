import { encodeUtf8, formatHex } from '../bytes.ts'
import { sha256 } from '../crypto.ts'

/**
 * What the holder of a bare public key signs to prove that it holds the private one. The client id is part of it, so that a proof
 * overheard for one client does not certify the key for another; the label keeps the signature from meaning anything elsewhere.
 */
export function proofOfPossessionMessage(clientId: string, publicKeyDer: Uint8Array): Uint8Array {
  return encodeUtf8(`chancery-proof-of-possession:v1:${clientId}:${formatHex(sha256(publicKeyDer))}`)
}
