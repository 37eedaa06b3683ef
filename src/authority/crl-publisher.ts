import { MAX_DELTA_ENTRIES, MIN_DELTA_LIMIT, SMALL_CRL_BYTES } from '../core/limits.ts'
import { MAX_CLOCK_SET_BACK_MS } from '../core/revocation/feed-limits.ts'
import type { CrlRecord, Store } from '../store/store.ts'
import { type DeltaCache, createDeltaCache } from './delta-cache.ts'
import type { IssuingAuthority } from './issuing-authority.ts'
import { isInForce, untilPassed, untilRenewal } from './list-times.ts'
import { createPacedJob } from './paced-job.ts'
import type { Clock, Log, Metrics, Timers } from './ports.ts'
import type { AuthoritySettings } from './settings.ts'
import { type CrlState, type SignedDelta, beginState, signCompleteList, signDelta } from './sign-crl.ts'

/** A complete revocation list that was signed, stored, and may be shown to anyone. */
export type PublishedCrl = CrlRecord

export interface CrlPublisherDependencies {
  readonly store: Pick<Store, 'crls'>
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  readonly metrics: Metrics
  readonly settings: Pick<
    AuthoritySettings,
    | 'publicUrl'
    | 'ocspInCertificates'
    | 'crlLifetimeSeconds'
    | 'crlCoalesceMs'
    | 'crlCompleteSeconds'
    | 'crlDeltasPerComplete'
    | 'checkpointSeconds'
  >
}

/** Keeps one authority's newest number and its newest complete list. {@link CrlFeed} documents what they mean. */
export interface CrlPublisher {
  /** Loads what is stored; makes a number and, if it is short, the complete list, where what is stored is not current. */
  start(): Promise<void>
  /** From now on makes what is due. */
  run(): void
  notify(): void
  current(): CrlState | undefined
  complete(): PublishedCrl | undefined
  delta(baseCrlNumber: bigint): Promise<SignedDelta | undefined>
  deltaOfComplete(): Promise<SignedDelta | undefined>
  knows(crlNumber: bigint): Promise<boolean>
  /** Counts a follower until the function that it returns is called. */
  follow(): () => void
  isFresh(): boolean
  stop(): Promise<void>
}

/**
 * Two jobs that do not wait for each other. **Advance** takes a number, and signs what changed since the number before: its cost is that of the
 * change. **Rebuild** makes the complete list of the newest number: at once while it is small, else as often as the settings say.
 */
