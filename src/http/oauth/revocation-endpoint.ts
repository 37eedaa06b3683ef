import type { Caller } from '../../authority/ports.ts'
import type { RevokeTokenRequest, RevokeTokenResult } from '../../authority/revoke-token.ts'
import { DomainError } from '../../core/errors.ts'
import type { HttpAnswer, HttpRoute } from '../answer.ts'
import { type OAuthEndpointOptions, type Served, createOAuthEndpoint } from './oauth-endpoint.ts'
import { REVOCATION_WORDS } from './oauth-error.ts'
import { readShownToken } from './shown-token.ts'

export interface RevocationEndpointOptions extends OAuthEndpointOptions {
  /** The same use case as over gRPC. */
  revoke(caller: Caller, request: RevokeTokenRequest): Promise<RevokeTokenResult>
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
    read: readShownToken,
    serve: ({ caller }, { token }) => serve(options, caller, token),
  })
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
