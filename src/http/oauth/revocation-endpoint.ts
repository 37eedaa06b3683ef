import type { OAuthCredentials } from '../../authority/authenticate-oauth-client.ts'
import type { Caller } from '../../authority/ports.ts'
import type { RevokeTokenRequest, RevokeTokenResult } from '../../authority/revoke-token.ts'
import { DomainError } from '../../core/errors.ts'
import type { HttpAnswer, HttpQuestion, HttpRoute } from '../answer.ts'
import { type OAuthEndpointOptions, type Served, createOAuthEndpoint } from './oauth-endpoint.ts'
import { type OAuthError, REVOCATION_WORDS, invalidRequest, isOAuthError } from './oauth-error.ts'
import { readCredentials, readForm } from './token-request.ts'

export interface RevocationEndpointOptions extends OAuthEndpointOptions {
  /** The same use case as over gRPC. */
  revoke(caller: Caller, request: RevokeTokenRequest): Promise<RevokeTokenResult>
}

interface RevocationRequest {
  readonly credentials: OAuthCredentials
  readonly token: string
}

/** RFC 7009 section 2.2: clients go by the status alone. */
const DONE: HttpAnswer = {
  status: 200,
  headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
  body: '',
}

/** Serves `POST /oauth2/revoke` (RFC 7009): ends access tokens before they expire. Never rejects. */
export function createRevocationEndpoint(options: RevocationEndpointOptions): HttpRoute {
  return createOAuthEndpoint(options, {
    name: 'revoke',
    words: REVOCATION_WORDS,
    read: readRevocationRequest,
    serve: ({ caller }, { token }) => serve(options, caller, token),
  })
}

/** `token_type_hint` is passed over as unknown parameters are: there is one type of token (RFC 7009 section 2.1). */
function readRevocationRequest(question: HttpQuestion): RevocationRequest | OAuthError {
  const form = readForm(question)
  if (isOAuthError(form)) return form
  const token = form.get('token')
  if (token === undefined) return invalidRequest('token is missing.')
  const credentials = readCredentials(question, form)
  return isOAuthError(credentials) ? credentials : { credentials, token }
}

async function serve(options: RevocationEndpointOptions, caller: Caller, token: string): Promise<Served> {
  try {
    const { tokenId, outcome } = await options.revoke(caller, { kind: 'token', token })
    return { answer: DONE, tokenId, detail: outcome }
  } catch (error) {
    // RFC 7009 section 2.2: what is no token of ours is as good as revoked, and there is nothing that the client could do about it.
    const isNoToken =
      error instanceof DomainError && error.reason === 'FIELD_INVALID' && error.metadata['field'] === 'token'
    if (!isNoToken) throw error
    return { answer: DONE, reason: error.reason, detail: error.message }
  }
}
