import type { Store } from '../store/store.ts'
import type { CrlFeed } from './crl-feed.ts'
import type { Authorities } from './issuing-authority.ts'
import type { Timers } from './ports.ts'
import type { NamedCertificate, RevocationEvents } from './revocation-events.ts'

/** How often the store is looked at: some point reads of an index. */
const LOOK_EVERY_MS = 200

export interface WatchDependencies {
  readonly store: {
    readonly crls: Pick<Store['crls'], 'hasChanged'>
    readonly certificates: Pick<Store['certificates'], 'status'>
  }
  readonly authorities: Pick<Authorities, 'all'>
  readonly feed: Pick<CrlFeed, 'current' | 'notify'>
  readonly events: Pick<RevocationEvents, 'publish' | 'held'>
  readonly timers: Timers
}

/**
 * Publishes what another process that shares the store revoked, of which nobody here is told, and tells those here whom it concerns: streams end, certificates of the service are renewed. What is revoked here
 * takes a number within milliseconds: so only what two looks in a row find behind the same number is another's. Returns a function that ends it.
 */
export function watchOtherProcesses(deps: WatchDependencies): () => void {
  const { store, authorities, feed, events, timers } = deps
  const suspected = new Map<string, bigint>()
  let isStopped = false
  let cancel: () => void = () => undefined

  async function look(id: string): Promise<void> {
    const crlNumber = feed.current(id)?.crlNumber
    const isBehind = crlNumber !== undefined && (await store.crls.hasChanged(id, crlNumber))
    if (!isBehind) suspected.delete(id)
    else if (suspected.get(id) === crlNumber) {
      feed.notify(id)
      // Also if there are none: who was let in before the change, and is not on record yet, is judged again.
      events.publish({ kind: 'certificates', certificates: events.held().filter(isRevoked) })
    } else suspected.set(id, crlNumber)
  }

  function isRevoked({ authorityId, serialNumber }: NamedCertificate): boolean {
    return store.certificates.status(authorityId, serialNumber)?.revocation !== undefined
  }

  function wait(): void {
    cancel = timers.after(LOOK_EVERY_MS, () => {
      // A store that does not answer is what the health check is about.
      void Promise.allSettled(authorities.all.map(({ id }) => look(id))).then(() => {
        if (!isStopped) wait()
      })
    })
  }

  wait()
  return () => {
    isStopped = true
    cancel()
  }
}
