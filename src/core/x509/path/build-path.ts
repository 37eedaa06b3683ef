import { MAX_PATH_CERTIFICATES } from '../../path-limits.ts'
import type { Certificate } from '../types.ts'
import { describe, sameCertificate, sameEntity } from './certificate-identity.ts'
import type { CertificatePool } from './certificate-pool.ts'
import { type PathFailure, failure } from './failure.ts'
import { matchKeyIdentifier } from './key-identifier.ts'
import type { EdgeVerifier } from './verify-edge.ts'
import type { WorkBudget } from './work-budget.ts'

/** A path: the target first, the anchor last. Every signature in it verified. */
export type CandidatePath = readonly [Certificate, ...Certificate[]]

/** Everything that path building needs besides the target. */
export interface PathSearch {
  readonly pool: CertificatePool
  readonly edges: EdgeVerifier
  readonly budget: WorkBudget
  /** Told why a branch ended before an anchor. */
  readonly onDeadEnd: (failure: PathFailure) => void
}

/**
 * Yields the paths from `target` to an anchor, the most promising first, by depth-first search from the target upward
 * (RFC 4158). Signatures are verified while building, so that a forged mesh ends at its first edge; everything else is for
 * `validateChain`. No path is yielded twice, holds one entity twice, or is longer than {@link MAX_PATH_CERTIFICATES}.
 */
export async function* buildPaths(target: Certificate, search: PathSearch): AsyncGenerator<CandidatePath> {
  if (search.pool.isAnchor(target)) yield [target]
  yield* extend([target], search)
}

async function* extend(path: CandidatePath, search: PathSearch): AsyncGenerator<CandidatePath> {
  const { pool, edges, budget, onDeadEnd } = search
  const last = path.at(-1)!
  let known = false
  for (const issuer of pool.issuersOf(last)) {
    budget.spendStep()
    if (isInPath(path, issuer, pool)) continue
    const refused = await edges.verify(last, issuer, () => `${describe(last)} under ${describe(issuer)}`)
    if (refused !== undefined) {
      // A key that the certificate points away from is no issuer at all: its failure says nothing.
      if (matchKeyIdentifier(last.authorityKeyIdentifier, issuer) < 0) continue
      known = true
      onDeadEnd(refused)
    } else if (pool.isAnchor(issuer)) {
      known = true
      yield [...path, issuer]
    } else {
      known = true
      const length = path.length + 1 + pool.distanceToAnchor(issuer)
      if (length <= MAX_PATH_CERTIFICATES) yield* extend([...path, issuer], search)
      else onDeadEnd(failure('CHAIN_INVALID', `a path of more than ${MAX_PATH_CERTIFICATES} certificates`))
    }
  }
  if (!known) onDeadEnd(failure('ISSUER_UNKNOWN', `no certificate at hand issued ${describe(last)}`))
}

// Going round a loop never helps. A target may be certified by its own name and key: an anchor that was issued anew.
function isInPath(path: CandidatePath, issuer: Certificate, pool: CertificatePool): boolean {
  if (path.some((certificate) => sameCertificate(certificate, issuer))) return true
  const above = pool.isAnchor(issuer) ? path.slice(1) : path
  return above.some((certificate) => sameEntity(certificate, issuer))
}
