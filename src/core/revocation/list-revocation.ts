import type { RevocationSource, Standing } from '../decision/revocation-source.ts'
import { type TrustBundle, isBundledIntermediate } from '../decision/trust-bundle.ts'
import type { AuthenticList } from './authenticate-list.ts'
import { type ListChain, findRevoked, joinLists } from './list-chain.ts'
import type { ListJudge } from './listed-tokens.ts'
import type { SignedLists } from './signed-lists.ts'
import { type StalePolicy, reliedOnUntil } from './stale-policy.ts'

/** What lists are judged by, and when. */
export interface ListRevocationOptions {
  readonly trust: TrustBundle
  readonly at: Date
  readonly stalePolicy: StalePolicy
  /** How far the authority's clock may be ahead. A list from beyond that is not there yet. */
  readonly clockSkewSeconds: number
}

interface AuthorityLists {
  readonly all: readonly AuthenticList[]
  readonly chain: ListChain | undefined
}

/**
 * Revocation as a verifier knows it that has signed lists and nothing else, at one instant. Every certificate of a path but the anchor needs a list of its
 * issuer. What only the authority has on record is left open: the state of the client, and whether a leaf was issued at all.
 */
export function createListRevocation(
  lists: SignedLists,
  options: ListRevocationOptions,
): RevocationSource & ListJudge {
  const { trust, at, stalePolicy } = options
  const known = groupLists(lists.authentic, options)
  const judge = (authorityId: string, serialNumber: Uint8Array) =>
    judgeListed(serialNumber, known.get(authorityId), at, stalePolicy) ?? judgeWithout(authorityId, lists)
  return {
    judge,
    standing({ authorityId, certificate, isLeaf }) {
      if (authorityId === undefined) return { standing: 'unknown' }
      if (!isLeaf && !isBundledIntermediate(trust, certificate)) return { standing: 'unissued' }
      return judge(authorityId, certificate.serialNumber)
    },
    state(authorityId) {
      const chain = known.get(authorityId)?.chain
      if (!chain) return undefined
      const { crlNumber, list } = chain.newest
      return { authorityId, crlNumber, thisUpdate: list.thisUpdate, nextUpdate: chain.nextUpdate }
    },
    includes(authorityId, crlNumber) {
      const chain = known.get(authorityId)?.chain
      return chain !== undefined && crlNumber <= chain.newest.crlNumber
    },
    knownUntil: (authorityId) => known.get(authorityId)?.chain?.newest.list.thisUpdate,
  }
}

function groupLists(
  authentic: readonly AuthenticList[],
  { at, clockSkewSeconds }: ListRevocationOptions,
): ReadonlyMap<string, AuthorityLists> {
  const latest = at.getTime() + clockSkewSeconds * 1000
  const begun = authentic.filter(({ list }) => list.thisUpdate.getTime() <= latest)
  const groups = Map.groupBy(begun, ({ authorityId }) => authorityId)
  return new Map([...groups].map(([id, all]) => [id, { all, chain: joinLists(all) }]))
}

/** What the lists of an authority say; `undefined` if there is no complete one and nothing revokes the certificate. */
function judgeListed(
  serialNumber: Uint8Array,
  lists: AuthorityLists | undefined,
  at: Date,
  policy: StalePolicy,
): Standing | undefined {
  if (!lists) return undefined
  const { all, chain } = lists
  const entry = chain ? chain.find(serialNumber) : findRevoked(all, serialNumber)
  // Past its end a list proves no innocence, but it still proves guilt.
  if (entry) {
    return { standing: 'revoked', reason: entry.reason ?? 'unspecified', revokedAt: entry.revocationDate }
  }
  if (!chain) return undefined
  const until = reliedOnUntil(chain.nextUpdate, policy)
  if (until && at > until) return { standing: 'unknown' }
  // Before the end of the list nothing is said about the grace after it: it is for outages.
  return {
    standing: 'good',
    clientState: undefined,
    until: at <= chain.nextUpdate ? chain.nextUpdate : until,
  }
}

/** Without a list that counts, one that is broken is the better explanation than none. */
function judgeWithout(authorityId: string, { rejected }: SignedLists): Standing {
  const broken = rejected.some(({ authorityIds }) => authorityIds?.includes(authorityId) ?? true)
  return { standing: broken ? 'list_invalid' : 'unknown' }
}
