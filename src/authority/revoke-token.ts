import type { TokenIssuer } from '../core/decision/token-trust.ts'
import { DomainError, MalformedError } from '../core/errors.ts'
import { MAX_REVOKED_TOKENS_PER_CLIENT, TOKENS_GONE_SECONDS } from '../core/token-limits.ts'
import { type AccessToken, parseAccessToken } from '../core/token/access-token.ts'
import { isTokenId } from '../core/token/claims.ts'
import { chooseKeys, fittingKeys, verifyJws } from '../core/token/verify-jws.ts'
import type { Store } from '../store/store.ts'
import { hasRight, requireRight } from './access.ts'
import { renewLists } from './announce-revocations.ts'
import type { CrlFeed } from './crl-feed.ts'
import { fieldInvalid } from './fields.ts'
import type { Caller, Clock } from './ports.ts'

/** Which token: itself, or what is known of it. */
export type RevokeTokenRequest =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'token_id'
      readonly tokenId: string
      /** Absent: unknown; a day and an hour from now, after which no token of today lives. */
      readonly expiresAt: Date | undefined
    }

export interface RevokeTokenResult {
  /** `expired`: there was nothing to do. */
  readonly outcome: 'revoked' | 'already_revoked' | 'expired'
  readonly tokenId: string
  /** Number of the lists, of every issuing authority, in which it stands at the latest; 0 if it is expired. */
  readonly crlNumber: bigint
}

export interface RevokeTokenDependencies {
  readonly store: Pick<Store, 'tokens'>
  readonly tokenIssuer: TokenIssuer
  readonly feed: Pick<CrlFeed, 'notify'>
  readonly clock: Clock
}

/** What is revoked, as far as it is known. */
interface RevokedToken {
  readonly tokenId: string
  readonly clientId: string | undefined
  readonly expiresAt: Date
}

/**
 * Revokes a token before it expires. Durable before it returns; it is denied from the next decision on, and the lists that say so to verifiers are on their way. A client
 * may revoke its own tokens by showing them; whoever has the right, any, and by their ids alone. A token of ours that is expired or revoked is success.
 *
 * @throws {@link DomainError} FIELD_INVALID if it is no token of this service, CALLER_NOT_ALLOWED if it is another client's, RATE_LIMITED
 */
export async function revokeToken(
  deps: RevokeTokenDependencies,
  caller: Caller,
  request: RevokeTokenRequest,
): Promise<RevokeTokenResult> {
  const at = deps.clock.now()
  const isAdmin = hasRight(caller, 'chancery.tokens.revoke')
  const token = request.kind === 'token' ? await readToken(deps, request.token) : readTokenId(request, at)
  if (!isAdmin && token.clientId !== caller.clientId) requireRight(caller, 'chancery.tokens.revoke')
  const { tokenId, clientId, expiresAt } = token
  if (expiresAt <= at) return { outcome: 'expired', tokenId, crlNumber: 0n }
  const result = await deps.store.tokens.revoke(
    { ...token, at, ...(!isAdmin && { maxOfClient: MAX_REVOKED_TOKENS_PER_CLIENT }) },
    {
      at,
      actor: caller.clientId,
      action: 'token.revoke',
      subject: clientId ?? tokenId,
      details: { token_id: tokenId, expires_at: expiresAt.toISOString() },
    },
  )
  if (result.outcome === 'too_many') throw tooMany(caller)
  renewLists(deps, result.authorityIds)
  return { outcome: result.outcome, tokenId, crlNumber: result.crlNumber }
}

/** Only what this service signed says whose token it is: by anything else, a client could have those of others revoked. */
async function readToken({ tokenIssuer }: RevokeTokenDependencies, text: string): Promise<AccessToken> {
  const token = parse(text)
  const keys = fittingKeys(token.jws, chooseKeys(token.jws, tokenIssuer.keys))
  const isOurs = token.issuer === tokenIssuer.issuer && keys.length > 0 && (await verifyJws(token.jws, keys))
  if (!isOurs) throw fieldInvalid('token', 'This is no token that this service signed.')
  return token
}

function parse(text: string): AccessToken {
  try {
    return parseAccessToken(text)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    throw fieldInvalid('token', `This is no access token: ${error.message} (${error.defect}).`)
  }
}

function readTokenId(
  { tokenId, expiresAt }: Extract<RevokeTokenRequest, { kind: 'token_id' }>,
  at: Date,
): RevokedToken {
  if (!isTokenId(tokenId))
    throw fieldInvalid('token_id', 'A token id (jti) is 1 to 128 visible ASCII characters.')
  const latest = new Date(at.getTime() + TOKENS_GONE_SECONDS * 1000)
  if (expiresAt !== undefined && !(expiresAt <= latest))
    throw fieldInvalid('expires_at', `No token lives beyond ${latest.toISOString()}.`)
  return { tokenId, clientId: undefined, expiresAt: expiresAt ?? latest }
}

function tooMany({ clientId }: Caller): DomainError {
  return new DomainError(
    'RATE_LIMITED',
    `The lists name ${MAX_REVOKED_TOKENS_PER_CLIENT} revoked tokens of ${clientId} already. Let this one expire, or have it revoked with chancery.tokens.revoke.`,
    { limit: String(MAX_REVOKED_TOKENS_PER_CLIENT) },
  )
}
