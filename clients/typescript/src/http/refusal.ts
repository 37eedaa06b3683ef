import { STATUS_CODES } from 'node:http'
import { httpRefusal } from '../../../../src/core/decision/http-refusal.ts'
import type { NoDecisionError, NoDecisionReason } from '../verifier/no-decision-error.ts'
import type { Denied } from '../verifier/verification.ts'

/** The answer to a request that is not served: problem details (RFC 9457). */
export interface Refusal {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** JSON. */
  readonly body: string
}

/**
 * What whoever is refused learns. What was wrong with a credential is not in it: certificates are no secret, and nobody shall find out with somebody else's what is known of it.
 *
 * - `CREDENTIAL_REFUSED` (401): there is no credential, or one that is not good.
 * - `SCOPE_INSUFFICIENT`, `AUDIENCE_MISMATCH` (403): the credential is good, and not for this.
 * - `NO_DECISION` (503): try again later, with a new signature.
 * - `REQUEST_INVALID` (400), `BODY_TOO_SLOW` (408), `BODY_TOO_LARGE` (413): nothing was looked at.
 */
export type RefusalCode =
  | 'AUDIENCE_MISMATCH'
  | 'BODY_TOO_LARGE'
  | 'BODY_TOO_SLOW'
  | 'CREDENTIAL_REFUSED'
  | 'NO_DECISION'
  | 'REQUEST_INVALID'
  | 'SCOPE_INSUFFICIENT'

/** The refusal of a denied request. `scopes`: what serving it needs. */
export function refuseDenied(denied: Denied, scopes: readonly string[], triedToken: boolean): Refusal {
  const { reason } = denied
  const refusal = httpRefusal(reason === 'UNRECOGNIZED' ? undefined : reason, true)
  if (refusal.status === 401) {
    // RFC 6750 section 3.1: no error where there was no token. The challenge for tokens is the last one.
    const challenge = triedToken ? `${refusal.challenge}, error="invalid_token"` : refusal.challenge
    return problem(401, 'CREDENTIAL_REFUSED', { 'www-authenticate': challenge })
  }
  const code = reason === 'AUDIENCE_MISMATCH' ? reason : 'SCOPE_INSUFFICIENT'
  if (code === 'AUDIENCE_MISMATCH') return problem(403, code)
  const challenge = `Bearer realm="chancery", error="insufficient_scope", scope="${scopes.join(' ')}"`
  const headers = triedToken ? { 'www-authenticate': challenge } : {}
  return problem(403, code, headers, { required_scopes: scopes })
}

/** A full memory of nonces needs some to end. */
const SLOW_TO_PASS: ReadonlySet<NoDecisionReason> = new Set<NoDecisionReason>([
  'NONCE_STORE_FULL',
  'TRUST_UNAVAILABLE',
])

/** The refusal where there is no decision. */
export function refuseUndecided({ reason }: Pick<NoDecisionError, 'reason'>): Refusal {
  // What is demanded was checked when the route was made: what is left is the request.
  if (reason === 'FIELD_INVALID') return problem(400, 'REQUEST_INVALID', { connection: 'close' })
  return problem(503, 'NO_DECISION', { 'retry-after': SLOW_TO_PASS.has(reason) ? '10' : '1' })
}

/** The refusal of a request whose body cannot be had. It may still be coming, so nothing can follow it on the connection. */
export function refuseBody(kind: 'no_room' | 'too_large' | 'too_slow'): Refusal {
  const headers = { connection: 'close' }
  if (kind === 'too_large') return problem(413, 'BODY_TOO_LARGE', headers)
  if (kind === 'too_slow') return problem(408, 'BODY_TOO_SLOW', headers)
  return problem(503, 'NO_DECISION', { ...headers, 'retry-after': '1' })
}

function problem(
  status: number,
  code: RefusalCode,
  headers: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, unknown>> = {},
): Refusal {
  const body = { type: 'about:blank', title: STATUS_CODES[status], status, code, ...more }
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  }
}
