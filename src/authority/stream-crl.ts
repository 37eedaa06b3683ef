import { MAX_SNAPSHOT_MS, SMALL_CRL_BYTES } from '../core/limits.ts'
import { requireRight } from './access.ts'
import type { CrlFeed, CrlState, PublishedCrl, SignedDelta } from './crl-feed.ts'
import type { Authorities } from './issuing-authority.ts'
import type { Caller, Clock, Random, Timers } from './ports.ts'
import type { AuthoritySettings } from './settings.ts'
import type { SnapshotSlots } from './snapshot-slots.ts'
import { type StreamCrlRequest, type StreamPlan, planStream } from './stream-request.ts'

/** What a stream says of one authority. */
export type CrlEvent =
  | { readonly kind: 'snapshot_begin'; readonly crl: PublishedCrl }
  | {
      readonly kind: 'snapshot_chunk'
      readonly crl: PublishedCrl
      readonly offset: number
      readonly data: Uint8Array
    }
  | { readonly kind: 'snapshot_end'; readonly crl: PublishedCrl }
  | { readonly kind: 'delta'; readonly delta: SignedDelta }
  | {
      readonly kind: 'checkpoint'
      readonly state: CrlState
      readonly sentAt: Date
      /** An empty delta; absent for readers that take numbers only. */
      readonly signedDer: Uint8Array | undefined
    }
  | { readonly kind: 'reset'; readonly authorityId: string; readonly reason: 'too_old' | 'ahead' }

export interface StreamCrlDependencies {
  readonly feed: Pick<CrlFeed, 'current' | 'complete' | 'delta' | 'knows' | 'follow'>
  readonly authorities: Authorities
  readonly snapshots: SnapshotSlots
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly settings: Pick<AuthoritySettings, 'streamMaxAgeSeconds'>
}

/** One stream: its plan, who reads it, and the number that its reader is at, by authority. */
interface Stream extends StreamPlan {
  readonly clientId: string
  readonly positions: Map<string, bigint>
  /** What readers of numbers were told last. */
  readonly told: Map<string, string>
  readonly signal: AbortSignal
}

/**
 * Brings a reader to the newest number of each authority and keeps it there, until `signal` aborts or the stream is as old as the settings allow.
 *
 * Nothing is queued: whatever a reader missed while it was reading comes as one delta from where it is. A slow one holds no memory here but the complete
 * list that it is reading, and all readers share that list and each delta.
 *
 * @throws DomainError CALLER_NOT_ALLOWED, FIELD_INVALID, AUTHORITY_NOT_FOUND
 */
export async function* streamCrl(
  deps: StreamCrlDependencies,
  caller: Caller,
  request: StreamCrlRequest,
  signal: AbortSignal,
): AsyncGenerator<CrlEvent, void, undefined> {
  requireRight(caller, 'chancery.crl.read')
  const plan = planStream(deps.authorities, request)
  const stream: Stream = {
    ...plan,
    clientId: caller.clientId,
    positions: new Map(plan.resume),
    told: new Map(),
    signal,
  }
  const bell = createBell(deps, stream)
  const bringUpToDate = plan.payload === 'crl' ? followDeltas : followNumbers
  try {
    yield* resume(deps, stream)
    while (!bell.isOver) {
      for (const authorityId of plan.authorityIds) yield* bringUpToDate(deps, stream, authorityId)
      await bell.next()
    }
  } catch (error) {
    if (error !== STREAM_OVER) throw error
  } finally {
    bell.stop()
  }
}

/** A reader that is at a number which we never gave has seen another history: it must forget that before it takes ours. */
async function* resume(deps: StreamCrlDependencies, { positions }: Stream): AsyncGenerator<CrlEvent> {
  for (const [authorityId, crlNumber] of [...positions]) {
    if (await deps.feed.knows(authorityId, crlNumber)) continue
    positions.delete(authorityId)
    yield { kind: 'reset', authorityId, reason: 'ahead' }
  }
}

/**
 * A delta from where the reader is; a complete list first if it is nowhere, or too far behind. Ends at the number that was the newest when it began: what came
 * meanwhile has rung the bell, and the other authorities are next.
 */
