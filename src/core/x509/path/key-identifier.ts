import { equalBytes } from '../../bytes.ts'
import { sameName } from '../name.ts'
import type { AuthorityKeyIdentifier, Certificate } from '../types.ts'

/** How an authority key identifier fits a candidate issuer: better ones are larger. */
export type KeyMatch = -1 | 0 | 1

/**
 * Compares an authority key identifier (RFC 5280 section 4.2.1.1) with a certificate: 1 if it points there, -1 if it points
 * elsewhere, 0 if it does not say. A hint that orders candidates, never a proof: the signature decides.
 */
export function matchKeyIdentifier(aki: AuthorityKeyIdentifier | undefined, issuer: Certificate): KeyMatch {
  if (aki === undefined) return 0
  if (aki.keyIdentifier !== undefined && issuer.subjectKeyIdentifier !== undefined) {
    return equalBytes(aki.keyIdentifier, issuer.subjectKeyIdentifier) ? 1 : -1
  }
  if (aki.issuer !== undefined && aki.serialNumber !== undefined) {
    const named = aki.issuer.some((name) => name.type === 'directory' && sameName(name.value, issuer.issuer))
    return named && equalBytes(aki.serialNumber, issuer.serialNumber) ? 1 : -1
  }
  return 0
}
