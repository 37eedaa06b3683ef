import { encodeUtf8, formatBase64Url } from '../bytes.ts'
import { DomainError } from '../errors.ts'
import type { SigningAlgorithm } from '../issuance/signing-algorithm.ts'
import { MAX_TOKEN_LENGTH, MIN_VALIDITY_SECONDS } from '../limits.ts'
import { MAX_ISSUED_TOKEN_SECONDS } from '../token-limits.ts'
import type { Jwk } from './jwk.ts'
import { concatSignature } from './concat-signature.ts'

/** What a token is made of. Scopes, client and audience are checked. */
export interface TokenPlanInput {
  readonly issuer: string
  readonly clientId: string
  readonly audience: string
  readonly scopes: readonly string[]
  readonly tokenId: string
  readonly now: Date
  /** Absent: as long as may be. */
  readonly validitySeconds: number | undefined
  /** Last instant of the certificate that asked. */
  readonly notAfter: Date | undefined
  /** SHA-256 of the certificate that it is bound to. */
  readonly boundTo: Uint8Array | undefined
}

/** Every claim of a token. */
export interface TokenPlan {
  readonly expiresAt: Date
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * Settles every claim (RFC 9068 section 2.2). The token ends before the certificate that it was asked with does.
 *
 * @throws {@link DomainError} VALIDITY_OUT_OF_RANGE
 */
export function planToken(input: TokenPlanInput): TokenPlan {
  const { issuer, clientId, audience, scopes, tokenId, boundTo } = input
  const issuedAt = Math.floor(input.now.getTime() / 1000)
  const wished = issuedAt + checkValidity(input.validitySeconds ?? MAX_ISSUED_TOKEN_SECONDS)
  // The certificate is good through its last second; from `exp` on the token is not.
  const longest = input.notAfter === undefined ? wished : Math.floor(input.notAfter.getTime() / 1000)
  const expiresAt = Math.min(wished, longest)
  if (expiresAt <= issuedAt)
    throw outOfRange('The certificate of this call runs out before a token could be used.')
  return {
    expiresAt: new Date(expiresAt * 1000),
    claims: {
      iss: issuer,
      sub: clientId,
      aud: audience,
      client_id: clientId,
      iat: issuedAt,
      exp: expiresAt,
      jti: tokenId,
      scope: scopes.join(' '),
      ...(boundTo && { cnf: { 'x5t#S256': formatBase64Url(boundTo) } }),
    },
  }
}

/** What the key signs. */
export function encodeToken({ claims }: TokenPlan, { kid, alg }: Jwk): Uint8Array {
  return encodeUtf8(`${encodeJson({ typ: 'at+jwt', alg, kid })}.${encodeJson(claims)}`)
}

/**
 * Puts the token together.
 *
 * @throws {@link DomainError} FIELD_INVALID if it is too long for any verifier of ours
 */
export function assembleToken(
  signingInput: Uint8Array,
  algorithm: SigningAlgorithm,
  signature: Uint8Array,
): string {
  const form = concatSignature(algorithm, signature)
  const token = `${Buffer.from(signingInput).toString('latin1')}.${formatBase64Url(form)}`
  if (token.length <= MAX_TOKEN_LENGTH) return token
  throw new DomainError(
    'FIELD_INVALID',
    'The token would be too long to be accepted. Ask for fewer scopes.',
    {
      field: 'scopes',
    },
  )
}

function checkValidity(seconds: number): number {
  if (seconds >= MIN_VALIDITY_SECONDS && seconds <= MAX_ISSUED_TOKEN_SECONDS) return Math.floor(seconds)
  throw outOfRange(`A token is good for ${MIN_VALIDITY_SECONDS} to ${MAX_ISSUED_TOKEN_SECONDS} s.`)
}

function outOfRange(message: string): DomainError {
  return new DomainError('VALIDITY_OUT_OF_RANGE', message, {
    field: 'validity',
    min_seconds: String(MIN_VALIDITY_SECONDS),
    max_seconds: String(MAX_ISSUED_TOKEN_SECONDS),
  })
}

function encodeJson(value: object): string {
  return formatBase64Url(encodeUtf8(JSON.stringify(value)))
}
