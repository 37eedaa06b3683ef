import type { RevocationSource } from '../decision/revocation-source.ts'
import type { TokenContext, TokenIssuer } from '../decision/token-trust.ts'
import type { TrustBundle } from '../decision/trust-bundle.ts'
import { createListedTokens } from './listed-tokens.ts'
import type { StalePolicy } from './stale-policy.ts'
import { type FollowedLists, createViewRevocation } from './view-revocation.ts'

/** Revocation of certificates and of tokens, as a {@link DecisionContext} takes them. */
export interface FollowedRevocation {
  readonly revocation: RevocationSource
  readonly tokens: TokenContext
}

/**
 * All that a verifier knows of revocation that follows the signed lists of its authorities: what `decide` needs to judge certificates and tokens without asking
 * the service. `lists` and `now` are those of a `CrlFollower` (`src/feed`).
 */
export function createFollowedRevocation(options: {
  readonly trust: TrustBundle
  /** Absent: tokens are refused, as of an issuer that is not known. */
  readonly tokenIssuers?: readonly TokenIssuer[]
  /** The lists of an authority, if they are followed. */
  readonly lists: (authorityId: string) => FollowedLists | undefined
  readonly now: () => Date
  readonly stalePolicy: StalePolicy
}): FollowedRevocation {
  const { trust, tokenIssuers = [] } = options
  const revocation = createViewRevocation(options)
  return {
    revocation,
    tokens: createListedTokens({
      issuers: tokenIssuers,
      authorityIds: trust.authorityIds,
      lists: revocation,
    }),
  }
}
