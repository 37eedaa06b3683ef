import type { ServiceError } from '@grpc/grpc-js'
import { ErrorInfo, RequestInfo, RetryInfo } from '../gen/google/rpc/error_details.ts'
import { Status } from '../gen/google/rpc/status.ts'

/** What a refusal of the service carries beside its status. */
export interface ErrorDetails {
  /** The service's `ErrorReason`, without its prefix. */
  readonly reason?: string
  /** Ids and limits that belong to the reason. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Under which the service logged the call. */
  readonly requestId?: string
  /** How long to wait before the call is made again. */
  readonly retryAfterMs?: number
}

const TYPE_PREFIX = 'type.googleapis.com/google.rpc.'
const REASON_PREFIX = 'ERROR_REASON_'

/** Reads the `google.rpc` details of an error. Empty if it has none, which then came from the transport, not from the service. */
export function readErrorDetails(error: Pick<ServiceError, 'metadata'>): ErrorDetails {
  const [packed] = error.metadata.get('grpc-status-details-bin')
  if (!Buffer.isBuffer(packed)) return {}
  try {
    return Object.assign(
      {},
      ...Status.decode(packed).details.map(({ typeUrl, value }) => readDetail(typeUrl, value)),
    ) as ErrorDetails
  } catch {
    // Details are a courtesy: an unreadable one must not hide the error itself.
    return {}
  }
}

function readDetail(typeUrl: string, value: Buffer): ErrorDetails {
  switch (typeUrl.startsWith(TYPE_PREFIX) ? typeUrl.slice(TYPE_PREFIX.length) : '') {
    case 'ErrorInfo': {
      const { reason, metadata } = ErrorInfo.decode(value)
      return {
        reason: reason.startsWith(REASON_PREFIX) ? reason.slice(REASON_PREFIX.length) : reason,
        metadata,
      }
    }
    case 'RequestInfo':
      return { requestId: RequestInfo.decode(value).requestId }
    case 'RetryInfo': {
      const delay = RetryInfo.decode(value).retryDelay
      return delay ? { retryAfterMs: Number(delay.seconds) * 1000 + delay.nanos / 1_000_000 } : {}
    }
    default:
      return {}
  }
}
