import { type ServiceError, status } from '@grpc/grpc-js'
import { ERROR_REASONS, type ErrorReason } from '../../../../src/core/errors.ts'
import { ErrorInfo } from '../../../../src/gen/google/rpc/error_details.ts'
import { Status } from '../../../../src/gen/google/rpc/status.ts'
import { NoDecisionError } from './no-decision-error.ts'

const REASONS: ReadonlySet<string> = new Set(ERROR_REASONS)
const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo'

/** Makes one kind of error of everything that a call to the service can end with. */
export function explainFailure(error: unknown): NoDecisionError {
  if (error instanceof NoDecisionError) return error
  const { code, message } = error as Partial<ServiceError>
  const reason = reasonOf(error as Partial<ServiceError>)
  if (reason !== undefined) return new NoDecisionError(reason, message ?? reason, { cause: error })
  if (code === status.DEADLINE_EXCEEDED)
    return new NoDecisionError('AUTHORITY_SLOW', 'The authority did not answer in time.', { cause: error })
  return new NoDecisionError(
    'AUTHORITY_UNREACHABLE',
    `The authority did not answer: ${message ?? String(error)}.`,
    {
      cause: error,
    },
  )
}

/** The reason of the service, if the error came from it. */
export function errorReason(name: string): ErrorReason | undefined {
  const reason = name.replace('ERROR_REASON_', '')
  return REASONS.has(reason) ? (reason as ErrorReason) : undefined
}

function reasonOf({ metadata }: Partial<ServiceError>): ErrorReason | undefined {
  const [details] = metadata?.get('grpc-status-details-bin') ?? []
  if (!Buffer.isBuffer(details)) return undefined
  try {
    const info = Status.decode(details).details.find(({ typeUrl }) => typeUrl === ERROR_INFO)
    return info && errorReason(ErrorInfo.decode(info.value).reason)
  } catch {
    return undefined
  }
}
