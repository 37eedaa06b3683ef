import { parseAccessToken } from '../../../../src/core/token/access-token.ts'
import { randomFraction } from '../../../../src/feed/backoff.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { IssueTokenRequest, TokenServiceService } from '../../../../src/gen/chancery/v1/token_service.ts'
import type { AuthorityClient } from '../authority/connect-authority.ts'
import type { TokenResource } from './credential-event.ts'

/** A token, and how long it is good for. */
export interface HeldToken {
  readonly header: string
  /** Of the clock that only goes forward: from then on it is not used, and before that another is fetched. */
  readonly usableUntil: number
  readonly refreshAt: number
  readonly fetchedAt: number
  /** By the clock on the wall, which goes on while the machine sleeps. */
  readonly expiresAt: Date
  readonly clockOffsetMs: number
}

/** How a token is asked for. */
export interface TokenRequest {
  readonly resource: TokenResource
  readonly bound: boolean
  readonly validitySeconds: number | undefined
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

/** A token is not used in its last tenth, or last half minute: it has to arrive, and clocks differ by that much. */
const MAX_MARGIN_MS = 30_000

/**
 * Gets a token. How long it lives is counted from when it was asked for, by a clock that nobody sets: whether this machine and the authority agree on the time does not
 * matter.
 */
export async function fetchToken(
  authority: AuthorityClient,
  { resource, bound, validitySeconds, deadlineMs, signal }: TokenRequest,
  ports: FeedPorts,
): Promise<HeldToken> {
  const fetchedAt = ports.elapsed()
  const askedAt = ports.now().getTime()
  const { token } = await authority.call(
    TokenServiceService.issueToken,
    IssueTokenRequest.fromPartial({
      scopes: [...(resource.scopes ?? [])],
      audience: resource.audience ?? '',
      unbound: !bound,
      ...(validitySeconds === undefined ? {} : { validity: { seconds: BigInt(validitySeconds), nanos: 0 } }),
    }),
    { deadlineMs, signal, repeatable: true },
  )
  const { issuedAt, expiresAt } = parseAccessToken(token)
  const lifetimeMs = expiresAt.getTime() - issuedAt.getTime()
  return {
    header: `Bearer ${token}`,
    fetchedAt,
    usableUntil: fetchedAt + lifetimeMs - Math.min(MAX_MARGIN_MS, lifetimeMs / 10),
    // Between three and four fifths, so that the instances of a program do not all come at once.
    refreshAt: fetchedAt + lifetimeMs * (0.6 + 0.2 * randomFraction(ports)),
    expiresAt,
    clockOffsetMs: issuedAt.getTime() - askedAt,
  }
}

/** True if the token can be sent. */
export function isUsable(token: HeldToken | undefined, ports: FeedPorts): token is HeldToken {
  if (token === undefined || ports.elapsed() >= token.usableUntil) return false
  return ports.now().getTime() + token.clockOffsetMs < token.expiresAt.getTime()
}
