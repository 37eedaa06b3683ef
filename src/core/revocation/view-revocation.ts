import type { RevocationSource, Standing } from '../decision/revocation-source.ts'
import { type TrustBundle, isBundledIntermediate } from '../decision/trust-bundle.ts'
import { isFromTheFuture } from './list-condition.ts'
import type { ListJudge } from './listed-tokens.ts'
import type { ListState, RevocationView } from './revocation-view.ts'
import { type StalePolicy, reliedOnUntil } from './stale-policy.ts'

/** What a source needs to know of one authority. */
export type FollowedLists = Pick<RevocationView, 'state' | 'lastRefusal' | 'find'>

/**
 * Revocation as a verifier knows it that follows the signed lists of its authorities, and so decides without asking them. A revocation that is
 * known counts whatever the time; a certificate is good only while the policy relies on the lists of its issuer.
 */
export function createViewRevocation(options: {
  readonly trust: TrustBundle
  /** The lists of an authority, if they are followed. */
  readonly lists: (authorityId: string) => FollowedLists | undefined
  readonly now: () => Date
  readonly stalePolicy: StalePolicy
}): RevocationSource & ListJudge {
  const { trust, lists, now, stalePolicy } = options
  const stateOf = (authorityId: string) => lists(authorityId)?.state

  function judge(authorityId: string, serialNumber: Uint8Array): Standing {
    const followed = lists(authorityId)
    const revocation = followed?.find(serialNumber)
    if (revocation !== undefined) return { standing: 'revoked', ...revocation }
    if (followed?.state !== undefined) return judgeUnlisted(followed.state, now(), stalePolicy)
    return { standing: followed?.lastRefusal === undefined ? 'unknown' : 'list_invalid' }
  }

  return {
    judge,
    standing({ authorityId, certificate, isLeaf }) {
      if (authorityId === undefined) return { standing: 'unknown' }
      if (!isLeaf && !isBundledIntermediate(trust, certificate)) return { standing: 'unissued' }
      return judge(authorityId, certificate.serialNumber)
    },
    state(authorityId) {
      const state = stateOf(authorityId)
      if (state === undefined) return undefined
      const { crlNumber, thisUpdate, nextUpdate } = state
      return { authorityId, crlNumber, thisUpdate, nextUpdate }
    },
    includes(authorityId, crlNumber) {
      const state = stateOf(authorityId)
      return state !== undefined && crlNumber <= state.crlNumber
    },
    knownUntil: (authorityId) => stateOf(authorityId)?.thisUpdate,
  }
}

function judgeUnlisted({ thisUpdate, nextUpdate }: ListState, at: Date, policy: StalePolicy): Standing {
  // By a clock that is behind, nothing can be said of the end of a list.
  if (isFromTheFuture(thisUpdate, at)) return { standing: 'unknown' }
  const until = reliedOnUntil(nextUpdate, policy)
  if (until && at > until) return { standing: 'unknown' }
  // Before the end of the list nothing is said about the grace after it: it is for outages.
  return { standing: 'good', clientState: undefined, until: at <= nextUpdate ? nextUpdate : until }
}
