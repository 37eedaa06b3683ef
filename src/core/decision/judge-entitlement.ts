import { isWithin } from '../scope/scope.ts'
import { covers, missingScopes } from '../scope/scope-set.ts'
import type { DecisionQuery } from './decision.ts'
import { type Denial, deny, isDenial } from './denial.ts'
import { type Trail, amount } from './trail.ts'

/**
 * What is required must belong to the audience, and be granted.
 *
 * @param addressed - for a token: whether it is meant for the resource server that asks
 */
export function judgeEntitlement(
  query: DecisionQuery,
  granted: readonly string[],
  trail: Trail,
  addressed?: true | Denial,
): true | Denial {
  const { audience, requiredScopes } = query
  if (audience === undefined && addressed === undefined) {
    trail.skip('audience', 'No audience was named.')
  } else {
    const result = trail.note(
      'audience',
      checkAudience(audience, requiredScopes, addressed),
      () => `All required scopes belong to ${audience ?? 'whoever asks'}.`,
    )
    if (isDenial(result)) return result
  }
  const result = checkScopes(query, granted)
  return trail.note(
    'scopes.required',
    result,
    () => `Granted: ${amount(requiredScopes.length, 'required scope')}.`,
  )
}

function checkAudience(
  audience: string | undefined,
  required: readonly string[],
  addressed: true | Denial = true,
): true | Denial {
  const foreign = audience === undefined ? undefined : required.find((scope) => !isWithin(scope, audience))
  return foreign === undefined
    ? addressed
    : deny('AUDIENCE_MISMATCH', `The scope ${foreign} does not belong to the audience ${audience}.`)
}

function checkScopes({ requiredScopes, match }: DecisionQuery, granted: readonly string[]): true | Denial {
  // Nothing required is nothing missing, also under `any`: authentication was all that was asked for.
  if (requiredScopes.length === 0 || covers(granted, requiredScopes, match)) return true
  const missing = missingScopes(granted, requiredScopes)
  return deny('SCOPE_INSUFFICIENT', `The credential does not carry ${missing.join(', ')}.`)
}
