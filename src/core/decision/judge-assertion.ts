import { MAX_ASSERTION_SECONDS } from '../token-limits.ts'
import { isNonce } from '../request/nonce.ts'
import type { ClientAssertion } from '../token/client-assertion.ts'
import { keyFitsAlgorithm, verifyJwsOctets } from '../token/jws-algorithm.ts'
import type { AcceptedKey } from '../x509/public-key.ts'
import { type Denial, deny, firstDenial } from './denial.ts'

/** What a client assertion is judged against. */
export interface AssertionContext {
  readonly at: Date
  /** How far the client's clock may be ahead. */
  readonly clockSkewSeconds: number
  /** What may stand in `aud`, octet for octet. */
  readonly audiences: readonly string[]
}

/**
 * Algorithms that a client may sign its assertion with: those of the keys that certificates are issued for. Each belongs to one type of key, none to a
 * secret, and the key is the certificate's (RFC 8725 section 3.1).
 */
export const ASSERTION_ALGORITHMS: readonly string[] = [
  'ES256',
  'ES384',
  'EdDSA',
  'Ed25519',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
]

/**
 * Checks all of an assertion but whether it was used before, by the key of a certificate that was found good: that it was signed with it, for this service, lately
 * (RFC 7523 section 3).
 */
export async function judgeAssertion(
  assertion: ClientAssertion,
  key: AcceptedKey,
  context: AssertionContext,
): Promise<Denial | undefined> {
  const { alg, signingInput, signature } = assertion.jws
  const verificationKey = { kind: 'public', key } as const
  if (!ASSERTION_ALGORITHMS.includes(alg) || !keyFitsAlgorithm(verificationKey, alg))
    return deny(
      'SIGNATURE_ALGORITHM_INVALID',
      `The algorithm ${JSON.stringify(alg.slice(0, 64))} of the assertion does not fit a key of type ${key.type}.`,
    )
  if (!(await verifyJwsOctets(verificationKey, alg, signingInput, signature)))
    return deny('SIGNATURE_INVALID', "The assertion's signature does not verify under the certificate's key.")
  return firstDenial([
    ...checkTimes(assertion, context),
    ...checkAudience(assertion, context),
    ...checkId(assertion),
  ])
}

function* checkTimes(
  { issuedAt, notBefore, expiresAt }: ClientAssertion,
  { at, clockSkewSeconds }: AssertionContext,
): Generator<Denial> {
  const latestBegin = at.getTime() + clockSkewSeconds * 1000
  if (expiresAt <= at) yield deny('SIGNATURE_EXPIRED', `The assertion expired at ${expiresAt.toISOString()}.`)
  if (expiresAt.getTime() > latestBegin + MAX_ASSERTION_SECONDS * 1000)
    yield deny('CREDENTIAL_MALFORMED', `The assertion's exp lies more than ${MAX_ASSERTION_SECONDS} s ahead.`)
  for (const begin of [issuedAt, notBefore])
    if (begin !== undefined && begin.getTime() > latestBegin)
      yield deny('SIGNATURE_NOT_YET_VALID', `The assertion is good from ${begin.toISOString()}.`)
}

/** One name of another server beside ours, and that server could log in here with what it was sent. */
function* checkAudience({ audiences }: ClientAssertion, context: AssertionContext): Generator<Denial> {
  if (!audiences.every((audience) => context.audiences.includes(audience)))
    yield deny(
      'AUDIENCE_MISMATCH',
      `The assertion's aud must be ${context.audiences.join(' or ')}, and nothing else.`,
    )
}

function* checkId({ assertionId }: ClientAssertion): Generator<Denial> {
  if (!isNonce(assertionId)) yield deny('NONCE_INVALID', 'jti is not 16 to 128 visible ASCII characters.')
}
