import { sameName } from '../name.ts'
import type { Certificate, CertificateList, Name } from '../types.ts'
import { type CandidatePath, buildPaths } from './build-path.ts'
import { describe, digestOf, isCa, sameEntity } from './certificate-identity.ts'
import type { CertificatePool } from './certificate-pool.ts'
import { matchKeyIdentifier } from './key-identifier.ts'
import type { EdgeVerifier } from './verify-edge.ts'
import type { WorkBudget } from './work-budget.ts'

/** Finds who signed a list, and makes sure that they may. */
export interface CrlSignerSearch {
  readonly pool: CertificatePool
  readonly edges: EdgeVerifier
  readonly budget: WorkBudget
  /** Validates the path of a separate CRL signer completely, its revocation included. */
  readonly isPathGood: (path: CandidatePath) => Promise<boolean>
  /** Signers whose own path is being judged further up the call stack. A list cannot vouch for the key that signed it. */
  readonly inProgress: Set<string>
}

/**
 * Returns the certificate of the key that signed a list, if that key speaks for the issuer of certificates above which
 * `issuerPath` starts (RFC 5280 section 6.3.3 (f) and (g)): a CA of the path itself, or a certificate of the same name under
 * the same anchor and through the same CAs. The latter condition is stricter than the RFC: elsewhere under a shared anchor,
 * somebody else may have been given the same name.
 */
export async function findCrlSigner(
  crl: CertificateList,
  issuerPath: CandidatePath,
  search: CrlSignerSearch,
): Promise<Certificate | undefined> {
  for (const candidate of issuerPath) {
    if (sameName(candidate.subject, crl.issuer) && (await isSignedBy(crl, candidate, search)))
      return candidate
  }
  for (const candidate of search.pool.withSubject(crl.issuer)) {
    search.budget.spendStep()
    if (issuerPath.some((certificate) => sameEntity(certificate, candidate))) continue
    if ((await isSignedBy(crl, candidate, search)) && (await isAuthorised(candidate, issuerPath, search))) {
      return candidate
    }
  }
  return undefined
}

async function isSignedBy(
  crl: CertificateList,
  candidate: Certificate,
  { edges }: CrlSignerSearch,
): Promise<boolean> {
  if (!maySignCrls(candidate) || matchKeyIdentifier(crl.authorityKeyIdentifier, candidate) < 0) return false
  return (await edges.verify(crl, candidate, () => `the list of ${describe(candidate)}`)) === undefined
}

// Section 6.3.3 (f) asks only if there is a key usage. Without one, only a CA is believed.
function maySignCrls(certificate: Certificate): boolean {
  return certificate.keyUsage === undefined ? isCa(certificate) : certificate.keyUsage.has('cRLSign')
}

async function isAuthorised(
  candidate: Certificate,
  issuerPath: CandidatePath,
  search: CrlSignerSearch,
): Promise<boolean> {
  const key = digestOf(candidate)
  if (search.inProgress.has(key)) return false
  search.inProgress.add(key)
  try {
    const { pool, edges, budget } = search
    for await (const path of buildPaths(candidate, { pool, edges, budget, onDeadEnd: () => undefined })) {
      if (sameHierarchy(path, issuerPath) && (await search.isPathGood(path))) return true
    }
    return false
  } finally {
    search.inProgress.delete(key)
  }
}

/** True if both paths lead to one anchor through the same names, self-issued steps left out. */
function sameHierarchy(a: CandidatePath, b: CandidatePath): boolean {
  if (!sameEntity(a.at(-1)!, b.at(-1)!)) return false
  const [namesA, namesB] = [distinctNames(a), distinctNames(b)]
  return namesA.length === namesB.length && namesA.every((name, i) => sameName(name, namesB[i]!))
}

function distinctNames(path: CandidatePath): readonly Name[] {
  return path.map(({ subject }) => subject).filter((name, i, all) => i === 0 || !sameName(name, all[i - 1]!))
}
