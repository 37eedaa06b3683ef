import { formatHex } from '../../core/bytes.ts'
import type { CertificateRecord, RevokeCommand } from '../store.ts'
import { type MemoryState, authorityState, certificateKey } from './state.ts'

/** The certificate as it will be once revoked. */
export function withRevocation(
  state: MemoryState,
  certificate: CertificateRecord,
  { reason, invalidityDate, at }: Pick<RevokeCommand, 'reason' | 'invalidityDate' | 'at'>,
): CertificateRecord {
  const { nextCrlNumber: crlNumber } = authorityState(state, certificate.authorityId)
  const present = certificate.revocation
  return {
    ...certificate,
    revocation: {
      revokedAt: present?.revokedAt ?? at,
      reason,
      invalidityDate: invalidityDate ?? present?.invalidityDate,
      crlNumber,
    },
  }
}

/** Puts certificates as they are now revoked in the place of what they were. */
export function revoke(state: MemoryState, revoked: readonly CertificateRecord[], byLock = false): void {
  for (const certificate of revoked) {
    const key = endRevocation(state, certificate)
    state.certificates.set(key, certificate)
    if (byLock) state.heldByLock.add(key)
    if (certificate.revocation?.reason === 'keyCompromise')
      state.compromisedKeys.add(formatHex(certificate.publicKeySha256))
  }
}

/** Lifts holds; answers with the certificates and the highest number of the lists in which that shows. */
export function release(state: MemoryState, held: readonly CertificateRecord[]) {
  let crlNumber = 0n
  const certificates = held.map((certificate): CertificateRecord => {
    const { nextCrlNumber } = authorityState(state, certificate.authorityId)
    if (nextCrlNumber > crlNumber) crlNumber = nextCrlNumber
    const released = { ...certificate, revocation: undefined }
    state.certificates.set(endRevocation(state, certificate), released)
    return released
  })
  return { certificates, crlNumber }
}

/** Keeps what the lists showed until now, if any did. Answers with the certificate's key. */
function endRevocation(state: MemoryState, { authorityId, serialNumber }: CertificateRecord): string {
  const key = certificateKey(authorityId, serialNumber)
  state.heldByLock.delete(key)
  const certificate = state.certificates.get(key)!
  const { nextCrlNumber: endedNumber, endedRevocations } = authorityState(state, authorityId)
  const { revocation } = certificate
  if (revocation !== undefined && revocation.crlNumber < endedNumber)
    endedRevocations.push({ listed: { ...certificate, revocation }, endedNumber })
  return key
}
