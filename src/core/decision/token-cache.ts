import { encodeUtf8 } from '../bytes.ts'
import { sha256Base64 } from '../crypto.ts'
import { MAX_TOKEN_LENGTH } from '../limits.ts'
import { type LruCache, createLruCache } from '../lru-cache.ts'
import type { AccessToken } from '../token/access-token.ts'
import type { Jwk } from '../token/jwk.ts'

/** A token that was read, and the very key that its signature verified with. */
export interface SignedToken {
  readonly token: AccessToken
  readonly key: Jwk
}

/**
 * Remembers tokens whose signature verified, so that the next request with one costs a hash and little else: a client sends the same token for minutes. Only such
 * tokens are stored: strangers cannot push out what clients use. Whether the key is still one of the issuer's, times, binding and revocation are judged anew each time.
 */
export type TokenCache = LruCache<SignedToken>

/** `maxEntries` of 0 remembers nothing. */
export function createTokenCache(maxEntries: number): TokenCache {
  return createLruCache(maxEntries)
}

/** Names a token without keeping it, because a token alone is all that a thief needs; `undefined` for text that is too long to be one. */
export function tokenKey(text: string): string | undefined {
  return text.length <= MAX_TOKEN_LENGTH ? sha256Base64(encodeUtf8(text)) : undefined
}
