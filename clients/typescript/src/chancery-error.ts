import { type ServiceError, status } from '@grpc/grpc-js'
import { ERROR_REASONS, type ErrorReason } from '../../../src/core/errors.ts'
import { readErrorDetails } from '../../../src/rpc/error-details.ts'
import { type ChanceryErrorReason, type TransportReason, adviceOn } from './chancery-error-reason.ts'

/** Names of gRPC's status codes. */
export type StatusName = keyof typeof status

/** A call that was not answered. It is no decision: whoever asked about a request refuses it. */
export class ChanceryError extends Error {
  override readonly name = 'ChanceryError'
  /** What programs branch on; it never changes its meaning. */
  readonly reason: ChanceryErrorReason
  /** The status of gRPC, such as `UNAVAILABLE`. */
  readonly status: StatusName
  /** True if the same call may succeed later without anybody changing anything. A signed request must be signed anew for it. */
  readonly retriable: boolean
  /** How long the service asks to wait before that, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** What to do, one sentence. */
  readonly advice: string | undefined
  /** Ids and limits that belong to the reason; docs/errors.md lists them. */
  readonly metadata: Readonly<Record<string, string>>
  /** Under which the service logged the call. */
  readonly requestId: string | undefined

  constructor(
    reason: ChanceryErrorReason,
    message: string,
    details: {
      readonly status: StatusName
      readonly retryAfterMs?: number | undefined
      readonly metadata?: Readonly<Record<string, string>> | undefined
      readonly requestId?: string | undefined
      readonly cause?: unknown
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.reason = reason
    this.status = details.status
    this.retriable = RETRIABLE.has(details.status)
    this.retryAfterMs = details.retryAfterMs
    this.advice = adviceOn(reason)
    this.metadata = details.metadata ?? {}
    this.requestId = details.requestId
  }
}

const RETRIABLE: ReadonlySet<StatusName> = new Set<StatusName>([
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'ABORTED',
])

// What OpenSSL and Node say of handshakes; grpc-js passes on the text alone.
const TLS_TEXT =
  /certificate|\bSSL\b|\bTLS\b|ERR_TLS|ERR_SSL|EPROTO|handshake|wrong version number|altnames|issuer/i

/** Turns what grpc-js rejects with into the one error of this package. Anything else is returned as it is. */
export function toChanceryError(error: unknown): unknown {
  if (!isServiceError(error)) return error
  const { reason, metadata, requestId, retryAfterMs } = readErrorDetails(error)
  const code = reason === undefined && isConnectionLost(error) ? status.UNAVAILABLE : error.code
  return new ChanceryError(
    isErrorReason(reason) ? reason : transportReason(code, error.details),
    error.details === '' ? error.message : error.details,
    { status: statusName(code), retryAfterMs, metadata, requestId, cause: error },
  )
}

/** A connection that ended under a call is UNAVAILABLE to grpc-js if the system said ECONNRESET, and INTERNAL, with a text of its own, if it said EPIPE or nothing. */
function isConnectionLost({ code, details }: ServiceError): boolean {
  return code === status.INTERNAL && details.startsWith('Received RST_STREAM with code')
}

function transportReason(code: status, details: string): TransportReason {
  switch (code) {
    case status.UNAVAILABLE:
      return TLS_TEXT.test(details) ? 'TLS_FAILED' : 'UNREACHABLE'
    case status.DEADLINE_EXCEEDED:
      return 'DEADLINE_EXCEEDED'
    case status.CANCELLED:
      return 'CANCELLED'
    default:
      return 'UNEXPECTED'
  }
}

function isErrorReason(reason: string | undefined): reason is ErrorReason {
  return (ERROR_REASONS as readonly (string | undefined)[]).includes(reason)
}

function statusName(code: number): StatusName {
  return (status[code] ?? 'UNKNOWN') as StatusName
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'metadata' in error && 'code' in error && typeof error.code === 'number'
}
