import { DEFAULT_CHECKPOINT_SECONDS } from '../core/limits.ts'
import { FROZEN_AFTER_CHECKPOINTS } from '../core/revocation/feed-limits.ts'
import {
  type ListCondition,
  conditionOf,
  explainFuture,
  secondsAhead,
} from '../core/revocation/list-condition.ts'
import type { FollowedLists } from '../core/revocation/view-revocation.ts'
import type { CrlPosition } from '../gen/chancery/v1/authority_service.ts'
import { StreamCRLRequest, StreamPayload } from '../gen/chancery/v1/authorization_service.ts'
import { type AuthorityLists, type FollowedAuthority, createAuthorityLists } from './authority-lists.ts'
import { reconnectDelay } from './backoff.ts'
import type { FeedEvent } from './feed-event.ts'
import type { FeedPorts, OpenStream } from './ports.ts'
import type { StateStore } from './state-store.ts'
import { type SteadyClock, createSteadyClock } from './steady-clock.ts'
import { createStreamReader } from './read-stream.ts'
import { type StatusDesk, createStatusReporter } from './status-reporter.ts'
import { wait } from './wait.ts'

/** Follows the lists of some authorities over StreamCRL, and goes on by what it has when there is no stream. */
export interface CrlFollower {
  /** The lists of an authority, for `createViewRevocation`. */
  lists(authorityId: string): FollowedLists | undefined
  /** The time to judge those lists by, for `createViewRevocation`. */
  now(): Date
  /** Reads what was kept on disk. */
  load(): Promise<void>
  /** Follows until the signal aborts. Rejects with an error of the stream that `isFinal` says no other attempt would mend. */
  run(signal: AbortSignal): Promise<void>
}

export interface FollowerOptions {
  readonly authorities: readonly FollowedAuthority[]
  readonly open: OpenStream
  readonly ports: FeedPorts
  /** Where lists are kept over a restart; without one they are not. */
  readonly store?: StateStore | undefined
  readonly report: (event: FeedEvent) => void
  /** `complete`: every complete list as it is made, for programs that know no deltas. There are no signed signs of life then: any message is one. Otherwise deltas. */
  readonly payload?: 'complete'
  /** How often the service sends a sign of life. */
  readonly checkpointSeconds?: number
  readonly isFinal?: (error: unknown) => boolean
  /** Where to report which lists it is at; absent: nowhere. */
  readonly status?: StatusDesk | undefined
}

