import type { Certificate, NameConstraints } from '../types.ts'
import type { CandidatePath } from './build-path.ts'
import { describe, isSelfIssued } from './certificate-identity.ts'
import {
  type PathPosition,
  checkCriticalExtensions,
  checkMaySignCertificates,
  checkProfile,
  checkValidity,
} from './certificate-profile.ts'
import { type PathFailure, failure } from './failure.ts'
import { checkNames } from './name-constraints.ts'
import { checkPolicies } from './policy-graph.ts'
import { type Purpose, checkPurpose } from './purpose.ts'
import type { WorkBudget } from './work-budget.ts'

/** What a path is validated for. */
export interface ChainPolicy {
  readonly at: Date
  readonly purpose: Purpose
  /** What the first certificate of the path is to be. */
  readonly target: 'target' | 'crl-signer'
}

/**
 * Validates a path whose signatures were verified while it was built: RFC 5280 section 6.1 without revocation. The anchor is
 * held to its own constraints, validity and extensions as well, which the RFC leaves to local policy.
 *
 * Checks run in the order of `DENY_REASONS`, each over the whole path, so that the failure that is reported is the earliest
 * of that list, and the later it is the closer the path came.
 */
export function validateChain(
  path: CandidatePath,
  policy: ChainPolicy,
  budget: WorkBudget,
): PathFailure | undefined {
  return (
    firstFailure(path, (certificate) => checkCriticalExtensions(certificate)) ??
    firstFailure(path, (certificate, i) => checkProfile(certificate, positionOf(path, i, policy))) ??
    firstFailure(path, (certificate, i) => (i === 0 ? undefined : checkMaySignCertificates(certificate))) ??
    checkPathLengths(path) ??
    checkConstrainedNames(path, budget) ??
    checkPolicies(path) ??
    checkPurpose(path, policy.purpose) ??
    firstFailure(path, (certificate) => checkValidity(certificate, policy.at))
  )
}

/** True if the target fails on its own account, so that no other path to it can be good. */
export function isTargetHopeless(target: Certificate, { at, purpose }: ChainPolicy): boolean {
  const found =
    checkCriticalExtensions(target) ??
    checkProfile(target, 'target') ??
    checkPurpose([target], purpose) ??
    checkValidity(target, at)
  return found !== undefined
}

function firstFailure(
  path: CandidatePath,
  check: (certificate: Certificate, i: number) => PathFailure | undefined,
): PathFailure | undefined {
  for (const [i, certificate] of path.entries()) {
    const found = check(certificate, i)
    if (found !== undefined) return found
  }
  return undefined
}

function positionOf(path: CandidatePath, i: number, { target }: ChainPolicy): PathPosition {
  if (i === 0) return target === 'target' && path.length === 1 ? 'trusted-target' : target
  return i === path.length - 1 ? 'anchor' : 'intermediate'
}

/** Sections 6.1.4 (l) and (m): self-issued certificates and the target are not counted. */
function checkPathLengths(path: CandidatePath): PathFailure | undefined {
  let below = 0
  for (const certificate of path.slice(1)) {
    const limit = certificate.basicConstraints?.pathLength
    if (limit !== undefined && below > limit) {
      return failure(
        'CHAIN_INVALID',
        `${describe(certificate)} allows ${limit} CAs below it, and there are ${below}`,
      )
    }
    if (!isSelfIssued(certificate)) below++
  }
  return undefined
}

/** Sections 6.1.3 (b), (c) and 6.1.4 (g): from the anchor down; self-issued certificates are exempt, the target never. */
function checkConstrainedNames(path: CandidatePath, budget: WorkBudget): PathFailure | undefined {
  const constraints: NameConstraints[] = []
  for (const certificate of path.toReversed()) {
    const isTarget = certificate === path[0]
    if (isTarget || !isSelfIssued(certificate)) {
      const found = checkNames(certificate, constraints, budget)
      if (found !== undefined) return found
    }
    if (certificate.nameConstraints !== undefined) constraints.push(certificate.nameConstraints)
  }
  return undefined
}
