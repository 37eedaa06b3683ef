import { checkAge } from '../core/decision/check-proof.ts'
import { isDenial } from '../core/decision/denial.ts'
import { DomainError } from '../core/errors.ts'
import { MAX_SIGNATURE_BYTES } from '../core/limits.ts'
import { type RevocationStatement, verifyRevocationProof } from '../core/revocation/revocation-proof.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import { checkPublicKey } from '../core/x509/public-key.ts'
import type { CrlReason } from '../core/x509/types.ts'
import type { CertificateRecord } from '../store/store.ts'
import { fieldInvalid } from './fields.ts'
import type { VerifyRequestSettings } from './verify-request.ts'

/** A signature by a certificate's own key over what is to be said of it. */
export interface RevocationProof {
  readonly signature: Uint8Array
  readonly signedAt: Date
}

/**
 * Checks that the holder of the certificate's private key wants it revoked in just this way. There is no nonce: sent again, it says what the lists say
 * already, because nothing that can be proved so can be taken back.
 *
 * @param certificate - `undefined` for one that is not there, of which nothing can be proved: that is what the holder of no key is told of any other too
 *
 * @throws {@link DomainError} FIELD_INVALID, REVOCATION_PROOF_INVALID
 */
export async function requireProof(
  certificate: CertificateRecord | undefined,
  said: { readonly reason: CrlReason; readonly invalidityDate: Date | undefined },
  { signature, signedAt }: RevocationProof,
  at: Date,
  settings: Pick<VerifyRequestSettings, 'ageWindowSeconds' | 'clockSkewSeconds'>,
): Promise<void> {
  if (signature.length === 0 || signature.length > MAX_SIGNATURE_BYTES)
    throw fieldInvalid('proof.signature', `proof.signature must be 1 to ${MAX_SIGNATURE_BYTES} bytes.`)
  const age = checkAge(signedAt, { at, ...settings })
  if (isDenial(age)) throw proofInvalid('proof.signed_at', age.message)
  if (certificate === undefined || !(await isProved(certificate, { ...said, signedAt }, signature)))
    throw proofInvalid(
      'proof.signature',
      "proof.signature is not a signature by the certificate's key over this certificate, reason, invalidity_date and signed_at.",
    )
}

function isProved(
  { der, certificateSha256 }: CertificateRecord,
  said: Omit<RevocationStatement, 'certificateSha256'>,
  signature: Uint8Array,
): Promise<boolean> {
  const key = checkPublicKey(parseCertificate(der).publicKey)
  return verifyRevocationProof(key, { ...said, certificateSha256 }, signature)
}

function proofInvalid(field: string, message: string): DomainError {
  return new DomainError('REVOCATION_PROOF_INVALID', message, { field })
}
