import { type DenyReason, DENY_REASONS } from '../../../../src/core/decision/deny-reason.ts'
import { CHECK_NAMES, type CheckResult } from '../../../../src/core/decision/decision.ts'
import {
  type VerifyRequestResponse,
  CheckOutcome,
  Decision,
  denyReasonToJSON,
} from '../../../../src/gen/chancery/v1/authorization_service.ts'
import { NoDecisionError } from './no-decision-error.ts'
import type { Verification, VerifiedPrincipal } from './verification.ts'

const REASONS: ReadonlySet<string> = new Set(DENY_REASONS)
const NAMES: ReadonlySet<string> = new Set(CHECK_NAMES)

/**
 * What the service decided. An answer that says neither ALLOW nor DENY, or allows without saying whom and until when, is none.
 *
 * @throws {@link NoDecisionError} AUTHORITY_UNREACHABLE
 */
export function fromWireAnswer(answer: VerifyRequestResponse): Verification {
  const { message, missingScopes, validUntil } = answer
  const common = {
    message,
    missingScopes,
    evaluatedAt: evaluatedAt(answer),
    checks: answer.checks.flatMap(fromWireCheck),
    decidedBy: 'authority',
  } as const
  const principal = principalOf(answer)
  if (answer.decision === Decision.DECISION_DENY) {
    return { ...common, decision: 'DENY', reason: reasonOf(answer), principal, validUntil: undefined }
  }
  if (answer.decision !== Decision.DECISION_ALLOW || !principal || !validUntil) {
    throw new NoDecisionError(
      'AUTHORITY_UNREACHABLE',
      'The service answered with something that is no decision.',
    )
  }
  return { ...common, decision: 'ALLOW', reason: undefined, principal, validUntil }
}

function reasonOf({ denyReason }: VerifyRequestResponse): DenyReason | 'UNRECOGNIZED' {
  const name = denyReasonToJSON(denyReason).replace('DENY_REASON_', '')
  return REASONS.has(name) ? (name as DenyReason) : 'UNRECOGNIZED'
}

function principalOf({ principal, grantedScopes }: VerifyRequestResponse): VerifiedPrincipal | undefined {
  if (!principal || principal.clientId === '') return undefined
  const { clientId, spiffeId, authority, serialNumber, tokenId } = principal
  return {
    clientId,
    spiffeId,
    scopes: grantedScopes,
    authority: given(authority),
    serialNumber: given(serialNumber),
    tokenId: given(tokenId),
  }
}

function evaluatedAt({ evaluatedAt: state }: VerifyRequestResponse): Verification['evaluatedAt'] {
  if (!state?.thisUpdate || !state.nextUpdate) return undefined
  const { authority, crlNumber, thisUpdate, nextUpdate } = state
  return { authority, crlNumber, thisUpdate, nextUpdate }
}

const OUTCOMES: ReadonlyMap<CheckOutcome, CheckResult['outcome']> = new Map([
  [CheckOutcome.CHECK_OUTCOME_PASSED, 'passed'],
  [CheckOutcome.CHECK_OUTCOME_FAILED, 'failed'],
  [CheckOutcome.CHECK_OUTCOME_SKIPPED, 'skipped'],
])

/** A check of a newer service is left out. */
function fromWireCheck(check: VerifyRequestResponse['checks'][number]): CheckResult[] {
  const outcome = OUTCOMES.get(check.outcome)
  if (outcome === undefined || !NAMES.has(check.name)) return []
  return [{ name: check.name as CheckResult['name'], outcome, detail: check.detail }]
}

function given(text: string): string | undefined {
  return text === '' ? undefined : text
}
