import { type CertificateRecord, type CrlStore, type RevocationRecord, StoreError } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { type MemoryState, authorityState } from './state.ts'

type Revoked = CertificateRecord & { readonly revocation: RevocationRecord }

/** The CRL part of the memory store. */
export function createCrlStore(state: MemoryState): Synchronous<CrlStore> {
  return {
    reserveNumber: (authorityId) => {
      const authority = authorityState(state, authorityId)
      const crlNumber = authority.nextCrlNumber
      authority.nextCrlNumber += 1n
      return crlNumber
    },
    entries: (authorityId, crlNumber, expiredBefore) =>
      revokedBy(state, authorityId)
        .filter(({ revocation }) => revocation.crlNumber <= crlNumber)
        .filter(({ notAfter }) => notAfter.getTime() > expiredBefore.getTime())
        .map(({ serialNumber, revocation: { revokedAt, reason, invalidityDate } }) => ({
          serialNumber,
          revokedAt,
          reason,
          invalidityDate,
        }))
        .sort((a, b) => (a.serialNumber < b.serialNumber ? -1 : 1)),
    nextNumber: (authorityId) => authorityState(state, authorityId).nextCrlNumber,
    hasUnpublished: (authorityId) => {
      const published = authorityState(state, authorityId).latestCrl?.crlNumber ?? 0n
      return revokedBy(state, authorityId).some(({ revocation }) => revocation.crlNumber > published)
    },
    publish: (crl) => {
      const authority = authorityState(state, crl.authorityId)
      if (authority.latestCrl !== undefined && crl.crlNumber <= authority.latestCrl.crlNumber) {
        throw new StoreError(
          `CRL ${crl.crlNumber} is not newer than the published ${authority.latestCrl.crlNumber}`,
        )
      }
      authority.latestCrl = crl
    },
    latest: (authorityId) => state.authorities.get(authorityId)?.latestCrl,
  }
}

function revokedBy(state: MemoryState, authorityId: string): Revoked[] {
  return [...state.certificates.values()].filter(
    (certificate): certificate is Revoked =>
      certificate.authorityId === authorityId && certificate.revocation !== undefined,
  )
}
