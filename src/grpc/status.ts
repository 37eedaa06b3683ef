import { Metadata, status as Code } from '@grpc/grpc-js'
import { type ErrorReason, DomainError } from '../core/errors.ts'
import {
  BadRequest,
  ErrorInfo,
  PreconditionFailure,
  RequestInfo,
  ResourceInfo,
  RetryInfo,
} from '../gen/google/rpc/error_details.ts'
import type { Any } from '../gen/google/protobuf/any.ts'
import { Status } from '../gen/google/rpc/status.ts'
import { SignerError } from '../signer/signer.ts'
import { StoreError } from '../store/store.ts'

/** `domain` of every `google.rpc.ErrorInfo` that this service sends. */
export const ERROR_DOMAIN = 'chancery.v1'

const DETAILS_KEY = 'grpc-status-details-bin'

// Trailers travel in one header block: long texts would break the 8 KiB that proxies commonly allow.
const MAX_MESSAGE_LENGTH = 512
const MAX_METADATA_VALUE_LENGTH = 256

/** The status that ends a call, and the reason that goes to log and metrics. */
export interface CallStatus {
  readonly code: Code
  readonly details: string
  readonly metadata: Metadata
  readonly reason: ErrorReason | undefined
  /** The details of the reason, as they are in `metadata`. */
  readonly reasonMetadata: Readonly<Record<string, string>>
}

type Detail = 'field' | 'retry' | 'client' | 'certificate' | 'authority' | 'precondition' | 'request'

interface Rule {
  readonly code: Code
  readonly detail?: Detail
  readonly retryMs?: number
}

const invalid: Rule = { code: Code.INVALID_ARGUMENT, detail: 'field' }
const unavailable: Rule = { code: Code.UNAVAILABLE, detail: 'retry', retryMs: 1000 }
const precondition: Rule = { code: Code.FAILED_PRECONDITION, detail: 'precondition' }

/** The table of `error_reason.proto`: what each reason becomes on the wire. */
const RULES: Readonly<Record<ErrorReason, Rule>> = {
  FIELD_INVALID: invalid,
  CSR_MALFORMED: invalid,
  CSR_SIGNATURE_INVALID: invalid,
  PUBLIC_KEY_REJECTED: invalid,
  SCOPE_MALFORMED: invalid,
  VALIDITY_OUT_OF_RANGE: invalid,
  REVOCATION_REASON_INVALID: invalid,
  CERTIFICATE_MALFORMED: invalid,
  PROFILE_UNKNOWN: { code: Code.INVALID_ARGUMENT },
  PAGE_TOKEN_INVALID: { code: Code.INVALID_ARGUMENT },
  FIELD_NOT_IMPLEMENTED: { code: Code.UNIMPLEMENTED, detail: 'field' },
  CALLER_UNAUTHENTICATED: { code: Code.UNAUTHENTICATED },
  CALLER_REVOKED: { code: Code.UNAUTHENTICATED },
  CALLER_NOT_ALLOWED: { code: Code.PERMISSION_DENIED },
  SCOPE_NOT_GRANTABLE: { code: Code.PERMISSION_DENIED },
  PROFILE_NOT_ALLOWED: { code: Code.PERMISSION_DENIED },
  CLIENT_LOCKED: precondition,
  CLIENT_NOT_FOUND: { code: Code.NOT_FOUND, detail: 'client' },
  CLIENT_EXISTS: { code: Code.ALREADY_EXISTS, detail: 'client' },
  CLIENT_CHANGED: { code: Code.ABORTED, detail: 'retry', retryMs: 100 },
  CERTIFICATE_NOT_FOUND: { code: Code.NOT_FOUND, detail: 'certificate' },
  AUTHORITY_NOT_FOUND: { code: Code.NOT_FOUND, detail: 'authority' },
  REPLACEMENT_INVALID: precondition,
  COUNT_MISMATCH: precondition,
  IDEMPOTENCY_KEY_REUSED: { code: Code.ALREADY_EXISTS },
  RATE_LIMITED: { code: Code.RESOURCE_EXHAUSTED, detail: 'retry', retryMs: 1000 },
  NONCE_STORE_FULL: { code: Code.RESOURCE_EXHAUSTED, detail: 'retry', retryMs: 10_000 },
  SIGNER_UNAVAILABLE: unavailable,
  STORE_UNAVAILABLE: unavailable,
  REVOCATION_STATE_STALE: unavailable,
  SHUTTING_DOWN: unavailable,
  INTERNAL: { code: Code.INTERNAL, detail: 'request' },
  LINT_FAILED: { code: Code.INTERNAL, detail: 'request' },
  PROXY_NOT_TRUSTED: { code: Code.PERMISSION_DENIED },
  NOT_ON_HOLD: precondition,
  REVOCATION_PROOF_INVALID: invalid,
  CERTIFICATE_LIMIT_REACHED: { code: Code.RESOURCE_EXHAUSTED, detail: 'client' },
  CLIENT_REMOVED: { code: Code.ALREADY_EXISTS, detail: 'client' },
}

/** The status of a call that was served. */
export function okStatus(): CallStatus {
  return { code: Code.OK, details: 'OK', metadata: new Metadata(), reason: undefined, reasonMetadata: {} }
}

