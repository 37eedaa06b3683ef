import type { IssueTokenRequest, IssuedToken } from '../../authority/issue-token.ts'
import type { Caller, Clock } from '../../authority/ports.ts'
import type { HttpAnswer, HttpRoute } from '../answer.ts'
import { type OAuthEndpointOptions, createOAuthEndpoint } from './oauth-endpoint.ts'
import { jsonAnswer } from './oauth-error.ts'
import { readTokenRequest } from './token-request.ts'

export interface TokenEndpointOptions extends OAuthEndpointOptions {
  /** The `aud` of tokens for every resource server. */
  readonly everyone: string
  /** The same use case as over gRPC. */
  issue(caller: Caller, request: IssueTokenRequest): Promise<IssuedToken>
  readonly clock: Clock
}

/** Serves `POST /oauth2/token`: access tokens by the client credentials grant (RFC 6749 section 4.4). Never rejects. */
export function createTokenEndpoint(options: TokenEndpointOptions): HttpRoute {
  return createOAuthEndpoint(options, {
    name: 'token',
    read: (question) => readTokenRequest(question, options.everyone),
    async serve({ caller, hasShownCertificate }, { scopes, audience }) {
      const issued = await options.issue(caller, {
        clientId: '',
        scopes,
        audience,
        validitySeconds: undefined,
        unbound: !hasShownCertificate,
      })
      return { answer: answerToken(issued, options.clock), tokenId: issued.tokenId }
    },
  })
}

function answerToken({ token, expiresAt, scopes }: IssuedToken, clock: Clock): HttpAnswer {
  return jsonAnswer(200, {
    access_token: token,
    token_type: 'Bearer',
    expires_in: Math.max(0, Math.floor((expiresAt.getTime() - clock.now().getTime()) / 1000)),
    scope: scopes.join(' '),
  })
}
