import { OID } from '../../asn1/oids.ts'
import { isEmptyName } from '../name.ts'
import type { Certificate, GeneralName, NameConstraints } from '../types.ts'
import { describe } from './certificate-identity.ts'
import { type PathFailure, failure } from './failure.ts'
import { matchSubtree } from './names-in-subtree.ts'
import type { WorkBudget } from './work-budget.ts'

/**
 * Checks the names of a certificate against the constraints of every CA above it (RFC 5280 sections 6.1.3 (b) and (c)).
 * Each CA's permitted subtrees must hold the name on their own, which is the intersection that the RFC keeps.
 */
export function checkNames(
  certificate: Certificate,
  constraints: readonly NameConstraints[],
  budget: WorkBudget,
): PathFailure | undefined {
  if (constraints.length === 0) return undefined
  const names = constrainedNames(certificate)
  for (const { permitted, excluded } of constraints) {
    for (const name of names) {
      const problem = findExclusion(name, excluded, budget) ?? findMissingPermission(name, permitted, budget)
      if (problem !== undefined) {
        return failure('CHAIN_INVALID', `a ${name.type} name of ${describe(certificate)} ${problem}`)
      }
    }
  }
  return undefined
}

function findExclusion(
  name: GeneralName,
  excluded: readonly GeneralName[],
  budget: WorkBudget,
): string | undefined {
  // What is partly inside, or cannot be compared, may be inside.
  const clear = sameForm(name, excluded, budget).every((subtree) => matchSubtree(name, subtree) === 'outside')
  return clear ? undefined : 'is in an excluded subtree, or cannot be compared with it'
}

function findMissingPermission(
  name: GeneralName,
  permitted: readonly GeneralName[],
  budget: WorkBudget,
): string | undefined {
  const subtrees = sameForm(name, permitted, budget)
  // A form without any permitted subtree is not limited.
  if (subtrees.length === 0) return undefined
  const permits = subtrees.some((subtree) => matchSubtree(name, subtree) === 'inside')
  return permits ? undefined : 'is in no permitted subtree'
}

function sameForm(
  name: GeneralName,
  subtrees: readonly GeneralName[],
  budget: WorkBudget,
): readonly GeneralName[] {
  budget.spendComparisons(subtrees.length)
  return subtrees.filter(
    (subtree) =>
      subtree.type === name.type &&
      (subtree.type !== 'other' || name.type !== 'other' || subtree.tag === name.tag),
  )
}

/** The subject, its e-mail addresses when no alternative name has one, and the alternative names. */
function constrainedNames({ subject, subjectAltName }: Certificate): readonly GeneralName[] {
  const names: GeneralName[] = [...(subjectAltName ?? [])]
  if (isEmptyName(subject)) return names
  names.push({ type: 'directory', value: subject })
  // Section 4.2.1.10 asks for this only without an alternative name; an address is no less a name beside one.
  for (const { oid, value } of subject.rdns.flat()) {
    if (oid === OID.emailAddress) names.push({ type: 'email', value })
  }
  return names
}
