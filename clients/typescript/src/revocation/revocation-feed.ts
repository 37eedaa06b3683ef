import { hostname } from 'node:os'
import { DEFAULT_CHECKPOINT_SECONDS, MAX_VERIFIER_ID_LENGTH } from '../../../../src/core/limits.ts'
import { FROZEN_AFTER_CHECKPOINTS } from '../../../../src/core/revocation/feed-limits.ts'
import { DEFAULT_STALE_POLICY, type StalePolicy } from '../../../../src/core/revocation/stale-policy.ts'
import type { FollowedLists } from '../../../../src/core/revocation/view-revocation.ts'
import {
  type FollowedRevocation,
  createFollowedRevocation,
} from '../../../../src/core/revocation/followed-revocation.ts'
import { lockFolder } from '../../../../src/files/lock-folder.ts'
import { type CrlFollower, createCrlFollower } from '../../../../src/feed/crl-follower.ts'
import type { FeedEvent } from '../../../../src/feed/feed-event.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { createStateFolder } from '../../../../src/feed/state-folder.ts'
import { systemFeedPorts } from '../../../../src/feed/system-ports.ts'
import { AuthorityServiceService } from '../../../../src/gen/chancery/v1/authority_service.ts'
import { AuthorizationServiceService } from '../../../../src/gen/chancery/v1/authorization_service.ts'
import type { AuthorityRpc } from '../authority/authority-rpc.ts'
import type { TrustBundleSource } from '../trust/trust-bundle-source.ts'
import type { TrustSnapshot } from '../trust/trust-snapshot.ts'
import { relyOnKeys } from './rely-on-keys.ts'
import { type FeedHealth, authorityHealth, earliestEnd } from './feed-health.ts'

/** What a feed has counted since it began; for a scrape. */
export interface FeedMetrics {
  readonly listsTaken: number
  readonly listsRefused: number
  readonly connects: number
  readonly disconnects: number
}

/** Follows the revocation lists of every authority of a trust bundle, and says what they are good for. */
export interface RevocationFeed {
  /** Reads what is on disk and begins to follow. Resolves when the lists on disk are read, not when the first ones come; see {@link RevocationFeed.ready}. Rejects with a FolderInUseError if another process has the folder. */
  start(): Promise<void>
  /** Resolves when there is a list of every authority. Rejects when the signal aborts, with the name of its reason, and in the message what has stood in the way. */
  ready(signal: AbortSignal): Promise<void>
  /** What is known of certificates and tokens, for decisions by that bundle. */
  knowledge(snapshot: TrustSnapshot): FollowedRevocation
  readonly stalePolicy: StalePolicy
  /** The clock that lists are judged by: it does not go back. */
  now(): Date
  health(): FeedHealth
  metrics(): FeedMetrics
  /** Calls back for every event. Returns a function that ends that. */
  onEvent(listener: (event: FeedEvent) => void): () => void
  /** Stops, and gives the folder free. */
  close(): Promise<void>
}

export interface RevocationFeedOptions {
  readonly connection: Pick<AuthorityRpc, 'call' | 'stream'>
  readonly trust: TrustBundleSource
  /** A folder of this process's own for the lists; without one a start without the authority denies everything. */
  readonly directory?: string | undefined
  /** What to do when the lists are past their end. Default: `bounded`, one hour, which outlives a repair that takes a little longer than planned. */
  readonly stalePolicy?: StalePolicy | undefined
  /** Name of this process among those of its client, where `authority status` shows how far it is; `false`: not reported. Default: the name of the host. */
  readonly verifierId?: string | false | undefined
  /** `checkpointSeconds` of the service. Default 10. */
  readonly checkpointSeconds?: number | undefined
  /** Clock, timers and randomness; default: the real ones. */
  readonly ports?: FeedPorts | undefined
}

const REPORT_TIMEOUT_MS = 5000