async function* followDeltas(
  deps: StreamCrlDependencies,
  stream: Stream,
  authorityId: string,
): AsyncGenerator<CrlEvent> {
  const { positions, signal } = stream
  const goal = deps.feed.current(authorityId)?.crlNumber
  while (goal !== undefined && !signal.aborted) {
    const at = positions.get(authorityId)
    if (at !== undefined && at >= goal) return
    const delta = at === undefined ? undefined : await deps.feed.delta(authorityId, at)
    if (delta !== undefined) {
      yield delta.entryCount > 0 ? { kind: 'delta', delta } : checkpoint(deps, delta.state, delta.der)
      positions.set(authorityId, delta.state.crlNumber)
      continue
    }
    const complete = deps.feed.complete(authorityId)
    // The list that takes a reader further is being made, and the bell will ring.
    if (complete === undefined || (at !== undefined && complete.crlNumber <= at)) return
    if (at !== undefined) yield { kind: 'reset', authorityId, reason: 'too_old' }
    positions.set(authorityId, yield* snapshot(deps, stream, complete))
  }
}

/** Numbers as they change, and with `complete` the lists too. */
async function* followNumbers(
  deps: StreamCrlDependencies,
  stream: Stream,
  authorityId: string,
): AsyncGenerator<CrlEvent> {
  const [newest, complete] = [deps.feed.current(authorityId), deps.feed.complete(authorityId)]
  if (newest === undefined || complete === undefined) return
  if (stream.payload === 'complete' && complete.crlNumber > (stream.positions.get(authorityId) ?? 0n))
    stream.positions.set(authorityId, yield* snapshot(deps, stream, complete))
  // Also when only the complete list is new: those who fetch it elsewhere wait for it.
  const news = `${newest.crlNumber}/${complete.crlNumber}`
  if (stream.told.get(authorityId) === news) return
  yield checkpoint(deps, newest, undefined)
  stream.told.set(authorityId, news)
}

/** Thrown inside a stream that is over: its caller is gone, or takes too long. */
const STREAM_OVER = new Error('the stream is over')

/** Returns the number of the list that it sent. */
async function* snapshot(
  deps: StreamCrlDependencies,
  { clientId, chunkBytes, signal }: Stream,
  crl: PublishedCrl,
): AsyncGenerator<CrlEvent, bigint> {
  const giveBack =
    crl.der.length > SMALL_CRL_BYTES ? await deps.snapshots.take(clientId, signal) : () => undefined
  const startedAt = deps.clock.now().getTime()
  const checkReader = () => {
    if (signal.aborted || deps.clock.now().getTime() - startedAt > MAX_SNAPSHOT_MS) throw STREAM_OVER
  }
  try {
    checkReader()
    yield { kind: 'snapshot_begin', crl }
    for (let offset = 0; offset < crl.der.length; offset += chunkBytes) {
      checkReader()
      yield { kind: 'snapshot_chunk', crl, offset, data: crl.der.subarray(offset, offset + chunkBytes) }
    }
    yield { kind: 'snapshot_end', crl }
    return crl.crlNumber
  } finally {
    giveBack?.()
  }
}

function checkpoint(
  deps: StreamCrlDependencies,
  state: CrlState,
  signedDer: Uint8Array | undefined,
): CrlEvent {
  return { kind: 'checkpoint', state, sentAt: deps.clock.now(), signedDer }
}

/** Rings at every change, and for the last time at the end of the stream. What rings while the reader is busy is not missed. */
function createBell(deps: StreamCrlDependencies, { authorityIds, signal }: Stream) {
  let hasRung = false
  let isOver = signal.aborted
  let wake: () => void = () => undefined
  const ring = () => {
    hasRung = true
    wake()
  }
  const end = () => {
    isOver = true
    ring()
  }
  const leave = deps.feed.follow(authorityIds, ring)
  const cancelTimer = deps.timers.after(maxAgeMs(deps), end)
  signal.addEventListener('abort', end)
  return {
    get isOver() {
      return isOver
    },
    async next(): Promise<void> {
      if (!hasRung && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      hasRung = false
    },
    stop() {
      leave()
      cancelTimer()
      signal.removeEventListener('abort', end)
    },
  }
}

/** A tenth more or less, so that streams which began together, after a restart, do not end together. */
function maxAgeMs({ random, settings }: StreamCrlDependencies): number {
  const [high, low] = random.bytes(2)
  return settings.streamMaxAgeSeconds * 1000 * (0.9 + (0.2 * (high! * 256 + low!)) / 65_535)
}