/** See {@link CrlFollower}. */
export function createCrlFollower(options: FollowerOptions): CrlFollower {
  const { ports, store, report } = options
  const clock = createSteadyClock(ports)
  const lastTaken = new Map<string, number>()
  const lists = new Map(
    options.authorities.map((authority) => {
      const onTaken = () => {
        clock.anchor()
        lastTaken.set(authority.id, ports.elapsed())
        reporter?.changed()
      }
      return [authority.id, createAuthorityLists(authority, { ports, store, report, onTaken })]
    }),
  )
  const reporter =
    options.status && createStatusReporter(options.status, () => positionsOf(lists.values()), options)
  const watch = createWatch(options, lists, lastTaken, clock)

  async function run(signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    void reporter?.run(AbortSignal.any([signal, over.signal]))
    try {
      await follow(signal)
    } finally {
      over.abort()
    }
  }

  async function follow(signal: AbortSignal): Promise<void> {
    let failures = 0
    const isOver = () => signal.aborted
    while (!isOver()) {
      const before = ports.elapsed()
      const { error, wantsNewStream } = await followOnce(signal)
      if (isOver()) return
      if (error !== undefined && options.isFinal?.(error) === true) throw error as Error
      const tookSomething = [...lastTaken.values()].some((taken) => taken >= before)
      failures = tookSomething ? 0 : failures + 1
      const retryMs = wantsNewStream ? 0 : reconnectDelay(failures, (length) => ports.randomBytes(length))
      report({ kind: 'disconnected', retryMs, error })
      await wait(ports, retryMs, signal)
    }
  }

  /** Follows one stream to its end. */
  async function followOnce(signal: AbortSignal): Promise<{ error?: unknown; wantsNewStream?: true }> {
    const over = new AbortController()
    const stop = () => {
      over.abort()
    }
    signal.addEventListener('abort', stop)
    const stopWatch = watch.start(stop)
    const all = [...lists.values()]
    const request = StreamCRLRequest.fromPartial({
      authorities: [...lists.keys()],
      resume: all.flatMap((authority) => {
        const crlNumber = authority.begin()
        return crlNumber === undefined ? [] : [{ authority: authority.id, crlNumber }]
      }),
      payload:
        options.payload === 'complete'
          ? StreamPayload.STREAM_PAYLOAD_COMPLETE
          : StreamPayload.STREAM_PAYLOAD_CRL,
    })
    const reader = createStreamReader(lists)
    try {
      let isConnected = false
      for await (const message of options.open(request, over.signal)) {
        if (!isConnected) report({ kind: 'connected' })
        isConnected = true
        if (options.payload === 'complete') for (const id of lists.keys()) lastTaken.set(id, ports.elapsed())
        const refusal = await reader.take(message)
        watch.look()
        if (refusal) report({ kind: 'refused', ...renamed(refusal) })
        // One that was taken before does no harm. After any other refusal the stream is not what it should be.
        if (refusal && refusal.refused !== 'CRL_DUPLICATE') return {}
        if (all.some((authority) => authority.wantsNewStream)) return { wantsNewStream: true }
      }
      return {}
    } catch (error) {
      return { error }
    } finally {
      stopWatch()
      signal.removeEventListener('abort', stop)
      over.abort()
    }
  }

  return {
    lists: (authorityId) => lists.get(authorityId),
    now: () => clock.now(),
    async load() {
      for (const authority of lists.values()) await authority.load()
      watch.look()
    },
    run,
  }
}

function positionsOf(lists: Iterable<AuthorityLists>): CrlPosition[] {
  return [...lists].flatMap(({ id, state }) =>
    state === undefined ? [] : [{ authority: id, crlNumber: state.crlNumber }],
  )
}

function renamed<
  R extends { readonly refused: unknown; readonly message: string; readonly authority: string },
>({ refused, message, authority }: R): { authority: string; reason: R['refused']; message: string } {
  return { authority, reason: refused, message }
}

function clockOf(thisUpdate: Date, at: Date) {
  return { aheadSeconds: secondsAhead(thisUpdate, at), message: explainFuture(thisUpdate, at) }
}

/** Looks at how the lists stand, when one comes and now and then, and ends a stream that is frozen. */
function createWatch(
  { ports, report, checkpointSeconds = DEFAULT_CHECKPOINT_SECONDS }: FollowerOptions,
  lists: ReadonlyMap<string, AuthorityLists>,
  lastTaken: ReadonlyMap<string, number>,
  clock: SteadyClock,
) {
  const frozenAfterMs = checkpointSeconds * FROZEN_AFTER_CHECKPOINTS * 1000
  const conditions = new Map<string, ListCondition>()
  function look(): void {
    for (const { id, state } of lists.values()) {
      if (state === undefined) continue
      const at = clock.now()
      const condition = conditionOf(state, at, frozenAfterMs)
      if (conditions.get(id) === condition) continue
      conditions.set(id, condition)
      report({
        kind: 'condition',
        authority: id,
        condition,
        ...(condition === 'from_the_future' && { clock: clockOf(state.thisUpdate, at) }),
      })
    }
  }
  return {
    look,
    /** Watches one stream. Returns a function that ends it. */
    start(endStream: () => void): () => void {
      const startedAt = ports.elapsed()
      let cancel: () => void = () => undefined
      const again = () => {
        cancel = ports.after(checkpointSeconds * 1000, () => {
          look()
          const frozen = [...lists.keys()].find(
            (id) => ports.elapsed() - Math.max(startedAt, lastTaken.get(id) ?? 0) > frozenAfterMs,
          )
          if (frozen === undefined) {
            again()
            return
          }
          const message = 'no sign of life that counts came for several checkpoints'
          report({ kind: 'refused', authority: frozen, reason: 'STREAM_FROZEN', message })
          endStream()
        })
      }
      again()
      return () => cancel()
    },
  }
}
