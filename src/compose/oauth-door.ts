import type { AuthenticateAssertionDependencies } from '../authority/authenticate-assertion.ts'
import { authenticateOAuthClient } from '../authority/authenticate-oauth-client.ts'
import { type IssueTokenDependencies, issueToken } from '../authority/issue-token.ts'
import type { Log, Metrics } from '../authority/ports.ts'
import type { Config } from '../config/config.ts'
import type { ListenAddress } from '../config/value-types.ts'
import { MAX_OAUTH_BODY_BYTES } from '../core/limits.ts'
import { chainOf } from '../grpc/peer-connections.ts'
import { formatAddress } from '../grpc/server.ts'
import { type HttpRoute, plainAnswer } from '../http/answer.ts'
import { type HttpListener, createHttpListener } from '../http/listener.ts'
import {
  type OAuthLocation,
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
    config: Pick<Config, 'oauth' | 'oauthUrl' | 'serverNames'>,
    artefacts: HttpRoute,
  ): Promise<ListenAddress | undefined>
  /** What clients find the endpoints by; `undefined` while there are none. The same array each time. */
  metadata(): Uint8Array | undefined
  close(timeoutMs: number): Promise<void>
}

export type OAuthDoorDependencies = AuthenticateAssertionDependencies &
  IssueTokenDependencies & { readonly metrics: Metrics }

/** Puts the OAuth endpoints before the same use case as IssueToken. */
export function createOAuthDoor(deps: OAuthDoorDependencies, tls: TlsSource, log: Log): OAuthDoor {
  const { issuer, audience } = deps.tokenIssuer
  let listener: HttpListener | undefined
  let metadata: Uint8Array | undefined

  /** RFC 7523 section 3: the token endpoint or the issuer, as each client's library has it. */
  function routeOf(location: OAuthLocation, artefacts: HttpRoute): HttpRoute {
    const audiences = [tokenEndpointUrl(location), issuer]
    const token = createTokenEndpoint({
      ...deps,
      everyone: audience,
      authenticate: (credentials) => authenticateOAuthClient(deps, credentials, audiences),
      issue: (caller, request) => issueToken(deps, caller, request),
      log,
    })
    return (question) => {
      const [path = ''] = question.path.split('?')
      if (path === TOKEN_PATH) return token(question)
      return question.path.includes('?')
        ? plainAnswer(400, 'Queries are not understood.')
        : artefacts(question)
    }
  }

  return {
    async bind(config, artefacts) {
      if (config.oauth === undefined) return undefined
      let route: HttpRoute | undefined
      listener = createHttpListener(
        (question) => route?.(question) ?? plainAnswer(503, 'Not ready.'),
        log,
        // With a query, so that what stands in one is refused in the words of OAuth.
        {
          path: /^\/oauth2\/[a-z]+\?/,
          body: { paths: [TOKEN_PATH], maxBytes: MAX_OAUTH_BODY_BYTES },
        },
        { source: tls, chainOf },
      )
      const bound = await listener.bind(config.oauth)
      const location = { issuer, oauthUrl: config.oauthUrl ?? urlOf(config.serverNames[0]!, bound.port) }
      metadata = serverMetadata(location)
      route = routeOf(location, artefacts)
      return bound
    },
    metadata: () => metadata,
    close: async (timeoutMs) => listener?.close(timeoutMs),
  }
}

/** By a name that the certificate of the service has. */
function urlOf(host: string, port: number): string {
  return new URL(`https://${formatAddress({ host, port })}`).origin
}
