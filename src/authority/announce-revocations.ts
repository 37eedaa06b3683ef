import { highestCrlNumber } from '../core/revocation/highest-crl-number.ts'
import type { CrlReason } from '../core/x509/types.ts'
import type { CertificateRecord } from '../store/store.ts'
import type { CrlFeed } from './crl-feed.ts'
import type { Metrics } from './ports.ts'
import type { RevocationEvents } from './revocation-events.ts'

export interface RevocationAnnouncer {
  readonly feed: Pick<CrlFeed, 'notify'>
  readonly events: RevocationEvents
  readonly metrics: Metrics
}

/**
 * Tells everyone who must know that these certificates were just revoked, after it is durable: the feed makes a new list, open
 * streams of their holders end. Returns the number of the list in which all of them stand; 0 if there are none.
 */
export function announceRevocations(
  deps: RevocationAnnouncer,
  revoked: readonly CertificateRecord[],
  reason: CrlReason,
): bigint {
  if (revoked.length === 0) return 0n
  deps.metrics.certificatesRevoked(reason, revoked.length)
  deps.events.publish({ kind: 'certificates', certificates: revoked })
  renewLists(
    deps,
    revoked.map(({ authorityId }) => authorityId),
  )
  return highestCrlNumber(revoked)
}

/** Has the feed make new lists of these authorities, after what changes them is durable. */
export function renewLists(
  { feed }: Pick<RevocationAnnouncer, 'feed'>,
  authorityIds: readonly string[],
): void {
  for (const authorityId of new Set(authorityIds)) feed.notify(authorityId)
}
