import {
  type ListCondition,
  conditionOf,
  secondsAhead,
} from '../../../../src/core/revocation/list-condition.ts'
import { type StalePolicy, reliedOnUntil } from '../../../../src/core/revocation/stale-policy.ts'
import type { FollowedLists } from '../../../../src/core/revocation/view-revocation.ts'

/** How the lists of one authority stand. */
export interface AuthorityHealth {
  readonly authority: string
  /** Number of the newest list; `undefined` while there is none, and everything is denied. */
  readonly crlNumber: bigint | undefined
  readonly thisUpdate: Date | undefined
  readonly nextUpdate: Date | undefined
  readonly condition: ListCondition | 'missing'
  /** By how many seconds the clock of the service is ahead of ours: more than 30 (`from_the_future`), and everything is denied until one of the two is set right. */
  readonly clockAheadSeconds: number
  /** Age of what is known, in seconds: a revocation of that long ago is known. */
  readonly lagSeconds: number | undefined
  /** For how long requests are still decided if nothing more comes; 0 when they are denied already, `undefined` for ever (`best_effort`). */
  readonly secondsUntilStale: number | undefined
}

/** How a feed stands. */
export interface FeedHealth {
  /** True while the stream is open. */
  readonly isConnected: boolean
  /** The least of all authorities, which is when this process begins to deny. */
  readonly secondsUntilStale: number | undefined
  readonly authorities: readonly AuthorityHealth[]
}

/** Says how the lists of an authority stand at an instant. */
export function authorityHealth(
  authority: string,
  lists: FollowedLists | undefined,
  at: Date,
  { policy, frozenAfterMs }: { readonly policy: StalePolicy; readonly frozenAfterMs: number },
): AuthorityHealth {
  const state = lists?.state
  if (!state) {
    const nothing = {
      crlNumber: undefined,
      thisUpdate: undefined,
      nextUpdate: undefined,
      lagSeconds: undefined,
      clockAheadSeconds: 0,
    }
    return { authority, ...nothing, condition: 'missing', secondsUntilStale: 0 }
  }
  const { crlNumber, thisUpdate, nextUpdate } = state
  const condition = conditionOf(state, at, frozenAfterMs)
  const until = reliedOnUntil(nextUpdate, policy)
  return {
    authority,
    crlNumber,
    thisUpdate,
    nextUpdate,
    condition,
    clockAheadSeconds: secondsAhead(thisUpdate, at),
    lagSeconds: Math.max(0, secondsBetween(thisUpdate, at)),
    secondsUntilStale: condition === 'from_the_future' ? 0 : until && Math.max(0, secondsBetween(at, until)),
  }
}

/** The least; `undefined` only if there is no end at all. */
export function earliestEnd(authorities: readonly AuthorityHealth[]): number | undefined {
  const ends = authorities.flatMap(({ secondsUntilStale }) =>
    secondsUntilStale === undefined ? [] : [secondsUntilStale],
  )
  if (authorities.length === 0) return 0
  return ends.length === 0 ? undefined : Math.min(...ends)
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000
}
