import { MalformedError } from '../errors.ts'
import { isClientId } from '../issuance/client-identity.ts'
import { MAX_SCOPES, MAX_TOKEN_LENGTH } from '../limits.ts'
import { MAX_TOKEN_LIFETIME_SECONDS } from '../token-limits.ts'
import { isScope } from '../scope/scope.ts'
import { audienceClaim, instantClaim, optionalInstantClaim, textClaim, tokenIdClaim } from './claims.ts'
import { type JwsSignature, parseCompactJws } from './jws.ts'
import { type JsonObject, isJsonObject, member, parseJsonObject } from './strict-json.ts'

/** An access token (RFC 9068) that was read; nothing of it is proved. */
export interface AccessToken {
  readonly jws: JwsSignature
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly clientId: string
  readonly tokenId: string
  readonly issuedAt: Date
  readonly notBefore: Date | undefined
  /** The first instant at which it is good no more. */
  readonly expiresAt: Date
  /** Sorted; `undefined` if the claim is missing or malformed. */
  readonly scopes: readonly string[] | undefined
  /** SHA-256 of the certificate that the token is bound to, base64url (RFC 8705 section 3.1). */
  readonly certificateThumbprint: string | undefined
}

/**
 * Reads an access token. Every claim that we rely on must be there, once, and of its type; others are passed over.
 *
 * @throws {@link MalformedError} `token.*`, `jws.*`, `json.*`
 */
export function parseAccessToken(text: string): AccessToken {
  if (text.length > MAX_TOKEN_LENGTH)
    throw new MalformedError('token.too_long', `the token has more than ${MAX_TOKEN_LENGTH} characters`)
  const jws = parseCompactJws(text)
  checkHeader(jws)
  const claims = parseJsonObject(jws.payload)
  const issuedAt = instantClaim(claims, 'iat')
  const expiresAt = instantClaim(claims, 'exp')
  const seconds = (expiresAt.getTime() - issuedAt.getTime()) / 1000
  if (seconds <= 0 || seconds > MAX_TOKEN_LIFETIME_SECONDS)
    throw new MalformedError(
      'token.lifetime',
      `the token does not live between 1 and ${MAX_TOKEN_LIFETIME_SECONDS} s`,
    )
  return {
    jws,
    issuer: textClaim(claims, 'iss'),
    audiences: audienceClaim(claims),
    clientId: readClient(claims),
    tokenId: tokenIdClaim(claims),
    issuedAt,
    notBefore: optionalInstantClaim(claims, 'nbf'),
    expiresAt,
    scopes: readScopes(member(claims, 'scope')),
    certificateThumbprint: readThumbprint(claims),
  }
}

/** RFC 9068 section 2.1: the type keeps JWTs that were made for something else from being taken for access tokens. */
function checkHeader({ header, kid }: JwsSignature): void {
  const typ = member(header, 'typ')
  if (typeof typ !== 'string' || !/^(application\/)?at\+jwt$/i.test(typ))
    throw new MalformedError('token.typ', 'typ is not at+jwt')
  if (kid === undefined) throw new MalformedError('token.kid', 'kid is not there')
  // RFC 7797 section 7 forbids b64 in JWTs, and we know no other extension.
  if (member(header, 'crit') !== undefined || member(header, 'b64') !== undefined)
    throw new MalformedError('token.crit', 'the header has an extension')
}

/** RFC 9068 section 2.2: of a token that a client got for itself, the subject is that client. We know no other. */
function readClient(claims: JsonObject): string {
  const clientId = textClaim(claims, 'client_id')
  if (!isClientId(clientId)) throw new MalformedError('token.client_id', 'client_id is not a client id')
  if (textClaim(claims, 'sub') !== clientId) throw new MalformedError('token.sub', 'sub is not client_id')
  return clientId
}

/** RFC 6749 section 3.3: separated by single blanks; none is the empty string, which the claim must then be. */
function readScopes(claim: unknown): readonly string[] | undefined {
  if (typeof claim !== 'string') return undefined
  const scopes = claim === '' ? [] : claim.split(' ')
  const isGood =
    scopes.length <= MAX_SCOPES && scopes.every(isScope) && new Set(scopes).size === scopes.length
  return isGood ? scopes.sort() : undefined
}

/** A binding that we cannot check must not be taken for none. */
function readThumbprint(claims: JsonObject): string | undefined {
  const cnf = member(claims, 'cnf')
  if (cnf === undefined) return undefined
  if (!isJsonObject(cnf) || Object.keys(cnf).join() !== 'x5t#S256')
    throw new MalformedError('token.cnf', 'cnf is not x5t#S256 alone')
  const thumbprint = textClaim(cnf, 'x5t#S256')
  if (!/^[A-Za-z0-9_-]{43}$/.test(thumbprint))
    throw new MalformedError('token.cnf', 'x5t#S256 is not base64url of a SHA-256')
  return thumbprint
}
