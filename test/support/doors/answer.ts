import type { Decision } from '../../../src/core/decision/decision.ts'
import { DomainError } from '../../../src/core/errors.ts'
import {
  Decision as WireDecision,
  DenyReason,
  type VerifyRequestResponse,
} from '../../../src/gen/chancery/v1/authorization_service.ts'
import { refusalOf } from '../grpc-fixture.ts'

/** What a door says that does not tell why it denies: agrees with every deny reason. */
export const DENIED = 'DENIED'

/** What a door said, in the words of all: `ALLOW`, a deny reason, {@link DENIED}, or `error` and the reason why there is no decision. */
export interface Answer {
  readonly verdict: string
  /** Absent where the door does not say. */
  readonly granted?: readonly string[]
  readonly missing?: readonly string[]
}

export function answerOfDecision(decision: Decision): Answer {
  const { denyReason, grantedScopes, missingScopes } = decision
  return { verdict: denyReason ?? decision.decision, granted: grantedScopes, missing: missingScopes }
}

export function answerOfResponse(response: VerifyRequestResponse): Answer {
  const { decision, denyReason, grantedScopes, missingScopes } = response
  const verdict =
    decision === WireDecision.DECISION_ALLOW
      ? 'ALLOW'
      : (nameOf(DenyReason, denyReason)?.replace('DENY_REASON_', '') ?? '?')
  return { verdict, granted: grantedScopes, missing: missingScopes }
}

export function answerOfReason(reason: string | undefined): Answer {
  return { verdict: `error ${reason ?? '?'}` }
}

/** Of a failed call in this process. */
export function answerOfDomainError(error: unknown): Answer {
  if (!(error instanceof DomainError)) throw error
  return answerOfReason(error.reason)
}

/** Of a failed call over gRPC. */
export function answerOfServiceError(error: unknown): Answer {
  const { reason } = refusalOf(error)
  if (reason === undefined) throw error
  return answerOfReason(reason)
}

/** The name of a value of a generated enum. */
export function nameOf(names: Readonly<Record<string, unknown>>, value: unknown): string | undefined {
  return Object.keys(names).find((name) => names[name] === value)
}
