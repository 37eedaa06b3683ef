import type { Introspection } from '../../authority/introspect-token.ts'
import type { Caller } from '../../authority/ports.ts'
import type { HttpRoute } from '../answer.ts'
import { type OAuthEndpointOptions, type Served, createOAuthEndpoint } from './oauth-endpoint.ts'
import { INTROSPECTION_WORDS, jsonAnswer } from './oauth-error.ts'
import { readShownToken } from './shown-token.ts'

export interface IntrospectionEndpointOptions extends OAuthEndpointOptions {
  introspect(caller: Caller, token: string): Promise<Introspection>
}

/** Serves `POST /oauth2/introspect` (RFC 7662): says to resource servers what a token is. Never rejects. */
export function createIntrospectionEndpoint(options: IntrospectionEndpointOptions): HttpRoute {
  return createOAuthEndpoint(options, {
    name: 'introspect',
    words: INTROSPECTION_WORDS,
    read: readShownToken,
    serve: async ({ caller }, { token }) => answerOf(await options.introspect(caller, token)),
  })
}

function answerOf(found: Introspection): Served {
  // RFC 7662 section 2.2: nothing about a token that is not active, not even why it is not.
  if (!found.active)
    return { answer: jsonAnswer(200, { active: false }), reason: found.reason, detail: found.message }
  const { token, scopes } = found
  const [audience, ...others] = token.audiences
  const body = {
    active: true,
    scope: scopes.join(' '),
    client_id: token.clientId,
    token_type: 'Bearer',
    exp: secondsOf(token.expiresAt),
    iat: secondsOf(token.issuedAt),
    ...(token.notBefore && { nbf: secondsOf(token.notBefore) }),
    sub: token.clientId,
    aud: others.length === 0 ? audience : token.audiences,
    iss: token.issuer,
    jti: token.tokenId,
    // RFC 8705 section 3.2.
    ...(token.certificateThumbprint !== undefined && { cnf: { 'x5t#S256': token.certificateThumbprint } }),
  }
  return { answer: jsonAnswer(200, body), tokenId: token.tokenId }
}

function secondsOf(instant: Date): number {
  return instant.getTime() / 1000
}
