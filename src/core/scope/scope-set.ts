import { DomainError } from '../errors.ts'
import { MAX_SCOPES } from '../limits.ts'
import { isConcrete, parseScope, parseScopePattern, patternCovers } from './scope.ts'

/** How several required scopes combine. */
export type ScopeMatch = 'all' | 'any'

/** What {@link parseScopes} and {@link parseGrant} report when there are too many; the caller's name for the field. */
const DEFAULT_FIELD = 'scopes'

/**
 * Brings scopes or patterns into the one order that every encoding uses: sorted by octets, each once.
 *
 * @throws {@link DomainError} FIELD_INVALID if more than `MAX_SCOPES` differ.
 */
export function normalizeScopes(scopes: Iterable<string>, field = DEFAULT_FIELD): readonly string[] {
  const unique = new Set<string>()
  for (const scope of scopes) {
    unique.add(scope)
    if (unique.size > MAX_SCOPES) {
      throw new DomainError('FIELD_INVALID', `${field}: at most ${MAX_SCOPES} scopes are accepted`, { field })
    }
  }
  // Scopes are ASCII, so that the order of UTF-16 units is the order of octets.
  return [...unique].sort((a, b) => (a < b ? -1 : 1))
}

/**
 * Takes texts as a set of concrete scopes.
 *
 * @throws {@link DomainError} SCOPE_MALFORMED, FIELD_INVALID
 */
export function parseScopes(texts: readonly string[], field = DEFAULT_FIELD): readonly string[] {
  return normalizeScopes(texts.map(parseScope), field)
}

/**
 * Takes texts as a grant: a set of patterns.
 *
 * @throws {@link DomainError} SCOPE_MALFORMED, FIELD_INVALID
 */
export function parseGrant(texts: readonly string[], field = DEFAULT_FIELD): readonly string[] {
  return normalizeScopes(texts.map(parseScopePattern), field)
}

/** True if a pattern of the grant covers the concrete scope. */
export function grantCovers(grant: readonly string[], scope: string): boolean {
  return grant.some((pattern) => patternCovers(pattern, scope))
}

/** The scopes of a grant that a certificate can carry as they are. */
export function concreteScopes(grant: readonly string[]): readonly string[] {
  return grant.filter(isConcrete)
}

/** Required scopes that are not granted, sorted, each once. */
export function missingScopes(granted: readonly string[], required: readonly string[]): readonly string[] {
  const missing = required.filter((scope) => !grantCovers(granted, scope))
  return missing.length === 0 ? missing : [...new Set(missing)].sort((a, b) => (a < b ? -1 : 1))
}

/**
 * True if what is granted satisfies what is required. `all` of nothing holds: authentication is then all that is asked.
 * `any` of nothing does not: no scope can be the one that is enough.
 */
export function covers(granted: readonly string[], required: readonly string[], match: ScopeMatch): boolean {
  return match === 'all'
    ? required.every((scope) => grantCovers(granted, scope))
    : required.some((scope) => grantCovers(granted, scope))
}
