import { parseHex } from '../core/bytes.ts'
import { longestValiditySeconds } from '../core/issuance/profile.ts'
import { MIN_DELTA_LIMIT } from '../core/limits.ts'
import { type CrlShard, formatShard, shardOf } from '../core/revocation/crl-shard.ts'
import { standInKind } from '../core/revocation/stand-in-serial.ts'
import type { CrlRecord, CrlSharding } from '../store/store.ts'
import { shardUrl } from './artefact-urls.ts'
import type { CrlPublisherDependencies } from './crl-publisher.ts'
import type { IssuingAuthority } from './issuing-authority.ts'
import { isInForce, untilPassed, untilRenewal } from './list-times.ts'
import { createPacedJob } from './paced-job.ts'
import type { AuthoritySettings } from './settings.ts'
import { type CrlState, signShard } from './sign-crl.ts'

export interface CrlShardDependencies extends CrlPublisherDependencies {
  readonly settings: CrlPublisherDependencies['settings'] & Pick<AuthoritySettings, 'crlShards'>
}

/** The lists of the parts that one authority's certificates are split into: those of now, and those that certificates of earlier settings name. */
export interface CrlShards {
  /** Makes all lists. */
  start(): Promise<void>
  /** Looks for what is due: there is a newer number, or lists may be made from now on. Returns at once. */
  poke(): void
  /** `undefined` if no certificate can name it. */
  find(shard: CrlShard): CrlRecord | 'being_made' | undefined
  isFresh(): boolean
  /** When the first of the lists runs out; `undefined` while one is missing. */
  runsOutAt(): Date | undefined
  stop(): Promise<void>
}

/** After its last certificate can have expired a sharding is kept this long: another process on the same store may have issued under it for a while. */
const KEPT_SECONDS = 30 * 86_400

/** Each goes to other threads and back three times: several at once do not wait for each other's way. */
const MADE_AT_ONCE = 8

/** A part, the URLs under which certificates know it, and its newest list. */
interface ShardList {
  readonly shard: CrlShard
  readonly urls: readonly string[]
  newest: CrlRecord | undefined
}

/** Notes how certificates are to be split from now on. `undefined` if no certificate that lives can name a shard. */
export async function openCrlShards(
  deps: CrlShardDependencies,
  authority: IssuingAuthority,
  current: () => CrlState | undefined,
): Promise<CrlShards | undefined> {
  const { publicUrl, crlShards: shardCount } = deps.settings
  const at = deps.clock.now()
  const shardings = await deps.store.crls.useSharding({
    authorityId: authority.id,
    sharding: publicUrl === undefined || shardCount === 0 ? undefined : { publicUrl, shardCount },
    at,
    since: new Date(at.getTime() - (longestValiditySeconds() + KEPT_SECONDS) * 1000),
  })
  return shardings.length === 0 ? undefined : createCrlShards(deps, authority, shardings, current)
}

/**
 * Every list has the number and the times of the state that it was made from, so that shards have no numbers of their own to lose: whatever was published, the
 * next start begins with a number that is not below it. That is why they are not stored. Made anew are those in which something changed, as soon as that is known
 * but for `crlCompleteSeconds` after the last round, and those at half of their lifetime.
 */
function createCrlShards(
  deps: CrlShardDependencies,
  authority: IssuingAuthority,
  shardings: readonly CrlSharding[],
  current: () => CrlState | undefined,
): CrlShards {
  const { store, clock, timers, log, settings } = deps
  const lists = listsOf(authority.id, shardings)
  const counts = new Set(shardings.map(({ shardCount }) => shardCount))
  const due = new Set<ShardList>()
  /** Changes up to this number are in the lists, or those are due. */
  let seenNumber: bigint | undefined
  let madeAt = -Infinity
  let isStopped = false
  const now = () => clock.now().getTime()

  async function markChanged({ crlNumber }: CrlState): Promise<void> {
    const changes =
      seenNumber === undefined
        ? undefined
        : await store.crls.changes(authority.id, seenNumber, crlNumber, MIN_DELTA_LIMIT)
    // So many changes are in nearly all of them.
    if (changes === undefined) for (const list of lists.values()) due.add(list)
    for (const { serialNumber } of changes ?? [])
      for (const list of listsWith(parseHex(serialNumber)!)) due.add(list)
    seenNumber = crlNumber
  }

  function listsWith(serialNumber: Uint8Array): ShardList[] {
    if (standInKind(serialNumber) !== undefined) return []
    return [...counts].map((count) => lists.get(formatShard(shardOf(serialNumber, count)))!)
  }

  function untilListRenewal({ newest }: ShardList, { crlNumber }: CrlState): number {
    // A list of one number has one content and one time.
    if (newest === undefined || newest.crlNumber >= crlNumber) return Infinity
    return untilRenewal(newest, now(), settings.crlLifetimeSeconds)
  }

  async function makeDue(): Promise<void> {
    const state = current()!
    if (seenNumber === undefined || seenNumber < state.crlNumber) await markChanged(state)
    for (const list of lists.values()) if (untilListRenewal(list, state) === 0) due.add(list)
    if (due.size > 0) madeAt = now()
    const make = async (list: ShardList) => {
      list.newest = await signShard(deps, authority, state, list)
      due.delete(list)
    }
    for (let some = [...due]; some.length > 0 && !isStopped; some = some.slice(MADE_AT_ONCE)) {
      // All of them to their end: one that came after the next try would put an older list in the place of its newer one.
      const ends = await Promise.allSettled(some.slice(0, MADE_AT_ONCE).map(make))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    }
  }

  function delay(): number {
    const state = current()
    if (state === undefined) return Infinity
    if (seenNumber === undefined) return 0
    const untilChanges =
      state.crlNumber > seenNumber ? untilPassed(settings.crlCompleteSeconds * 1000, madeAt, now()) : Infinity
    return Math.min(untilChanges, ...[...lists.values()].map((list) => untilListRenewal(list, state)))
  }

  const job = createPacedJob({
    timers,
    work: makeDue,
    delay,
    onFailure: (err) =>
      log.error({ authority: authority.id, err }, 'could not make CRL shards; trying again'),
  })
  return {
    start: () => job.until(() => seenNumber !== undefined && due.size === 0),
    poke: () => job.poke(),
    find(shard) {
      const list = lists.get(formatShard(shard))
      return list && (list.newest ?? 'being_made')
    },
    isFresh: () =>
      !job.isFailing &&
      [...lists.values()].every(({ newest }) => newest !== undefined && isInForce(newest, now())),
    runsOutAt() {
      const ends = [...lists.values()].map(({ newest }) => newest?.nextUpdate.getTime() ?? NaN)
      const first = Math.min(...ends)
      return Number.isNaN(first) ? undefined : new Date(first)
    },
    async stop() {
      isStopped = true
      await job.stop()
    },
  }
}

/** By name. A part that several public URLs name has one list, which names them all. */
function listsOf(authorityId: string, shardings: readonly CrlSharding[]): ReadonlyMap<string, ShardList> {
  const lists = new Map<string, ShardList>()
  for (const [count, ofCount] of Map.groupBy(shardings, ({ shardCount }) => shardCount)) {
    for (let index = 0; index < count; index++) {
      const shard = { count, index }
      const urls = ofCount.map(({ publicUrl }) => shardUrl(publicUrl, authorityId, shard))
      lists.set(formatShard(shard), { shard, urls, newest: undefined })
    }
  }
  return lists
}
