import type { ErrorReason } from '../../../src/core/errors.ts'

/** Why a call came to nothing where the service itself gave no reason. */
export type TransportReason =
  /** No connection: refused, no such host, no route, or lost before the answer. */
  | 'UNREACHABLE'
  /** A connection, but no TLS session: a certificate that one side does not accept, or no TLS at all. */
  | 'TLS_FAILED'
  /** No answer within the deadline. The call may have been carried out. */
  | 'DEADLINE_EXCEEDED'
  /** The caller called it off. */
  | 'CANCELLED'
  /** The service answered what it never should; its text is in the message. */
  | 'UNEXPECTED'

/** The service's own reasons (docs/errors.md), and those of the transport. */
export type ChanceryErrorReason = ErrorReason | TransportReason

const ADVICE: Partial<Readonly<Record<ChanceryErrorReason, string>>> = {
  UNREACHABLE: 'Check the address, and that the service runs.',
  TLS_FAILED:
    "Check that the identity's ca.pem is that of this service, that the address is one of the names in the service's certificate, and the clocks of both machines.",
  DEADLINE_EXCEEDED: 'Try again, or allow more time.',
  CALLER_UNAUTHENTICATED: 'Use an identity that this authority issued and that is in force.',
  CALLER_REVOKED: 'Ask the operator why, and have a new identity issued.',
  CALLER_NOT_ALLOWED: 'Have the operator grant the scope in `metadata.required_scope`.',
  SCOPE_NOT_GRANTABLE: 'Ask for scopes of the certificate only, or have them granted and renew it.',
  SCOPE_MALFORMED: 'Write scopes as dot-separated segments of a-z, 0-9, _ and -, such as bob.user.read.',
  CLIENT_LOCKED: 'Ask the operator to unlock the client.',
  CLIENT_NOT_FOUND: 'Check the id of the client.',
  PROFILE_NOT_ALLOWED: 'Ask for a profile that the client may use.',
  VALIDITY_OUT_OF_RANGE: 'Stay within the limits in `metadata`.',
  PROXY_NOT_TRUSTED: 'Have the operator name this caller in `trustedProxies`, if only a proxy can reach it.',
  CERTIFICATE_LIMIT_REACHED: 'Revoke certificates that nobody uses, or ask for shorter ones.',
  RATE_LIMITED: 'Wait for `retryAfterMs` and try again.',
  INTERNAL: "Look up `requestId` in the service's log.",
}

/** What to do about a reason, where there is something to say. */
export function adviceOn(reason: ChanceryErrorReason): string | undefined {
  return ADVICE[reason]
}