/**
 * What the caller learns of an error. The one place where errors become gRPC statuses: a {@link DomainError} keeps its
 * reason, an outage of store or signer becomes UNAVAILABLE, and anything else INTERNAL with a fixed text, so that
 * neither a stack nor a path nor a value leaves the process.
 */
export function statusOf(error: unknown, requestId: string): CallStatus {
  if (error instanceof DomainError) return domainStatus(error, requestId)
  if (error instanceof StoreError) return domainStatus(outage('STORE_UNAVAILABLE', 'database'), requestId)
  if (error instanceof SignerError)
    return domainStatus(outage('SIGNER_UNAVAILABLE', 'signing key'), requestId)
  if (error instanceof StatusError) return plainStatus(error.code, error.message)
  if (error instanceof Error && error.name === 'AbortError') {
    return plainStatus(Code.CANCELLED, 'The call was cancelled.')
  }
  const text = `The service failed on this request. Its log has the cause under request id ${requestId}.`
  return domainStatus(new DomainError('INTERNAL', text), requestId)
}

/** A status of the transport (cancelled, deadline, message size, unknown method), which has no reason of ours. */
export function plainStatus(code: Code, details: string): CallStatus {
  return {
    code,
    details: tidy(details, MAX_MESSAGE_LENGTH),
    metadata: new Metadata(),
    reason: undefined,
    reasonMetadata: {},
  }
}

/** Ends a call with a bare code: for deadlines, and for standard services whose protocol fixes the code. */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly code: Code

  constructor(code: Code, message: string) {
    super(message)
    this.code = code
  }
}

function outage(reason: ErrorReason, what: string): DomainError {
  return new DomainError(
    reason,
    `The ${what} does not answer. Try again later; nothing was decided or changed.`,
  )
}

function domainStatus(error: DomainError, requestId: string): CallStatus {
  const rule = RULES[error.reason]
  const message = tidy(error.message, MAX_MESSAGE_LENGTH)
  const reasonMetadata = Object.fromEntries(
    Object.entries(error.metadata).map(([key, value]) => [key, tidy(value, MAX_METADATA_VALUE_LENGTH)]),
  )
  const info = ErrorInfo.create({
    reason: `ERROR_REASON_${error.reason}`,
    domain: ERROR_DOMAIN,
    metadata: reasonMetadata,
  })
  const details = [
    any('ErrorInfo', ErrorInfo.encode(info).finish()),
    ...detailOf(rule, error, message, requestId),
  ]
  const metadata = new Metadata()
  metadata.set(DETAILS_KEY, Buffer.from(Status.encode({ code: rule.code, message, details }).finish()))
  return { code: rule.code, details: message, metadata, reason: error.reason, reasonMetadata }
}

function detailOf(rule: Rule, error: DomainError, message: string, requestId: string): Any[] {
  const { metadata } = error
  if (rule.detail === undefined) return []
  switch (rule.detail) {
    case 'field': {
      const violation = {
        field: tidy(metadata['field'] ?? '', MAX_METADATA_VALUE_LENGTH),
        description: message,
      }
      const bad = BadRequest.create({ fieldViolations: [{ ...violation, reason: error.reason }] })
      return violation.field === '' ? [] : [any('BadRequest', BadRequest.encode(bad).finish())]
    }
    case 'retry': {
      const ms = rule.retryMs ?? 1000
      const delay = { seconds: BigInt(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1_000_000 }
      return [any('RetryInfo', RetryInfo.encode({ retryDelay: delay }).finish())]
    }
    case 'client':
      return [resource('Client', metadata['client_id'], message)]
    case 'certificate':
      return [
        resource('Certificate', `${metadata['authority'] ?? ''}/${metadata['serial_number'] ?? ''}`, message),
      ]
    case 'authority':
      return [resource('Authority', metadata['authority'], message)]
    case 'precondition': {
      const subject = metadata['client_id'] ?? metadata['serial_number'] ?? ''
      const failure = PreconditionFailure.create({
        violations: [
          { type: error.reason, subject: tidy(subject, MAX_METADATA_VALUE_LENGTH), description: message },
        ],
      })
      return [any('PreconditionFailure', PreconditionFailure.encode(failure).finish())]
    }
    case 'request':
      return [any('RequestInfo', RequestInfo.encode(RequestInfo.create({ requestId })).finish())]
  }
}

function resource(type: string, name: string | undefined, description: string): Any {
  const info = ResourceInfo.create({
    resourceType: `${ERROR_DOMAIN}.${type}`,
    resourceName: tidy(name ?? '', MAX_METADATA_VALUE_LENGTH),
    description,
  })
  return any('ResourceInfo', ResourceInfo.encode(info).finish())
}

function any(name: string, value: Uint8Array): Any {
  return { typeUrl: `type.googleapis.com/google.rpc.${name}`, value: Buffer.from(value) }
}

// A lone surrogate would make grpc-js throw while it percent-encodes the message.
function tidy(text: string, maxLength: number): string {
  return (text.length > maxLength ? `${text.slice(0, maxLength - 3)}...` : text).toWellFormed()
}
