import { OID } from '../../asn1/oids.ts'
import type { Certificate } from '../types.ts'
import { describe, isSelfIssued } from './certificate-identity.ts'
import { type PathFailure, failure } from './failure.ts'
import { type PolicyExtensions, readPolicyExtensions } from './policy-extensions.ts'

const ANY = OID.anyPolicy

/**
 * One depth of the valid policy tree: valid policy to expected policies. RFC 5280 keeps a node per branch, of which there can
 * be exponentially many (CVE-2023-0464); nodes of one depth with one policy have the same expectations, so one will do.
 */
type PolicyLevel = Map<string, ReadonlySet<string>>

/** The policy variables of RFC 5280 section 6.1.2. */
interface PolicyState {
  level: PolicyLevel
  explicitPolicy: number
  policyMapping: number
  inhibitAnyPolicy: number
}

/**
 * Processes certificate policies along a path (RFC 5280 section 6.1, its policy steps) with any-policy as the user's initial
 * set and nothing required at the start: a path fails only if a CA in it demands a policy that the rest does not have.
 *
 * Only the last depth of the tree is kept: with any-policy as the initial set, whether the tree is empty is all that counts.
 */
export function checkPolicies(path: readonly Certificate[]): PathFailure | undefined {
  const below = path.slice(0, -1).reverse()
  const state = initialState(path.at(-1)!, below.length)
  for (const [i, certificate] of below.entries()) {
    const isTarget = i === below.length - 1
    const extensions = readPolicyExtensions(certificate)
    if (extensions.hasUnknownCriticalQualifier) {
      return failure(
        'CRITICAL_EXTENSION_UNKNOWN',
        `${describe(certificate)} has critical policies with an unknown qualifier`,
      )
    }
    // Section 4.2.1.5 forbids these in any certificate, not only where section 6.1.4 (a) looks.
    if (extensions.mappings.some(([from, to]) => from === ANY || to === ANY)) {
      return failure('CHAIN_INVALID', `${describe(certificate)} maps to or from any-policy`)
    }
    const selfIssued = isSelfIssued(certificate)
    state.level = nextLevel(state, extensions, selfIssued && !isTarget)
    if (state.explicitPolicy === 0 && state.level.size === 0) return missing(certificate)
    if (isTarget) {
      // Sections 6.1.5 (a) and (b).
      if (state.explicitPolicy > 0) state.explicitPolicy--
      if (certificate.policyConstraints?.requireExplicitPolicy === 0) state.explicitPolicy = 0
      if (state.explicitPolicy === 0 && state.level.size === 0) return missing(certificate)
    } else {
      applyMappings(state, extensions)
      updateCounters(state, certificate, extensions, selfIssued)
    }
  }
  return undefined
}

function missing(certificate: Certificate): PathFailure {
  return failure(
    'CHAIN_INVALID',
    `an explicit policy is required and ${describe(certificate)} has no valid one`,
  )
}

/** Section 6.1.2. An anchor's own constraints count from the start (RFC 5937). */
function initialState(anchor: Certificate, length: number): PolicyState {
  const { inhibitAnyPolicy } = readPolicyExtensions(anchor)
  const limits = anchor.policyConstraints
  return {
    level: new Map([[ANY, new Set([ANY])]]),
    explicitPolicy: Math.min(length + 1, limits?.requireExplicitPolicy ?? Infinity),
    policyMapping: Math.min(length + 1, limits?.inhibitPolicyMapping ?? Infinity),
    inhibitAnyPolicy: Math.min(length + 1, inhibitAnyPolicy ?? Infinity),
  }
}

/** Sections 6.1.3 (d) and (e). */
function nextLevel(
  state: PolicyState,
  extensions: PolicyExtensions,
  exemptFromInhibition: boolean,
): PolicyLevel {
  const { policies } = extensions
  const next: PolicyLevel = new Map()
  if (policies === undefined || state.level.size === 0) return next
  const expected = new Set<string>()
  for (const set of state.level.values()) for (const policy of set) expected.add(policy)
  const anyAbove = state.level.has(ANY)
  for (const policy of policies) {
    if (policy !== ANY && (expected.has(policy) || anyAbove)) next.set(policy, new Set([policy]))
  }
  if (policies.includes(ANY) && (state.inhibitAnyPolicy > 0 || exemptFromInhibition)) {
    for (const policy of expected) if (!next.has(policy)) next.set(policy, new Set([policy]))
  }
  return next
}

/** Section 6.1.4 (b). */
function applyMappings(state: PolicyState, { mappings }: PolicyExtensions): void {
  const targets = new Map<string, Set<string>>()
  for (const [from, to] of mappings) {
    const set = targets.get(from)
    if (set === undefined) targets.set(from, new Set([to]))
    else set.add(to)
  }
  for (const [from, to] of targets) {
    if (state.policyMapping === 0) state.level.delete(from)
    else if (state.level.has(from) || state.level.has(ANY)) state.level.set(from, to)
  }
}

/** Sections 6.1.4 (h) to (j). */
function updateCounters(
  state: PolicyState,
  certificate: Certificate,
  extensions: PolicyExtensions,
  selfIssued: boolean,
): void {
  const lower = (value: number, limit: number | undefined): number => {
    const counted = selfIssued || value === 0 ? value : value - 1
    return limit === undefined ? counted : Math.min(counted, limit)
  }
  const limits = certificate.policyConstraints
  state.explicitPolicy = lower(state.explicitPolicy, limits?.requireExplicitPolicy)
  state.policyMapping = lower(state.policyMapping, limits?.inhibitPolicyMapping)
  state.inhibitAnyPolicy = lower(state.inhibitAnyPolicy, extensions.inhibitAnyPolicy)
}