/** Makes a feed; nothing happens before {@link RevocationFeed.start}. */
export function createRevocationFeed(options: RevocationFeedOptions): RevocationFeed {
  const { connection, trust, directory, verifierId = ownName(), ports = systemFeedPorts } = options
  const { stalePolicy = DEFAULT_STALE_POLICY, checkpointSeconds = DEFAULT_CHECKPOINT_SECONDS } = options
  const store = directory === undefined ? undefined : createStateFolder(directory)
  const frozenAfterMs = FROZEN_AFTER_CHECKPOINTS * checkpointSeconds * 1000
  const listeners = new Set<(event: FeedEvent) => void>()
  const counts = { listsTaken: 0, listsRefused: 0, connects: 0, disconnects: 0 }
  const over = new AbortController()
  let following: Following | undefined
  let isConnected = false
  let obstacle: unknown
  let started: Promise<void> | undefined
  let locking: ReturnType<typeof lockFolder> | undefined
  let stopWatching: (() => void) | undefined

  function report(event: FeedEvent): void {
    if (event.kind === 'connected' || event.kind === 'disconnected') isConnected = event.kind === 'connected'
    if (event.kind === 'disconnected') obstacle = event.error
    if (event.kind === 'connected') counts.connects++
    else if (event.kind === 'disconnected') counts.disconnects++
    else if (event.kind === 'updated') counts.listsTaken++
    else if (event.kind === 'refused') counts.listsRefused++
    for (const listener of listeners) listener(event)
  }

  /** Follows the authorities of a bundle. Those of the one before answer until the new ones have lists. */
  async function follow({ authorities }: TrustSnapshot): Promise<void> {
    const ids = authorities.map(({ id, certificate }) => ({ id, certificate }))
    if (over.signal.aborted || following?.isOf(ids)) return
    const before = following
    const stop = new AbortController()
    const follower = createCrlFollower({
      authorities: ids,
      open: (request, signal) =>
        connection.stream(AuthorizationServiceService.streamCrl, request, { signal }),
      ports,
      store,
      report,
      checkpointSeconds,
      status:
        verifierId === false
          ? undefined
          : {
              verifierId,
              send: (request) =>
                connection.call(AuthorityServiceService.reportVerifierStatus, request, {
                  deadlineMs: REPORT_TIMEOUT_MS,
                }),
            },
    })
    following = {
      follower,
      ids: ids.map(({ id }) => id),
      isOf: (others) =>
        others.length === ids.length &&
        others.every(({ id, certificate }, i) => {
          const its = ids[i]!
          return id === its.id && Buffer.compare(certificate.der, its.certificate.der) === 0
        }),
      stop: () => {
        stop.abort()
      },
      lists(id) {
        const lists = follower.lists(id)
        return lists?.state ? lists : (before?.lists(id) ?? lists)
      },
    }
    before?.stop()
    await follower.load()
    void follower.run(AbortSignal.any([over.signal, stop.signal]))
  }

  function health(): FeedHealth {
    const at = following?.follower.now() ?? ports.now()
    const judged = { policy: stalePolicy, frozenAfterMs }
    const authorities = (following?.ids ?? []).map((id) =>
      authorityHealth(id, following?.lists(id), at, judged),
    )
    return { isConnected, secondsUntilStale: earliestEnd(authorities), authorities }
  }

  const now = () => following?.follower.now() ?? ports.now()
  const lists = (id: string) => following?.lists(id)
  return {
    stalePolicy,
    now,
    health,
    metrics: () => ({ ...counts }),
    start() {
      started ??= (async () => {
        locking = directory === undefined ? undefined : lockFolder(directory)
        await locking
        await trust.start()
        stopWatching = trust.onChange((snapshot) => {
          void follow(snapshot)
        })
        const snapshot = trust.current()
        if (snapshot) await follow(snapshot)
      })()
      return started
    },
    async ready(signal) {
      await this.start()
      const isReady = () => {
        const { authorities } = health()
        return authorities.length > 0 && authorities.every(({ crlNumber }) => crlNumber !== undefined)
      }
      if (isReady()) return
      await new Promise<void>((resolve, reject) => {
        const listener = () => {
          if (isReady()) done(resolve)
        }
        const abort = () => {
          done(() => {
            reject(notReady(signal.reason, following !== undefined, obstacle))
          })
        }
        const done = (settle: () => void) => {
          listeners.delete(listener)
          signal.removeEventListener('abort', abort)
          settle()
        }
        listeners.add(listener)
        signal.addEventListener('abort', abort)
        if (signal.aborted) abort()
      })
    },
    knowledge({ trust: bundle, tokenIssuers, confirmedAt }) {
      const judged = { trust: bundle, tokenIssuers, lists, now, stalePolicy }
      const { revocation, tokens } = createFollowedRevocation(judged)
      return { revocation, tokens: relyOnKeys(tokens, confirmedAt, judged) }
    },
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      over.abort()
      stopWatching?.()
      listeners.clear()
      // One that was refused holds nothing.
      const release = await locking?.catch(() => undefined)
      await release?.()
    },
  }
}

interface Following {
  readonly follower: CrlFollower
  readonly ids: readonly string[]
  isOf(
    authorities: readonly { readonly id: string; readonly certificate: { readonly der: Uint8Array } }[],
  ): boolean
  lists(id: string): FollowedLists | undefined
  stop(): void
}

function notReady(reason: unknown, hasBundle: boolean, obstacle: unknown): Error {
  const otherwise = hasBundle ? 'They were not sent yet.' : 'There is no trust bundle yet.'
  const why = obstacle instanceof Error ? obstacle.message : otherwise
  const error = new Error(`There are not the lists of every authority. ${why}`, { cause: obstacle ?? reason })
  return Object.assign(error, reason instanceof Error && { name: reason.name })
}

/** The name of the host, as far as the service takes it. */
function ownName(): string {
  const name = hostname()
    .replace(/[^\x21-\x7e]/g, '-')
    .slice(0, MAX_VERIFIER_ID_LENGTH)
  return name === '' ? 'verifier' : name
}
