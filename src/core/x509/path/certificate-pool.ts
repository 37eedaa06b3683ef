import type { Certificate, Name } from '../types.ts'
import { digestOf, isSelfIssued, nameKey } from './certificate-identity.ts'
import { matchKeyIdentifier } from './key-identifier.ts'

/** Certificates by subject, so that looking for an issuer does not walk over all of them. */
export interface CertificatePool {
  /** Those that may have issued `certificate`, going by its issuer name, the most promising first. */
  issuersOf(certificate: Certificate): readonly Certificate[]
  /** All that have this subject, in no order. */
  withSubject(name: Name): readonly Certificate[]
  isAnchor(certificate: Certificate): boolean
}

/** Indexes anchors and intermediates for validation at one instant. A certificate that occurs twice counts once, as an anchor if it is one. */
export function createCertificatePool(
  anchors: readonly Certificate[],
  intermediates: readonly Certificate[],
  at: Date,
): CertificatePool {
  const anchorDigests = new Set(anchors.map(digestOf))
  const isAnchor = (certificate: Certificate): boolean => anchorDigests.has(digestOf(certificate))
  const bySubject = groupBySubject([...anchors, ...intermediates])
  const ordered = new Map<Certificate, readonly Certificate[]>()

  const withSubject = (name: Name): readonly Certificate[] => bySubject.get(nameKey(name)) ?? []
  return {
    withSubject,
    isAnchor,
    issuersOf(certificate) {
      let issuers = ordered.get(certificate)
      if (issuers === undefined) {
        issuers = orderIssuers(certificate, withSubject(certificate.issuer), isAnchor, at)
        ordered.set(certificate, issuers)
      }
      return issuers
    },
  }
}

function groupBySubject(certificates: readonly Certificate[]): Map<string, Certificate[]> {
  const groups = new Map<string, Certificate[]>()
  const seen = new Set<string>()
  for (const certificate of certificates) {
    const digest = digestOf(certificate)
    if (seen.has(digest)) continue
    seen.add(digest)
    const key = nameKey(certificate.subject)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [certificate])
    else group.push(certificate)
  }
  return groups
}

/**
 * Anchors first; then those that the authority key identifier points to; then those valid now; then those that lead to
 * another name; then the newest. One that the identifier points away from comes last: RFC 5280 gives it no say in validity.
 */
function orderIssuers(
  certificate: Certificate,
  candidates: readonly Certificate[],
  isAnchor: (candidate: Certificate) => boolean,
  at: Date,
): readonly Certificate[] {
  if (candidates.length < 2) return candidates
  const score = (issuer: Certificate): number => {
    const match = matchKeyIdentifier(certificate.authorityKeyIdentifier, issuer)
    if (match < 0) return -1
    const anchor = isAnchor(issuer)
    const current = issuer.notBefore <= at && at <= issuer.notAfter
    return (
      (anchor ? 8 : 0) + (match > 0 ? 4 : 0) + (current ? 2 : 0) + (anchor || !isSelfIssued(issuer) ? 1 : 0)
    )
  }
  return candidates
    .map((issuer) => ({ issuer, score: score(issuer) }))
    .sort((a, b) => b.score - a.score || b.issuer.notBefore.getTime() - a.issuer.notBefore.getTime())
    .map(({ issuer }) => issuer)
}
