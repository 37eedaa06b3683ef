import { MAX_DELTA_ENTRIES } from '../core/limits.ts'
import { type PublishedCrl, createCrlPublisher } from './crl-publisher.ts'
import { type CrlShardDependencies, type CrlShards, openCrlShards } from './crl-shards.ts'
import type { IssuingAuthority } from './issuing-authority.ts'
import type { CrlShard } from '../core/revocation/crl-shard.ts'
import type { CrlRecord, CrlStore } from '../store/store.ts'
import type { Clock } from './ports.ts'
import type { CrlState, SignedDelta } from './sign-crl.ts'

export type { CrlState, PublishedCrl, SignedDelta }

/**
 * Revocation of every authority, signed. Each batch of revocations takes a number at once and is proved by a delta from the number before; a complete
 * list follows. What changed between any number and the newest can be asked for at any time: it is computed from the store, so that nothing is kept for
 * those who may come back.
 */
export interface CrlFeed {
  /** Loads or makes the list of every authority; resolves when each has a number that is current, and a complete list unless that is long and has to be made. */
  start(): Promise<void>
  /** Says that revocations of this authority were stored. Returns at once. */
  notify(authorityId: string): void
  /** The newest number: what a verifier is at that has taken every delta. */
  current(authorityId: string): CrlState | undefined
  /** The newest complete list; its number is at most that of {@link current}. `undefined` while the first one is being made: there was none that is whole and in force. */
  complete(authorityId: string): PublishedCrl | undefined
  /** The newest list of a part; `undefined` if no certificate can name it. */
  shard(authorityId: string, shard: CrlShard): CrlRecord | 'being_made' | undefined
  /** What changed from an older number to the newest; `undefined` if that is too much for one delta. */
  delta(authorityId: string, baseCrlNumber: bigint): Promise<SignedDelta | undefined>
  /** The delta that the newest complete list is to be combined with. Takes a number if that list has the newest. */
  deltaOfComplete(authorityId: string): Promise<SignedDelta | undefined>
  /** True if a verifier at this number has seen our history. {@link current} is not behind it afterwards. */
  knows(authorityId: string, crlNumber: bigint): Promise<boolean>
  /** Calls `listener` with the newest number after each new number and each new complete list. Returns a function that ends the subscription. */
  subscribe(listener: (state: CrlState) => void): () => void
  /** Like {@link subscribe} for these authorities, each of which takes a number every `checkpointSeconds` meanwhile, changed or not. */
  follow(authorityIds: readonly string[], listener: () => void): () => void
  /** When the first of an authority's newest lists runs out, its shards included; `undefined` while one is missing. */
  runsOutAt(authorityId: string): Date | undefined
  /** True while every list is within its validity and nothing waits for longer than it should. */
  isFresh(): boolean
  /** Stops the timers and waits for lists in the making. */
  stop(): Promise<void>
}

export interface CrlFeedDependencies extends CrlShardDependencies {
  readonly authorities: readonly IssuingAuthority[]
}

/**
 * Never goes back in numbers, not even from a database that was restored from an older backup: no number below the time in milliseconds is given from now
 * on, and none above it was given before, since fewer than one is given in a millisecond. What lies between was given by a history that is lost.
 */
export async function leaveLostNumbersBehind(deps: {
  readonly store: { readonly crls: Pick<CrlStore, 'skipTo'> }
  readonly authorities: readonly IssuingAuthority[]
  readonly clock: Clock
}): Promise<void> {
  const floor = BigInt(deps.clock.now().getTime())
  await Promise.all(deps.authorities.map(({ id }) => deps.store.crls.skipTo(id, floor)))
}

export function createCrlFeed(deps: CrlFeedDependencies): CrlFeed {
  const listeners = new Set<(state: CrlState) => void>()
  const shards = new Map<string, CrlShards>()
  const announce = (state: CrlState) => {
    shards.get(state.authorityId)?.poke()
    for (const listener of listeners) listener(state)
  }
  const publishers = new Map(
    deps.authorities.map((authority) => [authority.id, createCrlPublisher(deps, authority, announce)]),
  )
  const all = [...publishers.values()]

  async function startShards(): Promise<void> {
    for (const authority of deps.authorities.filter(({ role }) => role === 'issuing')) {
      const opened = await openCrlShards(deps, authority, () => publishers.get(authority.id)?.current())
      if (opened === undefined) continue
      shards.set(authority.id, opened)
      // Long ones are not waited for, as for complete lists.
      if (await deps.store.crls.hasRevocations(authority.id, MAX_DELTA_ENTRIES)) opened.poke()
      else await opened.start().catch(() => undefined)
    }
  }

  function subscribe(listener: (state: CrlState) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  return {
    async start() {
      await Promise.all(all.map((publisher) => publisher.start()))
      for (const publisher of all) publisher.run()
      await startShards()
    },
    notify: (authorityId) => publishers.get(authorityId)?.notify(),
    current: (authorityId) => publishers.get(authorityId)?.current(),
    complete: (authorityId) => publishers.get(authorityId)?.complete(),
    shard: (authorityId, shard) => shards.get(authorityId)?.find(shard),
    delta: async (authorityId, baseCrlNumber) => publishers.get(authorityId)?.delta(baseCrlNumber),
    deltaOfComplete: async (authorityId) => publishers.get(authorityId)?.deltaOfComplete(),
    knows: async (authorityId, crlNumber) => (await publishers.get(authorityId)?.knows(crlNumber)) ?? false,
    subscribe,
    follow(authorityIds, listener) {
      const unsubscribe = subscribe(({ authorityId }) => {
        if (authorityIds.includes(authorityId)) listener()
      })
      const leave = authorityIds.map((authorityId) => publishers.get(authorityId)?.follow())
      return () => {
        unsubscribe()
        for (const step of leave) step?.()
      }
    },
    runsOutAt(authorityId) {
      const whole = publishers.get(authorityId)?.complete()?.nextUpdate
      const parts = shards.get(authorityId)
      if (whole === undefined || parts === undefined) return whole
      const first = parts.runsOutAt()
      return first !== undefined && first > whole ? whole : first
    },
    isFresh: () => [...all, ...shards.values()].every((lists) => lists.isFresh()),
    async stop() {
      await Promise.all([...all, ...shards.values()].map((lists) => lists.stop()))
    },
  }
}
