import { encodeUtf8, formatHex } from '../bytes.ts'
import { verifyOwnSignature } from '../issuance/own-signature.ts'
import type { AcceptedKey } from '../x509/public-key.ts'
import type { CrlReason } from '../x509/types.ts'

/** What the holder of a certificate's key says of it. */
export interface RevocationStatement {
  readonly certificateSha256: Uint8Array
  readonly reason: CrlReason
  readonly invalidityDate: Date | undefined
  readonly signedAt: Date
}

/**
 * What the holder of a certificate's private key signs to have it revoked. All that the revocation says is part of it, so that nobody on the way can say
 * something else in the holder's name; the label keeps the signature from meaning anything elsewhere.
 */
export function revocationProofMessage(statement: RevocationStatement): Uint8Array {
  const { certificateSha256, reason, invalidityDate, signedAt } = statement
  const parts = [
    'chancery-revocation:v1',
    formatHex(certificateSha256),
    reason,
    invalidityDate === undefined ? '-' : unixSeconds(invalidityDate),
    unixSeconds(signedAt),
  ]
  return encodeUtf8(parts.join(':'))
}

/** True if the statement was signed by the holder of this key. */
export function verifyRevocationProof(
  key: AcceptedKey,
  statement: RevocationStatement,
  signature: Uint8Array,
): Promise<boolean> {
  return verifyOwnSignature(key, revocationProofMessage(statement), signature)
}

function unixSeconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1000)
}
