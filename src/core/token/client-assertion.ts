import { parseBase64, parseBase64Url } from '../bytes.ts'
import { MalformedError } from '../errors.ts'
import { isClientId } from '../issuance/client-identity.ts'
import { MAX_CHAIN_CERTIFICATES } from '../limits.ts'
import { MAX_ASSERTION_LENGTH } from '../token-limits.ts'
import type { OfferedChain } from '../request/credential.ts'
import { audienceClaim, instantClaim, optionalInstantClaim, textClaim, tokenIdClaim } from './claims.ts'
import { type JwsSignature, parseCompactJws } from './jws.ts'
import { member, parseJsonObject } from './strict-json.ts'

/** Which certificate's key is said to have signed: the certificate itself with its chain, or its SHA-256. */
export type NamedCertificate =
  | { readonly kind: 'chain'; readonly chain: OfferedChain }
  | { readonly kind: 'thumbprint'; readonly sha256: Uint8Array }

/** A JWT that a client authenticates itself with (RFC 7523 section 3), read; nothing of it is proved. */
export interface ClientAssertion {
  readonly jws: JwsSignature
  readonly certificate: NamedCertificate
  readonly clientId: string
  readonly audiences: readonly string[]
  /** Used once. */
  readonly assertionId: string
  readonly issuedAt: Date | undefined
  readonly notBefore: Date | undefined
  /** The first instant at which it is good no more. */
  readonly expiresAt: Date
}

/**
 * Reads a client assertion. Every claim that we rely on must be there, once, and of its type; others are passed over.
 *
 * @throws {@link MalformedError} `assertion.*`, `token.*`, `jws.*`, `json.*`
 */
export function parseClientAssertion(text: string): ClientAssertion {
  if (text.length > MAX_ASSERTION_LENGTH)
    throw new MalformedError(
      'assertion.too_long',
      `the assertion has more than ${MAX_ASSERTION_LENGTH} characters`,
    )
  const jws = parseCompactJws(text)
  checkHeader(jws)
  const claims = parseJsonObject(jws.payload)
  const clientId = textClaim(claims, 'sub')
  // RFC 7523 section 3: for authentication both are the client.
  if (textClaim(claims, 'iss') !== clientId) throw new MalformedError('token.iss', 'iss is not sub')
  if (!isClientId(clientId)) throw new MalformedError('token.sub', 'sub is not a client id')
  return {
    jws,
    certificate: readCertificate(jws),
    clientId,
    audiences: audienceClaim(claims),
    assertionId: tokenIdClaim(claims),
    issuedAt: optionalInstantClaim(claims, 'iat'),
    notBefore: optionalInstantClaim(claims, 'nbf'),
    expiresAt: instantClaim(claims, 'exp'),
  }
}

/** A JWT that was signed for something else must not log its signer in (RFC 8725 section 3.11). Most libraries say `JWT` or nothing. */
function checkHeader({ header }: JwsSignature): void {
  const typ = member(header, 'typ') ?? 'JWT'
  if (typeof typ !== 'string' || !/^(JWT|(application\/)?client-authentication\+jwt)$/i.test(typ))
    throw new MalformedError('assertion.typ', 'typ is that of another kind of JWT')
  if (member(header, 'crit') !== undefined || member(header, 'b64') !== undefined)
    throw new MalformedError('assertion.crit', 'the header has an extension')
}

/**
 * One header parameter names the certificate: `x5c` (RFC 7515 section 4.1.6), `x5t#S256` (section 4.1.8), or `kid` with what `x5t#S256` would hold, because every
 * library can set it. Of two, one could say something else to another reader; but libraries add a `kid` of their own, so beside `x5c` or `x5t#S256` it means nothing.
 */
function readCertificate({ header, kid }: JwsSignature): NamedCertificate {
  const x5c = member(header, 'x5c')
  const thumbprint = member(header, 'x5t#S256')
  if (x5c !== undefined && thumbprint !== undefined)
    throw new MalformedError('assertion.certificate', 'x5c and x5t#S256 both name a certificate')
  if (x5c !== undefined) return { kind: 'chain', chain: readChain(x5c) }
  return { kind: 'thumbprint', sha256: readThumbprint(thumbprint ?? kid) }
}

function readChain(x5c: unknown): OfferedChain {
  if (!Array.isArray(x5c) || x5c.length === 0 || x5c.length > MAX_CHAIN_CERTIFICATES)
    throw new MalformedError(
      'assertion.x5c',
      `x5c is not a list of 1 to ${MAX_CHAIN_CERTIFICATES} certificates`,
    )
  return x5c.map((text: unknown) => {
    const der = typeof text === 'string' ? parseBase64(text) : undefined
    if (der === undefined) throw new MalformedError('assertion.x5c', 'x5c is not base64 with padding')
    return der
  })
}

function readThumbprint(value: unknown): Uint8Array {
  const sha256 = typeof value === 'string' && value.length === 43 ? parseBase64Url(value) : undefined
  if (sha256 === undefined)
    throw new MalformedError(
      'assertion.certificate',
      'neither x5c, x5t#S256 nor kid names a certificate by its SHA-256',
    )
  return sha256
}
