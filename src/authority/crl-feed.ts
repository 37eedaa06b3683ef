import { parseHex } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { assembleCertList } from '../core/issuance/assemble.ts'
import { wholeSeconds } from '../core/issuance/plan.ts'
import { encodeCrlEntry, encodeTbsCertList } from '../core/revocation/encode-crl.ts'
import type { Signer } from '../signer/signer.ts'
import type { CrlRecord, Store } from '../store/store.ts'
import type { IssuingAuthority } from './issuing-authority.ts'
import type { Clock, Log, Metrics, Timers } from './ports.ts'
import type { AuthoritySettings } from './settings.ts'

const RETRY_MS = 1000
/** Timers do not count the time that a machine sleeps, nor a step of its clock: now and then the clock itself is asked. */
const LONGEST_WAIT_MS = 10 * 60 * 1000

/** A revocation list that was signed, stored, and may be shown to anyone. */
export interface PublishedCrl extends CrlRecord {
  readonly sha256: Uint8Array
}

/**
 * Keeps one complete, current CRL for every authority: at start, after every revocation, and long before `nextUpdate`.
 * Revocations that come in while a list is being made, or within the coalescing span, share the next one.
 */
export interface CrlFeed {
  /** Loads or makes the list of every authority; resolves when each has one that is current. */
  start(): Promise<void>
  /** Says that revocations of this authority were stored. Returns at once. */
  notify(authorityId: string): void
  /** The newest list. */
  current(authorityId: string): PublishedCrl | undefined
  /** Calls `listener` after each new list. Returns a function that ends the subscription. */
  subscribe(listener: (crl: PublishedCrl) => void): () => void
  /** True while every authority's list is within its validity and nothing waits for longer than it should. */
  isFresh(): boolean
  /** Stops the timers and waits for a list in the making. */
  stop(): Promise<void>
}

export interface CrlFeedDependencies {
  readonly store: Pick<Store, 'crls'>
  readonly authorities: readonly IssuingAuthority[]
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  readonly metrics: Metrics
  readonly settings: Pick<AuthoritySettings, 'crlLifetimeSeconds' | 'crlCoalesceMs'>
}

