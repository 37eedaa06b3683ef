import { DomainError } from '../core/errors.ts'
import { covers, missingScopes } from '../core/scope/scope-set.ts'
import { parseScope, parseScopePattern } from '../core/scope/scope.ts'
import { type Case, readStrings, readWord } from './case-fields.ts'
import { type Verdict, accept, refuse } from './verdict.ts'

/** `scope.match`: do the granted scopes or patterns cover the required ones? */
export function runScopeMatch(given: Case): Verdict {
  const match = readWord(given, 'match', ['all', 'any'], 'all')
  try {
    const granted = readStrings(given, 'granted').map(parseScopePattern)
    const required = readStrings(given, 'required').map(parseScope)
    if (covers(granted, required, match)) return accept()
    return refuse('SCOPE_INSUFFICIENT', `missing: ${missingScopes(granted, required).join(' ')}`)
  } catch (error) {
    if (error instanceof DomainError) return refuse(error.reason, error.message)
    throw error
  }
}
