import { DomainError } from '../errors.ts'
import { concreteScopes, grantCovers, normalizeScopes, parseScopes } from '../scope/scope-set.ts'
import { isConcrete } from '../scope/scope.ts'

/** What a certificate will carry. */
export interface ResolvedScopes {
  /** Concrete, sorted, unique. */
  readonly scopes: readonly string[]
  readonly warnings: readonly string[]
}

/**
 * Settles which scopes a certificate carries. A request only narrows the grant: no scope is added by asking, none is silently
 * dropped. Asking for none means every scope that the grant names in full; patterns cannot be carried and are named in a warning.
 *
 * @throws {@link DomainError} SCOPE_MALFORMED, FIELD_INVALID (too many), SCOPE_NOT_GRANTABLE with the first refused scope
 */
export function resolveScopes(
  clientId: string,
  grant: readonly string[],
  requested: readonly string[],
): ResolvedScopes {
  if (requested.length === 0) return everyConcreteScope(grant)
  const scopes = parseScopes(requested)
  const refused = scopes.find((scope) => !grantCovers(grant, scope))
  if (refused !== undefined) {
    throw new DomainError(
      'SCOPE_NOT_GRANTABLE',
      `${clientId} is not granted ${refused}; grant it first, or leave it out`,
      {
        client_id: clientId,
        scope: refused,
      },
    )
  }
  return { scopes, warnings: [] }
}

function everyConcreteScope(grant: readonly string[]): ResolvedScopes {
  const scopes = normalizeScopes(concreteScopes(grant))
  const patterns = grant.filter((pattern) => !isConcrete(pattern))
  const warnings: string[] = []
  if (patterns.length > 0) {
    warnings.push(
      `The grant's patterns cannot be carried and were left out: ${quoteSome(patterns)}. Ask for scopes by name.`,
    )
  } else if (scopes.length === 0) {
    warnings.push('The client has no scopes, and neither has this certificate.')
  }
  return { scopes, warnings }
}

/** How many names a warning repeats. */
const QUOTED_NAMES = 8

/** Lists names in a warning: quoted, because a stranger may have chosen them, and not more than a reader needs. */
export function quoteSome(names: readonly string[]): string {
  const shown = names.slice(0, QUOTED_NAMES).map((name) => JSON.stringify(name.slice(0, 64)))
  const rest = names.length - shown.length
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
