import { type Jwk, parseJwkSet } from '../token/jwk.ts'
import type { JsonObject } from '../token/strict-json.ts'

/** An issuer of access tokens that a verifier trusts. */
export interface TokenIssuer {
  /** The `iss` of its tokens, compared octet for octet. */
  readonly issuer: string
  /** The `aud` of tokens that are for every resource server of the trust domain. */
  readonly audience: string
  /** Its public keys, each with a `kid` of its own. Never secrets: whoever can check a MAC can make one. */
  readonly keys: readonly Jwk[]
  /** Authority whose revocation state stands for that of tokens; `undefined` if there is none. */
  readonly authorityId: string | undefined
}

/** What a token says of itself that its revocation depends on. */
export interface TokenFacts {
  readonly tokenId: string
  readonly clientId: string
  /** Concrete, sorted; empty also for scopes that cannot be read. */
  readonly scopes: readonly string[]
}

/** What is known about one token. */
export type TokenStanding =
  | {
      readonly standing: 'good'
      /** `undefined` where a source does not know clients. */
      readonly clientState: 'active' | 'locked' | 'missing' | undefined
      /** Until when this may be relied on without asking again; absent where the source sets no end. */
      readonly until?: Date | undefined
    }
  /** The token itself was revoked. */
  | { readonly standing: 'revoked' }
  /** A scope that it carries was taken from its client. */
  | { readonly standing: 'scope_withdrawn'; readonly scope: string }
  /** The source cannot tell. */
  | { readonly standing: 'unknown' }

/** What tokens are judged against. */
export interface TokenContext {
  issuer(iss: string): TokenIssuer | undefined
  /** Asked for every token that verified, on every decision; nothing is cached above it. Never `good` when it cannot tell. */
  standing(token: TokenFacts, issuer: TokenIssuer): TokenStanding | Promise<TokenStanding>
}

/**
 * The keys of a JWK set that tokens can be checked with: public, and with a `kid`.
 *
 * @throws {@link MalformedError} `jwks.*`
 */
export function publicKeys(jwks: JsonObject): readonly Jwk[] {
  return parseJwkSet(jwks).filter(({ kid, key }) => kid !== undefined && key.kind === 'public')
}
