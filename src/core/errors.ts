/**
 * Why a call cannot be served: the names of `ErrorReason` in `proto/chancery/v1/error_reason.proto` without their
 * prefix. A unit test holds the two lists equal.
 */
export const ERROR_REASONS = [
  'FIELD_INVALID',
  'CSR_MALFORMED',
  'CSR_SIGNATURE_INVALID',
  'PUBLIC_KEY_REJECTED',
  'SCOPE_MALFORMED',
  'VALIDITY_OUT_OF_RANGE',
  'REVOCATION_REASON_INVALID',
  'CERTIFICATE_MALFORMED',
  'PROFILE_UNKNOWN',
  'PAGE_TOKEN_INVALID',
  'FIELD_NOT_IMPLEMENTED',
  'CALLER_UNAUTHENTICATED',
  'CALLER_REVOKED',
  'CALLER_NOT_ALLOWED',
  'SCOPE_NOT_GRANTABLE',
  'PROFILE_NOT_ALLOWED',
  'CLIENT_LOCKED',
  'CLIENT_NOT_FOUND',
  'CLIENT_EXISTS',
  'CLIENT_CHANGED',
  'CERTIFICATE_NOT_FOUND',
  'AUTHORITY_NOT_FOUND',
  'REPLACEMENT_INVALID',
  'COUNT_MISMATCH',
  'IDEMPOTENCY_KEY_REUSED',
  'RATE_LIMITED',
  'NONCE_STORE_FULL',
  'SIGNER_UNAVAILABLE',
  'STORE_UNAVAILABLE',
  'REVOCATION_STATE_STALE',
  'SHUTTING_DOWN',
  'INTERNAL',
  'LINT_FAILED',
  'PROXY_NOT_TRUSTED',
  'NOT_ON_HOLD',
  'CLIENT_REMOVED',
  'REVOCATION_PROOF_INVALID',
  'CERTIFICATE_LIMIT_REACHED',
] as const

/** See {@link ERROR_REASONS}. */
export type ErrorReason = (typeof ERROR_REASONS)[number]

/**
 * An error that strangers cause as often as they like, without a stack trace: that would be most of what refusing them costs. Where it came from is in
 * its reason or defect.
 */
abstract class ExpectedError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    const { stackTraceLimit } = Error
    // Not by assignment, which throws where the intrinsics are frozen.
    Reflect.set(Error, 'stackTraceLimit', 0)
    super(message, options)
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  }
}

/**
 * A call that cannot be served, for a reason the caller can act on. Never used for a denial, which is a value.
 *
 * `metadata` holds ids and limits only: no secret, key or whole certificate. The keys of each reason are documented
 * in `error_reason.proto`. `message` is English for developers and may change; `reason` may not. `cause` never leaves
 * the process.
 */
export class DomainError extends ExpectedError {
  override readonly name = 'DomainError'
  readonly reason: ErrorReason
  readonly metadata: Readonly<Record<string, string>>

  constructor(
    reason: ErrorReason,
    message: string,
    metadata: Readonly<Record<string, string>> = {},
    options?: { cause?: unknown },
  ) {
    super(message, options)
    this.reason = reason
    this.metadata = metadata
  }
}

/** Refuses a field of a request with one sentence; `field` is its path in the message. */
export function fieldInvalid(field: string, message: string): DomainError {
  return new DomainError('FIELD_INVALID', message, { field })
}

/**
 * Bytes from a stranger that are not what they claim to be. `defect` is a stable dotted name, such as
 * `der.length_not_minimal` or `certificate.version`; callers turn it into a deny reason or a {@link DomainError}.
 */
export class MalformedError extends ExpectedError {
  override readonly name = 'MalformedError'
  readonly defect: string

  constructor(defect: string, message: string) {
    super(message)
    this.defect = defect
  }
}

/** Closes a switch over a union: the compiler refuses a forgotten case, and a forged value throws. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${String(value)}`)
}
