import { equalBytes, formatHex } from '../bytes.ts'
import type { VerifiedEdges } from '../x509/path/verify-edge.ts'
import type { Certificate } from '../x509/types.ts'
import { createBundleEdges } from './bundle-edges.ts'

/** Whom a verifier trusts, and how it reads what they certify. Immutable: a change makes a new bundle. */
export interface TrustBundle {
  readonly trustDomain: string
  /** Dotted OID of the scope extension. */
  readonly scopeExtensionOid: string
  readonly authorityIds: readonly string[]
  /** Certificates at which a path may end. */
  readonly anchors: readonly Certificate[]
  /** CA certificates that clients need not send along. */
  readonly intermediates: readonly Certificate[]
  /** Signatures among these certificates that were found good so far. */
  readonly verifiedEdges: VerifiedEdges
  /** Id of the authority whose certificate has this subject and this key; `undefined` for one that is not ours. */
  authorityId(issuer: Certificate): string | undefined
}

/** One authority of a bundle. */
export interface TrustedAuthority {
  readonly id: string
  readonly role: 'root' | 'issuing'
  readonly certificate: Certificate
}

/** Makes a bundle from the authorities of one trust domain. */
export function createTrustBundle(options: {
  readonly trustDomain: string
  readonly scopeExtensionOid: string
  readonly authorities: readonly TrustedAuthority[]
}): TrustBundle {
  const { trustDomain, scopeExtensionOid, authorities } = options
  const ids = new Map(authorities.map(({ id, certificate }) => [issuerKey(certificate), id]))
  return {
    trustDomain,
    scopeExtensionOid,
    authorityIds: authorities.map(({ id }) => id),
    anchors: authorities.filter(({ role }) => role === 'root').map(({ certificate }) => certificate),
    intermediates: authorities.filter(({ role }) => role === 'issuing').map(({ certificate }) => certificate),
    verifiedEdges: createBundleEdges(authorities.map(({ certificate }) => certificate)),
    authorityId: (issuer) => ids.get(issuerKey(issuer)),
  }
}

/** True if the certificate is that of an authority of the bundle, octet for octet: authorities leave the bundle when they are withdrawn. */
export function isBundledIntermediate(trust: TrustBundle, certificate: Certificate): boolean {
  return trust.intermediates.some(({ der }) => equalBytes(der, certificate.der))
}

/** Serial numbers are unique per name and key (RFC 5280 section 4.1.2.2), whichever of a CA's certificates is at hand. */
function issuerKey(issuer: Certificate): string {
  return JSON.stringify([issuer.subject.comparable, formatHex(issuer.publicKey.der)])
}
