import type { Certificate, CertificateList, ReasonFlag } from '../types.ts'
import type { CandidatePath } from './build-path.ts'
import { describe, digestOf } from './certificate-identity.ts'
import { judgeFamily, scopeKey } from './crl-family.ts'
import { ALL_REASONS, coveredReasons } from './crl-scope.ts'
import { type CrlSignerSearch, findCrlSigner } from './crl-signer.ts'
import { type PathFailure, failure } from './failure.ts'

/**
 * How revocation counts. `hard`: every certificate but the anchor must be known to be good. `soft`: not knowing passes, a
 * revocation does not. `off`: lists are not looked at.
 */
export type RevocationMode = 'hard' | 'soft' | 'off'

/** The lists at hand, and what it takes to believe them. */
export interface RevocationSearch extends CrlSignerSearch {
  readonly crls: readonly CertificateList[]
  readonly at: Date
  readonly mode: RevocationMode
}

/** Checks every certificate of a path but the anchor, from the anchor down (RFC 5280 section 6.3). */
export async function checkRevocation(
  path: CandidatePath,
  search: RevocationSearch,
): Promise<PathFailure | undefined> {
  if (search.mode === 'off') return undefined
  for (let i = path.length - 2; i >= 0; i--) {
    const [issuer, ...above] = path.slice(i + 1)
    const found = await checkCertificate(path[i]!, [issuer!, ...above], search)
    if (found !== undefined) return found
  }
  return undefined
}

async function checkCertificate(
  certificate: Certificate,
  issuerPath: CandidatePath,
  search: RevocationSearch,
): Promise<PathFailure | undefined> {
  const relevant = search.crls.filter((crl) => coveredReasons(certificate, crl).size > 0)
  const families = await authenticate(relevant, issuerPath, search)
  const known = new Set<ReasonFlag>()
  for (const family of families) {
    const verdict = judgeFamily(certificate, family, search.at)
    if (verdict === 'revoked') return failure('CERTIFICATE_REVOKED', `${describe(certificate)} is revoked`)
    // All lists of a family have one scope.
    if (verdict === 'good') for (const reason of coveredReasons(certificate, family[0]!)) known.add(reason)
  }
  if (known.size === ALL_REASONS.size || search.mode === 'soft') return undefined
  if (relevant.length > 0 && known.size === 0) {
    return failure('CRL_INVALID', `no list for ${describe(certificate)} is authentic and in force`)
  }
  return failure(
    'REVOCATION_UNKNOWN',
    `the lists at hand do not tell whether ${describe(certificate)} is revoked`,
  )
}

/** Groups the lists whose signer may be believed by signer and scope; the others are left out. */
async function authenticate(
  crls: readonly CertificateList[],
  issuerPath: CandidatePath,
  search: RevocationSearch,
): Promise<readonly (readonly CertificateList[])[]> {
  const families = new Map<string, CertificateList[]>()
  for (const crl of crls) {
    const signer = await findCrlSigner(crl, issuerPath, search)
    if (signer === undefined) continue
    const key = `${digestOf(signer.publicKey)}:${scopeKey(crl)}`
    const family = families.get(key)
    if (family === undefined) families.set(key, [crl])
    else family.push(crl)
  }
  return [...families.values()]
}