export function createCrlFeed(deps: CrlFeedDependencies): CrlFeed {
  const listeners = new Set<(crl: PublishedCrl) => void>()
  const publishers = new Map(
    deps.authorities.map((authority) => [
      authority.id,
      createPublisher(deps, authority, (crl) => {
        for (const listener of listeners) listener(crl)
      }),
    ]),
  )
  return {
    async start() {
      await Promise.all([...publishers.values()].map((publisher) => publisher.start()))
    },
    notify(authorityId) {
      publishers.get(authorityId)?.request()
    },
    current(authorityId) {
      return publishers.get(authorityId)?.current()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    isFresh() {
      return [...publishers.values()].every((publisher) => publisher.isFresh())
    },
    async stop() {
      await Promise.all([...publishers.values()].map((publisher) => publisher.stop()))
    },
  }
}

/** Makes the lists of one authority, one at a time. */
function createPublisher(
  deps: CrlFeedDependencies,
  authority: IssuingAuthority,
  announce: (crl: PublishedCrl) => void,
) {
  const { store, clock, timers, log, settings } = deps
  let current: PublishedCrl | undefined
  let running: Promise<void> | undefined
  let wanted = false
  let failing = false
  let stopped = false
  let lastStarted = -Infinity
  let cancelTimer: () => void = () => undefined

  function adopt(crl: CrlRecord): PublishedCrl {
    current = { ...crl, sha256: sha256(crl.der) }
    return current
  }

  async function publishOnce(): Promise<void> {
    lastStarted = clock.now().getTime()
    const crl = await makeCrl(deps, authority)
    announce(adopt(crl))
  }

  async function publish(): Promise<void> {
    wanted = false
    try {
      await publishOnce()
      failing = false
    } catch (err) {
      failing = true
      wanted = true
      log.error({ authority: authority.id, err }, 'could not publish a CRL; trying again')
    }
    // In one step with the wait: a request in between would find a list in the making, and no one to make the next.
    running = undefined
    wait()
  }

  function wait(): void {
    cancelTimer()
    if (!stopped) cancelTimer = timers.after(Math.min(delay(), LONGEST_WAIT_MS), wake)
  }

  function wake(): void {
    if (running !== undefined || stopped) return
    if (delay() > 0 && !wanted) wait()
    else running = publish()
  }

  function delay(): number {
    if (failing) return RETRY_MS
    return wanted ? coalesceDelay() : untilRenewal()
  }

  /** The coalescing span lies between two lists, never before the first, and is no longer for a clock that was set back. */
  function coalesceDelay(): number {
    const passed = clock.now().getTime() - lastStarted
    return passed < 0 ? settings.crlCoalesceMs : Math.max(0, settings.crlCoalesceMs - passed)
  }

  /** Half of the lifetime leaves the other half to repair whatever keeps a new list from being made. */
  function untilRenewal(): number {
    const now = clock.now()
    // A list from the future, by a clock that was wrong then: verifiers refuse it.
    if (current === undefined || current.thisUpdate > now) return 0
    const half = (settings.crlLifetimeSeconds * 1000) / 2
    // The two differ for a list that was made under another lifetime.
    const due = Math.min(current.thisUpdate.getTime() + half, current.nextUpdate.getTime() - half)
    return Math.max(0, due - now.getTime())
  }

  return {
    async start() {
      const stored = await store.crls.latest(authority.id)
      if (stored !== undefined) adopt(stored)
      if (untilRenewal() === 0 || (await store.crls.hasUnpublished(authority.id))) await publishOnce()
      wait()
    },
    request() {
      wanted = true
      if (running === undefined && !failing) wait()
    },
    current: () => current,
    isFresh: () => current !== undefined && !failing && current.nextUpdate > clock.now(),
    async stop() {
      stopped = true
      cancelTimer()
      await running
    },
  }
}

/**
 * Makes the next complete list: takes a number, reads what it covers, signs, stores. A crash on the way loses a number,
 * never an entry: the next start sees that something is unpublished.
 */
async function makeCrl(deps: CrlFeedDependencies, authority: IssuingAuthority): Promise<CrlRecord> {
  const { store, clock, settings, metrics } = deps
  const startedAt = clock.now().getTime()
  const crlNumber = await store.crls.reserveNumber(authority.id)
  const thisUpdate = new Date(wholeSeconds(clock.now()))
  const nextUpdate = new Date(thisUpdate.getTime() + settings.crlLifetimeSeconds * 1000)
  // An expired certificate stays on the list for one more lifetime, so that it is on at least one list issued after it
  // expired (RFC 5280 section 3.3).
  const expiredBefore = new Date(thisUpdate.getTime() - settings.crlLifetimeSeconds * 1000)
  const entries = await store.crls.entries(authority.id, crlNumber, expiredBefore)
  const der = await signCertList(authority.signer, (algorithm) =>
    encodeTbsCertList({
      algorithm,
      issuerNameDer: authority.certificate.subject.der,
      issuerKeyIdentifier: authority.certificate.subjectKeyIdentifier!,
      thisUpdate,
      nextUpdate,
      crlNumber,
      entries: entries.map((entry) =>
        encodeCrlEntry({ ...entry, serialNumber: parseHex(entry.serialNumber)! }),
      ),
    }),
  )
  const crl = {
    authorityId: authority.id,
    crlNumber,
    thisUpdate,
    nextUpdate,
    entryCount: entries.length,
    der,
  }
  await store.crls.publish(crl)
  metrics.crlPublished(authority.id, crlNumber, entries.length, (clock.now().getTime() - startedAt) / 1000)
  return crl
}

async function signCertList(
  signer: Signer,
  encode: (algorithm: Signer['algorithm']) => Uint8Array,
): Promise<Uint8Array> {
  const tbs = encode(signer.algorithm)
  return assembleCertList(tbs, signer.algorithm, await signer.sign(tbs))
}
