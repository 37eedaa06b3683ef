import { fieldInvalid } from '../errors.ts'
import { MAX_AUDIENCE_LENGTH, MAX_REQUIRED_SCOPES } from '../limits.ts'
import { isScope, parseScope } from '../scope/scope.ts'
import type { ScopeMatch } from '../scope/scope-set.ts'
import type { DecisionQuery, Freshness } from './decision.ts'
import { type OfferedCredential, checkCredential } from './offered-credential.ts'

/** A question for a decision as a resource server asks it, nothing checked. */
export interface VerifyRequestInput {
  /** Absent: none of the alternatives was set. */
  readonly credential: OfferedCredential | undefined
  readonly requiredScopes: readonly string[]
  readonly match: ScopeMatch
  /** Empty: none. */
  readonly audience: string
  readonly freshness: Freshness | undefined
  readonly explain: boolean
}

/**
 * Checks what the resource server is responsible for.
 *
 * @throws {@link DomainError} FIELD_INVALID, FIELD_NOT_IMPLEMENTED, SCOPE_MALFORMED
 */
export function readQuery(input: VerifyRequestInput): DecisionQuery {
  return {
    credential: checkCredential(input.credential),
    requiredScopes: checkRequiredScopes(input.requiredScopes),
    match: input.match,
    audience: checkAudience(input.audience),
    freshness: checkFreshness(input.freshness),
    explain: input.explain,
  }
}

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
