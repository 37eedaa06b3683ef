import { encodeUtf8 } from '../../core/bytes.ts'
import { ASSERTION_ALGORITHMS } from '../../core/decision/judge-assertion.ts'

/** Where the OAuth side of this service is. */
export interface OAuthLocation {
  /** The `iss` of its tokens. */
  readonly issuer: string
  /** Base URL of the endpoints. */
  readonly oauthUrl: string
}

export const TOKEN_PATH = '/oauth2/token'
export const REVOCATION_PATH = '/oauth2/revoke'
export const INTROSPECTION_PATH = '/oauth2/introspect'

const AUTH_METHODS = ['private_key_jwt', 'tls_client_auth']

/** The URL of the token endpoint. */
export function tokenEndpointUrl({ oauthUrl }: OAuthLocation): string {
  return oauthUrl + TOKEN_PATH
}

/**
 * The authorization server metadata (RFC 8414 section 2). There are no aliases for mutual TLS (RFC 8705 section 5): one listener asks for a certificate
 * and takes requests without.
 */
export function serverMetadata(location: OAuthLocation): Uint8Array {
  const { issuer, oauthUrl } = location
  return encodeUtf8(
    JSON.stringify({
      issuer,
      token_endpoint: tokenEndpointUrl(location),
      jwks_uri: `${oauthUrl}/.well-known/jwks.json`,
      grant_types_supported: ['client_credentials'],
      // Required by RFC 8414; there is no authorization endpoint, and so none.
      response_types_supported: [],
      token_endpoint_auth_methods_supported: AUTH_METHODS,
      token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
      revocation_endpoint: oauthUrl + REVOCATION_PATH,
      revocation_endpoint_auth_methods_supported: AUTH_METHODS,
      revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
      introspection_endpoint: oauthUrl + INTROSPECTION_PATH,
      introspection_endpoint_auth_methods_supported: AUTH_METHODS,
      introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
      tls_client_certificate_bound_access_tokens: true,
    }),
  )
}
