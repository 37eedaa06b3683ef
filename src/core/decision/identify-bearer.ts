import { sha256Base64Url } from '../crypto.ts'
import { MalformedError } from '../errors.ts'
import { formatSpiffeId } from '../issuance/client-identity.ts'
import type { BearerCredential, OfferedChain } from '../request/credential.ts'
import { isWithin } from '../scope/scope.ts'
import { type AccessToken, parseAccessToken } from '../token/access-token.ts'
import { chooseKeys, fittingKeys, verifyJws } from '../token/verify-jws.ts'
import type { CheckName, DecisionContext, Principal } from './decision.ts'
import { type Denial, deny, isDenial } from './denial.ts'
import { type Findings, checkClientState, identifyClient } from './identify-client.ts'
import { parseBesideToken } from './parse-credential.ts'
import type { TokenIssuer, TokenStanding } from './token-trust.ts'
import { tokenKey } from './token-cache.ts'
import { type Trail, amount } from './trail.ts'

/** Checks that a certificate has no part in. */
export const TOKEN_CHECKS = [
  'token.parse',
  'token.issuer',
  'token.key',
  'token.algorithm',
  'token.signature',
  'token.times',
  'token.binding',
  'token.revocation',
] as const satisfies readonly CheckName[]

const CERTIFICATE_CHECKS = [
  'certificate.parse',
  'certificate.path',
  'certificate.subject',
  'certificate.revocation',
] as const satisfies readonly CheckName[]

/** A client whose token is good at the instant, with the certificate that it is bound to, if it is. */
export interface IdentifiedBearer {
  readonly token: AccessToken
  readonly issuer: TokenIssuer
  readonly scopes: readonly string[]
  /** Authority whose revocation state the answer rests on. */
  readonly authorityId: string | undefined
  /** The last instant of token and certificates. */
  readonly notAfter: Date
}

/**
 * Judges a token: whose it is, whether it is good now, and what it carries. The certificate that it is bound to is judged like any other; one that it is not
 * bound to means nothing.
 */
export async function identifyBearer(
  credential: BearerCredential,
  context: DecisionContext,
  trail: Trail,
  findings: Findings,
): Promise<IdentifiedBearer | Denial> {
  const chain = trail.note('credential.parse', parseBesideToken(credential), () => 'The credential was read.')
  if (isDenial(chain)) return chain
  const verified = await verifyToken(credential.token, context, trail)
  if (isDenial(verified)) return verified
  const { token, issuer } = verified
  const bound = trail.note('token.binding', checkBinding(token, chain), (found) =>
    found
      ? 'The certificate is the one that the token is bound to.'
      : 'The token is bound to no certificate.',
  )
  if (isDenial(bound)) return bound
  findings.principal = describePrincipal(token, context)
  findings.state = issuer.authorityId === undefined ? undefined : context.revocation.state(issuer.authorityId)
  const standing = trail.note(
    'token.revocation',
    await askStanding(verified, context),
    () => 'It is not revoked.',
  )
  if (isDenial(standing)) return standing

  let { authorityId } = issuer
  const ends = [lastInstant(token)]
  if (bound) {
    const client = await identifyClient(bound, context, trail, findings, token.clientId)
    if (isDenial(client)) return client
    // Those of the certificate are not what is granted, also if what the token carries is denied below.
    delete findings.scopes
    authorityId = client.principal.authorityId
    ends.push(client.path.notAfter)
    findings.principal = { ...client.principal, tokenId: token.tokenId }
  } else trail.skip(CERTIFICATE_CHECKS, 'The token is bound to no certificate.')
  if (standing.until) ends.push(standing.until)

  const state = judgeState(standing, token, trail)
  if (isDenial(state)) return state
  const scopes = trail.note(
    'scopes.parse',
    token.scopes ?? deny('SCOPES_MALFORMED', 'The scope of the token is missing or cannot be read.'),
    (found) => `The token carries ${amount(found.length, 'scope')}.`,
  )
  if (isDenial(scopes)) return scopes
  findings.scopes = scopes
  const notAfter = new Date(Math.min(...ends.map((end) => end.getTime())))
  return { token, issuer, scopes, authorityId, notAfter }
}

/** Whether a token is meant for the resource server that asks: by name, or because it is for every one of the trust domain. */
export function checkAddressee(
  { token, issuer }: IdentifiedBearer,
  audience: string | undefined,
): true | Denial {
  const isMeant = token.audiences.some(
    (aud) => aud === issuer.audience || (audience !== undefined && isWithin(audience, aud)),
  )
  return isMeant || deny('AUDIENCE_MISMATCH', 'The token is for another resource server.')
}

/** A token that its issuer signed. */
interface VerifiedToken {
  readonly token: AccessToken
  readonly issuer: TokenIssuer
}

