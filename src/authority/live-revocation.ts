import { equalBytes } from '../core/bytes.ts'
import type {
  PathLink,
  RevocationSource,
  RevocationState,
  Standing,
} from '../core/decision/revocation-source.ts'
import { type TrustBundle, isBundledIntermediate } from '../core/decision/trust-bundle.ts'
import type { Store } from '../store/store.ts'

/** The newest list of each authority, at hand without asking the store; the CRL feed is one. */
export interface CurrentLists {
  current(authorityId: string): Omit<RevocationState, 'authorityId'> | undefined
}

/**
 * Revocation as the authority itself knows it: each question is a point read of the store, so that a revocation counts from the
 * moment it is durable, before any list carries it.
 */
export function createLiveRevocation(
  store: Pick<Store, 'certificates' | 'crls'>,
  trust: TrustBundle,
  lists: CurrentLists,
): RevocationSource {
  return {
    standing(link) {
      // A path through an authority that someone else made cannot be judged here.
      if (link.authorityId === undefined) return { standing: 'unknown' }
      if (!link.isLeaf) return judgeAuthority(link, trust)
      return judgeLeaf(link, store.certificates.status(link.authorityId, link.serialNumber))
    },
    state(authorityId) {
      const list = lists.current(authorityId)
      if (!list) return undefined
      const { crlNumber, thisUpdate, nextUpdate } = list
      return { authorityId, crlNumber, thisUpdate, nextUpdate }
    },
    async includes(authorityId, crlNumber) {
      const current = lists.current(authorityId)
      if (current && crlNumber <= current.crlNumber) return true
      // A revocation names the list that will carry it, and that may not be made yet: the store knows it already.
      const next = await store.crls.nextNumber(authorityId)
      return crlNumber < next || (crlNumber === next && (await store.crls.hasUnpublished(authorityId)))
    },
    knownUntil: (_authorityId, at) => at,
  }
}

/** Authorities are on record in the bundle. */
function judgeAuthority({ certificate }: PathLink, trust: TrustBundle): Standing {
  return isBundledIntermediate(trust, certificate)
    ? { standing: 'good', clientState: undefined }
    : { standing: 'unissued' }
}

/**
 * Clients' certificates are on record in the inventory. Octet for octet: an ECDSA signature can be altered without becoming invalid, and a
 * certificate so altered would have a digest of its own.
 */
function judgeLeaf(link: PathLink, record: ReturnType<Store['certificates']['status']>): Standing {
  if (record?.revocation) {
    const { reason, revokedAt } = record.revocation
    return { standing: 'revoked', reason, revokedAt, isClientLocked: record.clientState === 'locked' }
  }
  if (!record || !equalBytes(record.certificateSha256, link.sha256)) return { standing: 'unissued' }
  return { standing: 'good', clientState: record.clientState }
}
