import { DomainError, type ErrorReason } from '../../core/errors.ts'
import { SignerError } from '../../signer/signer.ts'
import { StoreError } from '../../store/store.ts'
import type { HttpAnswer } from '../answer.ts'

/** Why a request is refused, in the words of OAuth. What went wrong in detail is for the log. */
export interface OAuthError {
  readonly status: number
  /** RFC 6749 section 5.2; `invalid_target` is from RFC 8707. */
  readonly error: string
  readonly description: string
  readonly headers?: Readonly<Record<string, string>>
}

/** True for a refusal, and not what was read. */
export function isOAuthError(found: unknown): found is OAuthError {
  return typeof found === 'object' && found !== null && 'error' in found
}

/** A request that is refused before anybody is asked who sent it. */
export function invalidRequest(
  description: string,
  status = 400,
  headers?: OAuthError['headers'],
): OAuthError {
  return { status, error: 'invalid_request', description, ...(headers && { headers }) }
}

export const UNSUPPORTED_GRANT: OAuthError = {
  status: 400,
  error: 'unsupported_grant_type',
  description: 'The one grant_type here is client_credentials.',
}

/** One text for every cause: a stranger learns neither which clients there are nor which certificates are good. */
const INVALID_CLIENT: OAuthError = {
  status: 400,
  error: 'invalid_client',
  description: 'Client authentication failed. The log of the service has the reason.',
}

/**
 * RFC 6749 section 5.2 has 401 for who tried the Authorization header, with a challenge of the scheme that was tried. Everyone else gets 400: there is no scheme that we
 * could name in the challenge which a 401 must have.
 */
export const AUTHORIZATION_REFUSED: OAuthError = {
  ...INVALID_CLIENT,
  status: 401,
  description: 'Clients authenticate by private_key_jwt or tls_client_auth here.',
  headers: { 'www-authenticate': 'Basic realm="chancery"' },
}

const INVALID_SCOPE: OAuthError = {
  status: 400,
  error: 'invalid_scope',
  description: 'A scope is malformed, or not one that the certificate of the client carries.',
}

const INVALID_TARGET: OAuthError = {
  status: 400,
  error: 'invalid_target',
  description: 'There is no such audience, or a scope does not belong to it.',
}

/** Not in RFC 6749 for this endpoint, which has no word for it; known from section 4.1.2.1. */
export const BUSY: OAuthError = {
  status: 503,
  error: 'temporarily_unavailable',
  description: 'There is no answer just now. Try again.',
  headers: { 'retry-after': '1' },
}

const RATE_LIMITED: OAuthError = {
  ...BUSY,
  status: 429,
  description: 'Too many tokens within a minute. Keep a token until shortly before it expires.',
}

const FAILED: OAuthError = {
  status: 500,
  error: 'server_error',
  description: 'The service failed on this request. Its log has the cause.',
}

/** What OAuth calls errors of ours, by their reason. */
export type OAuthWords = Partial<Record<ErrorReason, OAuthError>>

const ERRORS: OAuthWords = {
  CALLER_UNAUTHENTICATED: INVALID_CLIENT,
  CALLER_REVOKED: INVALID_CLIENT,
  CLIENT_LOCKED: INVALID_CLIENT,
  CLIENT_NOT_FOUND: INVALID_CLIENT,
  // The certificate ends within seconds.
  VALIDITY_OUT_OF_RANGE: INVALID_CLIENT,
  SCOPE_MALFORMED: INVALID_SCOPE,
  SCOPE_NOT_GRANTABLE: INVALID_SCOPE,
  RATE_LIMITED,
  CLIENT_CHANGED: BUSY,
  NONCE_STORE_FULL: BUSY,
  SHUTTING_DOWN: BUSY,
}

/** What the revocation endpoint calls otherwise. RFC 7009 section 2.1 leaves the word open; RFC 6749 section 5.2 has this one for what `was issued to another client`. */
export const REVOCATION_WORDS: OAuthWords = {
  CALLER_NOT_ALLOWED: {
    status: 400,
    error: 'invalid_grant',
    description: 'The token was issued to another client.',
  },
  RATE_LIMITED: {
    ...RATE_LIMITED,
    description: 'Too many tokens of this client are revoked already. Let this one expire.',
  },
}

/** What the introspection endpoint calls otherwise. RFC 7662 section 2.3 names no error for a client that may not ask; where it has a token instead, that is a 403. */
export const INTROSPECTION_WORDS: OAuthWords = {
  CALLER_NOT_ALLOWED: {
    status: 403,
    error: 'unauthorized_client',
    description: 'The certificate of the client does not carry chancery.requests.verify.',
  },
}

/**
 * What OAuth calls an error of ours.
 *
 * @param words - what this endpoint calls otherwise
 */
export function oauthErrorOf(error: unknown, words: OAuthWords = {}): OAuthError {
  if (error instanceof StoreError || error instanceof SignerError) return BUSY
  if (!(error instanceof DomainError)) return FAILED
  if (error.reason === 'FIELD_INVALID')
    return error.metadata['field'] === 'audience' ? INVALID_TARGET : INVALID_SCOPE
  return words[error.reason] ?? ERRORS[error.reason] ?? FAILED
}

/** RFC 6749 sections 5.1 and 5.2: JSON that no cache keeps. */
export function jsonAnswer(status: number, body: object, headers: OAuthError['headers'] = {}): HttpAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      pragma: 'no-cache',
      ...headers,
    },
    body: JSON.stringify(body),
  }
}

export function answerError({ status, error, description, headers }: OAuthError): HttpAnswer {
  return jsonAnswer(status, { error, error_description: description }, headers)
}
