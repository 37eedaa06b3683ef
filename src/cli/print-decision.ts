import {
  CheckOutcome,
  Decision,
  type VerifyRequestResponse,
  denyReasonToJSON,
} from '../gen/chancery/v1/authorization_service.ts'
import { formatFields, formatTable } from './format-table.ts'
import { formatInstantWithDistance } from './format-time.ts'

/** Lays out a decision for people, with its checks when they were asked for. */
export function formatDecision(response: VerifyRequestResponse, now: Date): string {
  const { principal, evaluatedAt } = response
  const fields: (readonly [string, string | readonly string[]])[] = [
    ['decision', response.decision === Decision.DECISION_ALLOW ? 'ALLOW' : 'DENY'],
  ]
  if (response.decision !== Decision.DECISION_ALLOW) {
    fields.push(['reason', denyReasonToJSON(response.denyReason).replace('DENY_REASON_', '')])
  }
  if (response.message !== '') fields.push(['message', response.message])
  if (principal !== undefined) {
    fields.push(['client', principal.clientId], ['serial number', principal.serialNumber])
    fields.push(['not after', formatInstantWithDistance(principal.notAfter, now)])
  }
  fields.push(['scopes', response.grantedScopes])
  if (response.missingScopes.length > 0) fields.push(['missing', response.missingScopes])
  if (evaluatedAt !== undefined) {
    fields.push([
      'crl',
      `${evaluatedAt.crlNumber}, next update ${formatInstantWithDistance(evaluatedAt.nextUpdate, now)}`,
    ])
  }
  const checks = response.checks.map(({ name, outcome, detail }) => [name, outcomeName(outcome), detail])
  return (
    formatFields(fields) +
    (checks.length === 0 ? '' : `\n${formatTable(['CHECK', 'OUTCOME', 'DETAIL'], checks)}`)
  )
}

function outcomeName(outcome: CheckOutcome): string {
  switch (outcome) {
    case CheckOutcome.CHECK_OUTCOME_PASSED:
      return 'passed'
    case CheckOutcome.CHECK_OUTCOME_FAILED:
      return 'FAILED'
    case CheckOutcome.CHECK_OUTCOME_SKIPPED:
      return 'skipped'
    case CheckOutcome.CHECK_OUTCOME_UNSPECIFIED:
    case CheckOutcome.UNRECOGNIZED:
      return 'unknown'
  }
}
