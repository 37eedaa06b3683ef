import type { TokenIssuer } from '../core/decision/token-trust.ts'
import type { TokenKeys } from './token-keys.ts'

/** This service as issuer of tokens: what verifiers trust, and the keys. Its keys change while it runs: ask it each time. */
export interface TokenAuthority extends TokenIssuer {
  readonly signing: TokenKeys['signing']
  /** The JWK set (RFC 7517) as it is published, the same octets as long as the keys are the same. */
  readonly jwks: Uint8Array
}

/** Puts together what others need to check this service's tokens. `authorityId` is the authority whose lists tell of its clients. */
export function createTokenAuthority(
  tokenKeys: TokenKeys,
  options: {
    readonly trustDomain: string
    readonly publicUrl: string | undefined
    readonly authorityId: string
  },
): TokenAuthority {
  const { trustDomain, publicUrl, authorityId } = options
  const audience = `spiffe://${trustDomain}`
  return {
    // RFC 9068 section 4 wants an issuer that its keys can be found by. Without a public URL nobody but this service can.
    issuer: publicUrl ?? audience,
    audience,
    authorityId,
    signing: () => tokenKeys.signing(),
    get keys() {
      return tokenKeys.keys
    },
    get jwks() {
      return tokenKeys.jwks
    },
  }
}
