import { MAX_PATH_SIGNATURE_CHECKS } from '../../path-limits.ts'
import type { Certificate, CertificateList } from '../types.ts'
import { checkAnchorConsistency } from './anchor-consistency.ts'
import { type CandidatePath, type PathSearch, buildPaths } from './build-path.ts'
import { createCertificatePool } from './certificate-pool.ts'
import { type PathFailure, failure, morePromising } from './failure.ts'
import type { Purpose } from './purpose.ts'
import { type RevocationMode, type RevocationSearch, checkRevocation } from './revocation.ts'
import { type ChainPolicy, isTargetHopeless, validateChain } from './validate-chain.ts'
import { type VerifiedEdges, createEdgeVerifier } from './verify-edge.ts'
import { WorkLimitError, createWorkBudget } from './work-budget.ts'

/** What {@link validatePath} judges. */
export interface PathRequest {
  /** The certificate in question, which may be a CA or an anchor itself. */
  readonly leaf: Certificate
  /** Untrusted, in any order, with any amount of noise. */
  readonly intermediates: readonly Certificate[]
  /** Trusted. Held to their own validity, extensions and constraints. */
  readonly anchors: readonly Certificate[]
  /** Complete and delta lists, in any order, trusted no more than the intermediates. */
  readonly crls: readonly CertificateList[]
  readonly at: Date
  readonly purpose: Purpose
  readonly revocation: RevocationMode
  /** Signatures that earlier calls verified; the same object may be shared by all calls. */
  readonly verifiedEdges?: VerifiedEdges | undefined
  /** Signatures that may be verified; default {@link MAX_PATH_SIGNATURE_CHECKS}. */
  readonly maxSignatureChecks?: number
}

/** The path that was found, leaf first and anchor last, or why the most promising one failed. */
export type PathResult = { readonly ok: true; readonly path: readonly Certificate[] } | PathFailure

/**
 * Looks for a path from the leaf to an anchor and validates it: RFC 5280 section 6, revocation included. Any valid path will
 * do; if there is none, the failure of the one that came furthest is reported. Work is bounded, whatever is sent; when the
 * bound is hit the answer is PATH_TOO_COMPLEX.
 */
export async function validatePath(request: PathRequest): Promise<PathResult> {
  const { leaf, anchors, intermediates, crls, at, purpose, revocation } = request
  const policy: ChainPolicy = { at, purpose, target: 'target' }
  const budget = createWorkBudget(request.maxSignatureChecks ?? MAX_PATH_SIGNATURE_CHECKS)
  let best: PathFailure | undefined
  let anchored = false

  const search: PathSearch = {
    pool: createCertificatePool(anchors, intermediates, at),
    edges: createEdgeVerifier(budget, request.verifiedEdges),
    budget,
    onDeadEnd: (found) => {
      if (!anchored) best = morePromising(best, found)
    },
  }
  const revocationSearch: RevocationSearch = {
    ...search,
    crls,
    at,
    mode: revocation,
    inProgress: new Set(),
    isPathGood: async (path: CandidatePath) =>
      (validateChain(path, { at, purpose: 'any', target: 'crl-signer' }, budget) ??
        (await checkRevocation(path, revocationSearch))) === undefined,
  }

  try {
    for await (const path of buildPaths(leaf, search)) {
      const found =
        (await checkAnchorConsistency(path.at(-1)!, search.edges)) ??
        validateChain(path, policy, budget) ??
        (await checkRevocation(path, revocationSearch))
      if (found === undefined) return { ok: true, path }
      // Whatever a path that reached an anchor lacks, it came further than any that did not.
      best = anchored ? morePromising(best, found) : found
      anchored = true
      if (path.length > 1 && isTargetHopeless(leaf, policy)) return best
    }
  } catch (error) {
    if (error instanceof WorkLimitError) return failure('PATH_TOO_COMPLEX', error.message)
    throw error
  }
  return best ?? failure('ISSUER_UNKNOWN', 'no path leads to a trust anchor')
}
