import type { RevocationSource } from '../../../../src/core/decision/revocation-source.ts'
import type { TokenContext, TokenStanding } from '../../../../src/core/decision/token-trust.ts'
import { isFromTheFuture } from '../../../../src/core/revocation/list-condition.ts'
import { type StalePolicy, reliedOnUntil } from '../../../../src/core/revocation/stale-policy.ts'
import { TRUST_LIFETIME_SECONDS } from '../limits.ts'
import type { TrustSnapshot } from '../trust/trust-snapshot.ts'

/**
 * Tokens as this process knows them: by the keys that came with the trust bundle, and no longer than the stale policy relies on those keys and on the lists of the authority that tells of
 * the tokens' clients. Where either is too old, nothing can be told.
 */
export function createFollowedTokens(
  { tokenIssuers, confirmedAt }: Pick<TrustSnapshot, 'tokenIssuers' | 'confirmedAt'>,
  revocation: RevocationSource,
  stalePolicy: StalePolicy,
  now: () => Date,
): TokenContext {
  const keysEnd = new Date(confirmedAt.getTime() + TRUST_LIFETIME_SECONDS * 1000)
  return {
    issuer: (iss) => tokenIssuers.find(({ issuer }) => issuer === iss),
    standing(): TokenStanding {
      const at = now()
      const ends = [keysEnd]
      for (const { authorityId } of tokenIssuers) {
        const state = authorityId === undefined ? undefined : revocation.state(authorityId)
        if (!state || isFromTheFuture(state.thisUpdate, at)) return { standing: 'unknown' }
        ends.push(state.nextUpdate)
      }
      const reliedOn = ends.map((end) => reliedOnUntil(end, stalePolicy))
      if (reliedOn.some((end) => end && at > end)) return { standing: 'unknown' }
      return { standing: 'good', clientState: undefined }
    },
  }
}