export function createCrlPublisher(
  deps: CrlPublisherDependencies,
  authority: IssuingAuthority,
  announce: (state: CrlState) => void,
): CrlPublisher {
  const { store, clock, timers, log, metrics, settings } = deps
  let head: CrlState | undefined
  let deltas: DeltaCache | undefined
  let complete: PublishedCrl | undefined
  /** What the complete list that was begun last, and may be known to readers, is of. */
  let begun: CrlState | undefined
  /** Something was stored that no number covers. */
  let isWanted = false
  /** What the complete list lacks: how many deltas with entries were signed since; all of it, if one was too large to sign. */
  let missing = 0
  let missingSince = -Infinity
  let advancedAt = -Infinity
  let followers = 0
  let isRunning = false

  const now = () => clock.now().getTime()
  const untilSpent = (span: number, since: number) => untilPassed(span, since, now())
  const untilDue = (list: CrlState) => untilRenewal(list, now(), settings.crlLifetimeSeconds)

  function deltaLimit(): number {
    return Math.min(MAX_DELTA_ENTRIES, Math.max(MIN_DELTA_LIMIT, complete?.entryCount ?? 0))
  }

  /** By a clock that is ahead, a complete list leaves out certificates that live, and is good for too long: whoever has it needs another. */
  async function disownLists(): Promise<void> {
    const bearable = Math.min(MAX_CLOCK_SET_BACK_MS, (settings.crlLifetimeSeconds * 1000) / 2)
    if (begun === undefined || begun.thisUpdate.getTime() - now() <= bearable) return
    await store.crls.startOver(authority.id)
    const seconds = Math.round((begun.thisUpdate.getTime() - now()) / 1000)
    log.error(
      { authority: authority.id, seconds },
      'the clock was set back: everybody is sent the complete list again',
    )
  }

  async function advance(): Promise<void> {
    isWanted = false
    advancedAt = now()
    await disownLists()
    const crlNumber = await store.crls.reserveNumber(authority.id)
    const state = beginState(authority.id, crlNumber, clock.now(), settings.crlLifetimeSeconds)
    const cache = createCache(state)
    // Signed before anyone hears of the number: a number that is shown can be proved.
    const delta = head && (await cache.from(head.crlNumber))
    if (head !== undefined) noteMissing(delta)
    adopt(state, cache)
    metrics.crlAdvanced(authority.id, crlNumber, delta?.entryCount ?? 0)
    announce(state)
    rebuildJob.poke()
  }

  function createCache(state: CrlState): DeltaCache {
    return createDeltaCache((base) => signDelta(deps, authority, base, state, deltaLimit()))
  }

  function adopt(state: CrlState, cache = createCache(state)): void {
    head = state
    deltas = cache
  }

  function noteMissing(delta: SignedDelta | undefined): void {
    if (missing === 0) missingSince = now()
    if (delta === undefined) missing = Infinity
    else if (delta.entryCount > 0) missing++
  }

  async function rebuild(): Promise<void> {
    const state = head!
    const startedAt = now()
    missing = 0
    begun = state
    complete = await store.crls.publish(await signCompleteList(deps, authority, state))
    metrics.crlPublished(authority.id, complete.crlNumber, complete.entryCount, (now() - startedAt) / 1000)
    announce(head!)
  }

  function untilAdvance(): number {
    if (head === undefined) return 0
    // The coalescing span lies between two numbers, never before the first.
    if (isWanted) return untilSpent(settings.crlCoalesceMs, advancedAt)
    const untilCheckpoint =
      followers > 0 ? untilSpent(settings.checkpointSeconds * 1000, advancedAt) : Infinity
    return Math.min(untilDue(head), untilCheckpoint)
  }

  function untilRebuild(): number {
    if (head === undefined || complete === undefined) return 0
    if (complete.crlNumber >= head.crlNumber) return Infinity
    if (missing === 0) return untilDue(complete)
    if (isSmall(complete) || missing >= settings.crlDeltasPerComplete) return 0
    return Math.min(untilDue(complete), untilSpent(settings.crlCompleteSeconds * 1000, missingSince))
  }

  const advanceJob = createPacedJob({
    timers,
    work: advance,
    delay: untilAdvance,
    onFailure: (err) => {
      isWanted = true
      log.error({ authority: authority.id, err }, 'could not sign what was revoked; trying again')
    },
  })
  const rebuildJob = createPacedJob({
    timers,
    work: rebuild,
    // One thread makes all lists: at start, long ones come after the short ones that are waited for.
    delay: () => (isRunning ? untilRebuild() : Infinity),
    onFailure: (err) => {
      missing = Infinity
      log.error({ authority: authority.id, err }, 'could not publish a CRL; trying again')
      // Another process may have published a higher number: the next try needs one above it.
      isWanted = true
      advanceJob.poke()
    },
  })

  const isCurrent = (state: CrlState | undefined): state is CrlState =>
    state !== undefined && isInForce(state, now())

  /** True if the stored list shows everything, and no delta or checkpoint was given a number after it. */
  async function isNewest({ crlNumber }: CrlState): Promise<boolean> {
    if (await store.crls.hasUnpublished(authority.id)) missing = 1
    return missing === 0 && (await store.crls.nextNumber(authority.id)) === crlNumber + 1n
  }

  async function isShort(): Promise<boolean> {
    return !(await store.crls.hasRevocations(authority.id, MAX_DELTA_ENTRIES))
  }

  return {
    async start() {
      const stored = await store.crls.latest(authority.id)
      if (stored !== undefined) {
        // One that is not in force is shown to nobody: it is as good as none.
        complete = isCurrent(stored) ? stored : undefined
        begun = stored
        adopt(stored)
      }
      const needsNumber = stored === undefined || !(await isNewest(stored)) || untilAdvance() === 0
      if (needsNumber) await advanceJob.until(() => head !== undefined && head !== stored)
      // A large list that is in force is made anew while the service runs: until then deltas have what it lacks.
      const isDue = () => !isCurrent(complete) || (isSmall(complete) && untilRebuild() === 0)
      // Whatever keeps it from being made is in the log, and it is tried again: decisions need no list.
      if (await isShort()) await rebuildJob.until(() => !isDue()).catch(() => undefined)
    },
    run() {
      isRunning = true
      advanceJob.poke()
      rebuildJob.poke()
    },
    notify() {
      isWanted = true
      advanceJob.poke()
    },
    current: () => head,
    complete: () => complete,
    delta: (baseCrlNumber) => deltas!.from(baseCrlNumber),
    async deltaOfComplete() {
      if (complete === undefined) return undefined
      const { crlNumber } = complete
      await advanceJob.until(() => head!.crlNumber > crlNumber)
      return deltas!.from(crlNumber)
    },
    async knows(crlNumber) {
      if (!(await store.crls.wasGiven(authority.id, crlNumber))) return false
      // Higher than ours: another process that shares the store gave it.
      await advanceJob.until(() => head !== undefined && head.crlNumber >= crlNumber)
      return true
    },
    follow() {
      followers++
      advanceJob.poke()
      return () => {
        followers--
        advanceJob.poke()
      }
    },
    isFresh: () => isCurrent(head) && isCurrent(complete) && !advanceJob.isFailing && !rebuildJob.isFailing,
    async stop() {
      await Promise.all([advanceJob.stop(), rebuildJob.stop()])
    },
  }
}

function isSmall({ der }: PublishedCrl): boolean {
  return der.length <= SMALL_CRL_BYTES
}
