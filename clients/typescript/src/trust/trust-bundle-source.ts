import { reconnectDelay } from '../../../../src/feed/backoff.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { systemFeedPorts } from '../../../../src/feed/system-ports.ts'
import { wait } from '../../../../src/feed/wait.ts'
import { MAX_TRUST_REFRESH_MS, MIN_KEY_REFRESH_MS, MIN_TRUST_REFRESH_MS } from '../limits.ts'
import type { AuthorityRpc } from '../authority/authority-rpc.ts'
import { fetchTrust } from './fetch-trust.ts'
import { readTrustFile, writeTrustFile } from './trust-file.ts'
import {
  type TrustFacts,
  type TrustSnapshot,
  haveSameCertificates,
  readTrustFacts,
} from './trust-snapshot.ts'

/**
 * Why a bundle was not taken; what was known before goes on.
 *
 * - `TRUST_ROLLBACK`: its sequence is lower than one that was taken. After a restore of the authority, remove the file.
 * - `TRUST_FORKED`: it has the sequence of the one that is known, and other certificates.
 * - `TRUST_DOMAIN_CHANGED`: it is of another trust domain.
 * - `TRUST_MALFORMED`: it cannot be read.
 */
export type TrustRefusal = 'TRUST_DOMAIN_CHANGED' | 'TRUST_FORKED' | 'TRUST_MALFORMED' | 'TRUST_ROLLBACK'

/** What a source has to say, in the order in which it happens. */
export type TrustEvent =
  | { readonly kind: 'loaded'; readonly sequence: bigint }
  /** What is on disk is not used. */
  | { readonly kind: 'file_refused'; readonly error: unknown }
  | { readonly kind: 'changed'; readonly sequence: bigint }
  | { readonly kind: 'refused'; readonly reason: TrustRefusal; readonly message: string }
  /** The authority did not answer; asked again after this time. */
  | { readonly kind: 'not_refreshed'; readonly error: unknown }
  | { readonly kind: 'not_saved'; readonly error: unknown }

/** Whom to trust: from the authority, from disk while it is away. */
export interface TrustBundleSource {
  /** `undefined` before the first word of authority or disk. */
  current(): TrustSnapshot | undefined
  /** Reads the disk, asks the authority once, and from then on as often as it hints. Resolves also when neither knew anything; a second call is the first. */
  start(): Promise<void>
  /** Asks now, unless it was asked within the last ten seconds; those who ask at once share one answer. True if something changed. */
  refresh(): Promise<boolean>
  /** Calls back after each change of certificates or keys. Returns a function that ends that. */
  onChange(listener: (snapshot: TrustSnapshot) => void): () => void
  close(): void
}

export interface TrustBundleSourceOptions {
  readonly connection: Pick<AuthorityRpc, 'call'>
  /** A folder of this process's own, where the bundle is kept; without one, a start needs the authority. */
  readonly directory?: string | undefined
  /** For one call, in milliseconds. Default 5000: nobody waits for it but a start, and a token with a new key. */
  readonly timeoutMs?: number | undefined
  readonly onEvent?: ((event: TrustEvent) => void) | undefined
  /** Clock, timers and randomness; default: the real ones. */
  readonly ports?: FeedPorts | undefined
}

