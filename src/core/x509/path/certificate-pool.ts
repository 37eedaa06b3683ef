import type { Certificate, Name } from '../types.ts'
import { digestOf, nameKey } from './certificate-identity.ts'
import { matchKeyIdentifier } from './key-identifier.ts'

/** Certificates by subject, so that looking for an issuer does not walk over all of them. */
export interface CertificatePool {
  /**
   * Those that may have issued `certificate` going by its issuer name, the most promising first. Those from which no chain of
   * names leads to an anchor are left out.
   */
  issuersOf(certificate: Certificate): readonly Certificate[]
  /** All that have this subject, in no order. */
  withSubject(name: Name): readonly Certificate[]
  isAnchor(certificate: Certificate): boolean
  /** How many certificates there are at least above this one, anchor included, going by names; Infinity if no anchor is in reach. */
  distanceToAnchor(certificate: Certificate): number
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
  const distances = measureDistances(anchors, bySubject)
  const ordered = new Map<Certificate, readonly Certificate[]>()

  const pool: CertificatePool = {
    isAnchor,
    withSubject: (name) => bySubject.get(nameKey(name)) ?? [],
    distanceToAnchor: (certificate) =>
      isAnchor(certificate) ? 0 : 1 + (distances.get(nameKey(certificate.issuer)) ?? Infinity),
    issuersOf(certificate) {
      let issuers = ordered.get(certificate)
      if (issuers === undefined) {
        issuers = orderIssuers(certificate, pool, at)
        ordered.set(certificate, issuers)
      }
      return issuers
    },
  }
  return pool
}

/** Breadth-first from the anchors down: for each name, the shortest chain of names from an anchor. */
function measureDistances(
  anchors: readonly Certificate[],
  bySubject: ReadonlyMap<string, readonly Certificate[]>,
): ReadonlyMap<string, number> {
  const subjectsByIssuer = new Map<string, Set<string>>()
  for (const [subject, certificates] of bySubject) {
    for (const { issuer } of certificates) {
      const key = nameKey(issuer)
      const subjects = subjectsByIssuer.get(key)
      if (subjects === undefined) subjectsByIssuer.set(key, new Set([subject]))
      else subjects.add(subject)
    }
  }
  const distances = new Map<string, number>()
  let level = new Set(anchors.map(({ subject }) => nameKey(subject)))
  for (let distance = 0; level.size > 0; distance++) {
    for (const name of level) distances.set(name, distance)
    const below = [...level].flatMap((name) => [...(subjectsByIssuer.get(name) ?? [])])
    level = new Set(below.filter((name) => !distances.has(name)))
  }
  return distances
}

function groupBySubject(certificates: readonly Certificate[]): Map<string, Certificate[]> {
  const groups = new Map<string, Certificate[]>()
  for (const certificate of certificates) {
    const key = nameKey(certificate.subject)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [certificate])
    else group.push(certificate)
  }
  // Hashed only where there is something to tell apart.
  for (const [key, group] of groups) if (group.length > 1) groups.set(key, withoutRepeats(group))
  return groups
}

function withoutRepeats(certificates: readonly Certificate[]): Certificate[] {
  const seen = new Set<string>()
  return certificates.filter((certificate) => {
    const digest = digestOf(certificate)
    if (seen.has(digest)) return false
    seen.add(digest)
    return true
  })
}

/**
 * Anchors first; then those that the authority key identifier points to; then those valid now; then those nearest to an
 * anchor; then the newest. One that the identifier points away from comes last: RFC 5280 gives it no say in validity.
 */
function orderIssuers(certificate: Certificate, pool: CertificatePool, at: Date): readonly Certificate[] {
  return pool
    .withSubject(certificate.issuer)
    .map((issuer) => {
      const match = matchKeyIdentifier(certificate.authorityKeyIdentifier, issuer)
      const current = issuer.notBefore <= at && at <= issuer.notAfter
      const score = (pool.isAnchor(issuer) ? 4 : 0) + (match > 0 ? 2 : 0) + (current ? 1 : 0)
      return { issuer, score: match < 0 ? -1 : score, distance: pool.distanceToAnchor(issuer) }
    })
    .filter(({ distance }) => distance < Infinity)
    .sort(
      (a, b) =>
        b.score - a.score ||
        a.distance - b.distance ||
        b.issuer.notBefore.getTime() - a.issuer.notBefore.getTime(),
    )
    .map(({ issuer }) => issuer)
}
