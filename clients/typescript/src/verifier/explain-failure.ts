import { ERROR_REASONS, type ErrorReason } from '../../../../src/core/errors.ts'
import { ChanceryError, toChanceryError } from '../chancery-error.ts'
import { NoDecisionError } from './no-decision-error.ts'

const REASONS: ReadonlySet<string> = new Set(ERROR_REASONS)

/** Makes one kind of error of everything that a question to the service can end with. */
export function explainFailure(failure: unknown): NoDecisionError {
  if (failure instanceof NoDecisionError) return failure
  const cause = toChanceryError(failure)
  const message = cause instanceof Error ? cause.message : String(cause)
  if (!(cause instanceof ChanceryError))
    return new NoDecisionError('AUTHORITY_UNREACHABLE', message, { cause })
  if (cause.reason === 'DEADLINE_EXCEEDED')
    return new NoDecisionError('AUTHORITY_SLOW', 'The authority did not answer in time.', { cause })
  return new NoDecisionError(isErrorReason(cause.reason) ? cause.reason : 'AUTHORITY_UNREACHABLE', message, {
    cause,
  })
}

/** The reason that a name of the protocol stands for; `undefined` for none, and for one of a newer service. */
export function errorReason(name: string): ErrorReason | undefined {
  const reason = name.replace('ERROR_REASON_', '')
  return isErrorReason(reason) ? reason : undefined
}

function isErrorReason(reason: string): reason is ErrorReason {
  return REASONS.has(reason)
}