/** What the octets and the clock alone say. */
async function verifyToken(
  text: string,
  context: DecisionContext,
  trail: Trail,
): Promise<VerifiedToken | Denial> {
  const name = context.tokenCache && tokenKey(text)
  const known = name === undefined ? undefined : context.tokenCache?.get(name)
  const token = trail.note(
    'token.parse',
    known?.token ?? readToken(text),
    ({ tokenId }) => `The token ${tokenId} was read.`,
  )
  if (isDenial(token)) return token
  const issuer = trail.note(
    'token.issuer',
    context.tokens?.issuer(token.issuer) ??
      deny('TOKEN_ISSUER_UNKNOWN', 'The issuer of the token is not one that is trusted here.'),
    (found) => `${found.issuer} is trusted.`,
  )
  if (isDenial(issuer)) return issuer
  const { jws } = token
  const chosen = trail.note(
    'token.key',
    nonEmpty(chooseKeys(jws, issuer.keys)) ?? NO_KEY,
    () => 'It is known.',
  )
  if (isDenial(chosen)) return chosen
  const fitting = trail.note(
    'token.algorithm',
    nonEmpty(fittingKeys(jws, chosen)) ?? OTHER_ALGORITHM,
    () => `The algorithm is ${jws.alg}.`,
  )
  if (isDenial(fitting)) return fitting
  // By the very key that it verified with, which is no more in the set once it was withdrawn.
  const isKnown = known !== undefined && fitting.includes(known.key)
  const key = trail.note(
    'token.signature',
    isKnown ? known.key : ((await verifyJws(jws, fitting)) ?? BAD_SIGNATURE),
    () => "The signature verifies under the issuer's key.",
  )
  if (isDenial(key)) return key
  const timely = trail.note(
    'token.times',
    checkTimes(token, context),
    () => `It is good until ${token.expiresAt.toISOString()}.`,
  )
  if (isDenial(timely)) return timely
  if (name !== undefined && !isKnown) context.tokenCache?.set(name, { token, key })
  return { token, issuer }
}

const NO_KEY = deny('TOKEN_KEY_UNKNOWN', 'The token names a key that is not one of its issuer.')
const OTHER_ALGORITHM = deny(
  'TOKEN_ALGORITHM_INVALID',
  'The algorithm is not the one of the key that is named.',
)
const BAD_SIGNATURE = deny('TOKEN_SIGNATURE_INVALID', 'The signature of the token does not verify.')

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list
}

function readToken(text: string): AccessToken | Denial {
  try {
    return parseAccessToken(text)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return deny('TOKEN_MALFORMED', `The token cannot be read: ${error.message} (${error.defect}).`)
  }
}

/** The issuer's clock may be ahead. Past the end that it chose itself, no skew is granted (RFC 7519 section 4.1.4 allows, and does not ask for, some). */
function checkTimes(
  { issuedAt, notBefore = issuedAt, expiresAt }: AccessToken,
  { at, clockSkewSeconds }: DecisionContext,
): true | Denial {
  const begin = Math.max(issuedAt.getTime(), notBefore.getTime())
  if (begin > at.getTime() + clockSkewSeconds * 1000)
    return deny('TOKEN_NOT_YET_VALID', `The token is good from ${new Date(begin).toISOString()}.`)
  return at < expiresAt || deny('TOKEN_EXPIRED', `The token expired at ${expiresAt.toISOString()}.`)
}

/** The certificate that the token is bound to, `undefined` if to none (RFC 8705 section 3). */
function checkBinding(
  { certificateThumbprint }: AccessToken,
  chain: OfferedChain | undefined,
): OfferedChain | undefined | Denial {
  if (certificateThumbprint === undefined) return undefined
  const leaf = chain?.[0]
  if (leaf === undefined)
    return deny('TOKEN_BINDING_MISMATCH', 'The token is bound to a certificate, and none was presented.')
  return sha256Base64Url(leaf) === certificateThumbprint
    ? chain
    : deny('TOKEN_BINDING_MISMATCH', 'The token is bound to another certificate than the one presented.')
}

type GoodStanding = Extract<TokenStanding, { standing: 'good' }>

async function askStanding(
  { token, issuer }: VerifiedToken,
  { tokens }: DecisionContext,
): Promise<GoodStanding | Denial> {
  const { tokenId, clientId, scopes = [] } = token
  const standing = (await tokens?.standing({ tokenId, clientId, scopes }, issuer)) ?? { standing: 'unknown' }
  switch (standing.standing) {
    case 'good':
      return standing
    case 'revoked':
      return deny('TOKEN_REVOKED', `The token ${tokenId} was revoked.`)
    case 'scope_withdrawn':
      return deny('TOKEN_REVOKED', `The scope ${standing.scope} was taken from ${clientId}.`)
    case 'unknown':
      return deny(
        'REVOCATION_UNKNOWN',
        `The token ${tokenId} may be revoked: what is known is not current. Lists do not arrive, or a clock is wrong, here or at the service.`,
      )
  }
}

function judgeState({ clientState }: GoodStanding, { clientId }: AccessToken, trail: Trail): true | Denial {
  if (clientState === undefined) {
    trail.skip('client.state', 'This verifier does not know clients.')
    return true
  }
  return trail.note('client.state', checkClientState(clientState, clientId), () => 'The client is active.')
}

function describePrincipal(token: AccessToken, { trust }: DecisionContext): Principal {
  const { clientId, tokenId } = token
  return {
    clientId,
    spiffeId: formatSpiffeId(trust.trustDomain, clientId),
    authorityId: undefined,
    serialNumber: '',
    certificateSha256: new Uint8Array(0),
    notAfter: lastInstant(token),
    tokenId,
  }
}

function lastInstant({ expiresAt }: AccessToken): Date {
  return new Date(expiresAt.getTime() - 1)
}
