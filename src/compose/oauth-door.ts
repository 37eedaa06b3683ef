import type { AuthenticateAssertionDependencies } from '../authority/authenticate-assertion.ts'
import { type OAuthCredentials, authenticateOAuthClient } from '../authority/authenticate-oauth-client.ts'
import type { DecisionDependencies } from '../authority/decision-context.ts'
import { introspectToken } from '../authority/introspect-token.ts'
import { type IssueTokenDependencies, issueToken } from '../authority/issue-token.ts'
import type { Log, Metrics } from '../authority/ports.ts'
import { type RevokeTokenDependencies, revokeToken } from '../authority/revoke-token.ts'
import type { Config } from '../config/config.ts'
import type { ListenAddress } from '../config/value-types.ts'
import { MAX_OAUTH_BODY_BYTES } from '../core/token-limits.ts'
import { chainOf } from '../grpc/peer-connections.ts'
import { formatAddress } from '../grpc/server.ts'
import { type HttpRoute, plainAnswer } from '../http/answer.ts'
import { type HttpAllowance, type HttpListener, createHttpListener } from '../http/listener.ts'
import { createIntrospectionEndpoint } from '../http/oauth/introspection-endpoint.ts'
import { createRevocationEndpoint } from '../http/oauth/revocation-endpoint.ts'
import {
  INTROSPECTION_PATH,
  REVOCATION_PATH,
  TOKEN_PATH,
  serverMetadata,
  tokenEndpointUrl,
} from '../http/oauth/server-metadata.ts'
import { createTokenEndpoint } from '../http/oauth/token-endpoint.ts'
import type { TlsSource } from '../http/tls-server.ts'

/** The endpoints for OAuth clients over TLS, or off. */
export interface OAuthDoor {
  /** Listens, and returns where. What is public already is served here as well. */
  bind(
    config: Pick<Config, 'oauth' | 'oauthUrl' | 'serverNames' | 'connectionsPerAddress'>,
    artefacts: HttpRoute,
  ): Promise<ListenAddress | undefined>
  /** What clients find the endpoints by; `undefined` while there are none. The same array each time. */
  metadata(): Uint8Array | undefined
  close(timeoutMs: number): Promise<void>
}

export type OAuthDoorDependencies = AuthenticateAssertionDependencies &
  DecisionDependencies &
  IssueTokenDependencies &
  RevokeTokenDependencies & { readonly metrics: Metrics }

/** Puts the OAuth endpoints before the same use cases as IssueToken and RevokeToken, and before the engine of VerifyRequest. */
export function createOAuthDoor(deps: OAuthDoorDependencies, tls: TlsSource, log: Log): OAuthDoor {
  const { issuer, audience } = deps.tokenIssuer
  /** What assertions may be for (RFC 7523 section 3): the token endpoint or the issuer, as each client's library has it, whichever endpoint it is shown to. Nothing before we know where we listen. */
  const audiences: string[] = []
  const authenticate = (credentials: OAuthCredentials) =>
    authenticateOAuthClient(deps, credentials, audiences)
  const token = createTokenEndpoint({
    ...deps,
    everyone: audience,
    authenticate,
    issue: (caller, request) => issueToken(deps, caller, request),
    log,
  })
  const revocation = createRevocationEndpoint({
    ...deps,
    authenticate,
    revoke: (caller, request) => revokeToken(deps, caller, request),
    log,
  })
  const introspection = createIntrospectionEndpoint({
    ...deps,
    authenticate,
    introspect: (caller, shown) => introspectToken(deps, caller, shown),
    log,
  })
  const endpoints = new Map([
    [TOKEN_PATH, token],
    [REVOCATION_PATH, revocation],
    [INTROSPECTION_PATH, introspection],
  ])
  let listener: HttpListener | undefined
  let metadata: Uint8Array | undefined
  return {
    async bind(config, artefacts) {
      if (config.oauth === undefined) return undefined
      const route: HttpRoute = (question) => {
        const [path = ''] = question.path.split('?')
        const endpoint = endpoints.get(path)
        if (endpoint) return endpoint(question)
        return path === question.path ? artefacts(question) : plainAnswer(400, 'Queries are not understood.')
      }
      listener = createHttpListener(route, log, OAUTH_ALLOWANCE, { source: tls, chainOf })
      const bound = await listener.bind(config.oauth, config.connectionsPerAddress)
      const location = { issuer, oauthUrl: config.oauthUrl ?? urlOf(config.serverNames[0]!, bound.port) }
      metadata = serverMetadata(location)
      audiences.push(tokenEndpointUrl(location), issuer)
      return bound
    },
    metadata: () => metadata,
    close: async (timeoutMs) => listener?.close(timeoutMs),
  }
}

/** Also paths with a query, so that it is refused in the words of OAuth. */
const OAUTH_ALLOWANCE: HttpAllowance = {
  path: /^\/oauth2\/[a-z]+\?/,
  body: { paths: [TOKEN_PATH, REVOCATION_PATH, INTROSPECTION_PATH], maxBytes: MAX_OAUTH_BODY_BYTES },
}

/** By a name that the certificate of the service has. */
function urlOf(host: string, port: number): string {
  return new URL(`https://${formatAddress({ host, port })}`).origin
}