/** Makes a source; nothing happens before {@link TrustBundleSource.start}. */
export function createTrustBundleSource(options: TrustBundleSourceOptions): TrustBundleSource {
  const {
    connection,
    directory,
    timeoutMs = 5000,
    onEvent = () => undefined,
    ports = systemFeedPorts,
  } = options
  const over = new AbortController()
  const listeners = new Set<(snapshot: TrustSnapshot) => void>()
  let current: TrustSnapshot | undefined
  let started: Promise<void> | undefined
  let asking: Promise<boolean> | undefined
  let askedAtMs = Number.NEGATIVE_INFINITY
  let nextMs = MIN_TRUST_REFRESH_MS
  let failures = 0

  async function load(): Promise<void> {
    if (directory === undefined) return
    try {
      const kept = await readTrustFile(directory)
      if (!kept) return
      current = readTrustFacts(kept.facts, kept.confirmedAt, undefined)
      onEvent({ kind: 'loaded', sequence: kept.facts.sequence })
    } catch (error) {
      onEvent({ kind: 'file_refused', error })
    }
  }

  /** True if something changed. Never rejects. */
  async function ask(): Promise<boolean> {
    askedAtMs = ports.elapsed()
    try {
      const { facts, refreshMs } = await fetchTrust(connection, timeoutMs)
      nextMs = Math.min(MAX_TRUST_REFRESH_MS, Math.max(MIN_TRUST_REFRESH_MS, refreshMs))
      failures = 0
      return await take(facts)
    } catch (error) {
      nextMs = reconnectDelay(++failures, (length) => ports.randomBytes(length))
      onEvent({ kind: 'not_refreshed', error })
      return false
    }
  }

  async function take(facts: TrustFacts): Promise<boolean> {
    const refused = refuse(facts, current?.facts)
    if (refused) {
      onEvent({ kind: 'refused', ...refused })
      return false
    }
    let next: TrustSnapshot
    try {
      next = readTrustFacts(facts, ports.now(), current)
    } catch (error) {
      onEvent({ kind: 'refused', reason: 'TRUST_MALFORMED', message: String(error) })
      return false
    }
    const changed = current?.trust !== next.trust || !haveSameKeys(current.facts, facts)
    current = next
    // On disk before anyone counts on it: a sequence that was seen must not be forgotten by a restart.
    await save(next)
    if (!changed) return false
    onEvent({ kind: 'changed', sequence: facts.sequence })
    for (const listener of listeners) listener(next)
    return true
  }

  async function save(snapshot: TrustSnapshot): Promise<void> {
    if (directory === undefined) return
    try {
      await writeTrustFile(directory, snapshot)
    } catch (error) {
      onEvent({ kind: 'not_saved', error })
    }
  }

  function askOnce(): Promise<boolean> {
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }

  async function run(): Promise<void> {
    const isOver = () => over.signal.aborted
    while (!isOver()) {
      const jitter = 0.9 + (0.2 * ports.randomBytes(1)[0]!) / 256
      await wait(ports, nextMs * jitter, over.signal)
      if (!isOver()) await askOnce()
    }
  }

  return {
    current: () => current,
    start() {
      started ??= load()
        .then(askOnce)
        .then(() => {
          void run()
        })
      return started
    },
    refresh() {
      if (asking) return asking
      if (over.signal.aborted || ports.elapsed() - askedAtMs < MIN_KEY_REFRESH_MS)
        return Promise.resolve(false)
      return askOnce()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      over.abort()
      listeners.clear()
    },
  }
}

function refuse(
  next: TrustFacts,
  known: TrustFacts | undefined,
): { readonly reason: TrustRefusal; readonly message: string } | undefined {
  if (!known) return undefined
  if (next.trustDomain !== known.trustDomain)
    return { reason: 'TRUST_DOMAIN_CHANGED', message: `The trust domain was ${known.trustDomain}.` }
  if (next.sequence < known.sequence)
    return {
      reason: 'TRUST_ROLLBACK',
      message: `The sequence was ${known.sequence}, and is ${next.sequence} now.`,
    }
  if (next.sequence === known.sequence && !haveSameCertificates(next, known))
    return { reason: 'TRUST_FORKED', message: `There are two bundles of sequence ${next.sequence}.` }
  return undefined
}

function haveSameKeys(one: TrustFacts, other: TrustFacts): boolean {
  const textOf = ({ tokenIssuers }: TrustFacts) =>
    JSON.stringify(tokenIssuers.map(({ jwks, ...its }) => [its, Buffer.from(jwks).toString('latin1')]))
  return textOf(one) === textOf(other)
}
