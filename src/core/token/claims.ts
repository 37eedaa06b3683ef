import { MalformedError } from '../errors.ts'
import { MAX_TOKEN_ID_LENGTH } from '../limits.ts'
import { type JsonObject, member } from './strict-json.ts'

/** The last second of the year 9999: beyond it a Date need not be one. */
const MAX_SECONDS = 253_402_300_799

/**
 * A claim that must be there, as text that is not empty.
 *
 * @throws {@link MalformedError} `token.<name>`, as every function here
 */
export function textClaim(claims: JsonObject, name: string): string {
  const value = member(claims, name)
  if (typeof value !== 'string' || value === '')
    throw new MalformedError(`token.${name}`, `${name} is not a string, or empty`)
  return value
}

/** A claim that must be there, in whole seconds (RFC 7519 section 2 allows fractions; nobody needs them). */
export function instantClaim(claims: JsonObject, name: string): Date {
  const seconds = member(claims, name)
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 0 || seconds > MAX_SECONDS)
    throw new MalformedError(`token.${name}`, `${name} is not a whole number of seconds since 1970`)
  return new Date(seconds * 1000)
}

/** The same of a claim that may be left out. */
export function optionalInstantClaim(claims: JsonObject, name: string): Date | undefined {
  return member(claims, name) === undefined ? undefined : instantClaim(claims, name)
}

/** `aud`: one string or several (RFC 7519 section 4.1.3). */
export function audienceClaim(claims: JsonObject): readonly string[] {
  const aud = member(claims, 'aud')
  const audiences: unknown = typeof aud === 'string' ? [aud] : aud
  if (
    !Array.isArray(audiences) ||
    audiences.length === 0 ||
    !audiences.every((one) => typeof one === 'string')
  )
    throw new MalformedError('token.aud', 'aud is neither a string nor a list of strings')
  return audiences
}

/** `jti`, which must be there. */
export function tokenIdClaim(claims: JsonObject): string {
  const tokenId = textClaim(claims, 'jti')
  if (!isTokenId(tokenId))
    throw new MalformedError('token.jti', `jti is not 1 to ${MAX_TOKEN_ID_LENGTH} visible ASCII characters`)
  return tokenId
}

/** True for what may be the id of a token, `jti`. */
export function isTokenId(text: string): boolean {
  return text.length <= MAX_TOKEN_ID_LENGTH && /^[\x21-\x7e]+$/.test(text)
}
