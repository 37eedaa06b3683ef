import type { CertificateRecord, RevokeCommand } from '../store.ts'
import { type MemoryState, authorityState, certificateKey } from './state.ts'

/** The certificate as it will be once revoked. */
export function withRevocation(
  state: MemoryState,
  certificate: CertificateRecord,
  { reason, invalidityDate, at }: Pick<RevokeCommand, 'reason' | 'invalidityDate' | 'at'>,
): CertificateRecord {
  const crlNumber = authorityState(state, certificate.authorityId).nextCrlNumber
  return { ...certificate, revocation: { revokedAt: at, reason, invalidityDate, crlNumber } }
}

/** Puts revoked certificates in the place of the live ones. */
export function revoke(state: MemoryState, revoked: readonly CertificateRecord[]): void {
  for (const certificate of revoked) {
    state.certificates.set(certificateKey(certificate.authorityId, certificate.serialNumber), certificate)
  }
}
