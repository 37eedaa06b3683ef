import type { Freshness } from '../core/decision/decision.ts'
import { MAX_AUDIENCE_LENGTH, MAX_REQUIRED_SCOPES } from '../core/limits.ts'
import { isScope, parseScope } from '../core/scope/scope.ts'
import { fieldInvalid } from './fields.ts'

/** @throws {@link DomainError} FIELD_INVALID, SCOPE_MALFORMED */
export function checkRequiredScopes(scopes: readonly string[]): readonly string[] {
  if (scopes.length > MAX_REQUIRED_SCOPES) {
    throw fieldInvalid('required_scopes', `required_scopes must be at most ${MAX_REQUIRED_SCOPES}.`)
  }
  return scopes.map(parseScope)
}

/** @throws {@link DomainError} FIELD_INVALID */
export function checkAudience(audience: string): string | undefined {
  if (audience === '') return undefined
  if (audience.length > MAX_AUDIENCE_LENGTH || !isScope(audience)) {
    throw fieldInvalid('audience', 'audience must have the form of a scope, such as `bob`.')
  }
  return audience
}

/** @throws {@link DomainError} FIELD_INVALID */
export function checkFreshness(freshness: Freshness | undefined): Freshness | undefined {
  if (freshness?.kind === 'max_staleness' && !(freshness.milliseconds >= 0)) {
    throw fieldInvalid('freshness.max_staleness', 'freshness.max_staleness must not be negative.')
  }
  return freshness
}
