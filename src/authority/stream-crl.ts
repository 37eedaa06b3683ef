import {
  DEFAULT_CHUNK_BYTES,
  MAX_CHUNK_BYTES,
  MAX_STREAM_AUTHORITIES,
  MIN_CHUNK_BYTES,
} from '../core/limits.ts'
import { requireRight } from './access.ts'
import type { CrlFeed, PublishedCrl } from './crl-feed.ts'
import { fieldInvalid } from './fields.ts'
import type { Authorities } from './issuing-authority.ts'
import type { Caller, Clock, Timers } from './ports.ts'
import { authorityOrIssuing } from './read-certificates.ts'
import type { AuthoritySettings } from './settings.ts'

export interface StreamCrlRequest {
  /** Empty: every authority. */
  readonly authorities: readonly string[]
  readonly resume: readonly { readonly authority: string; readonly crlNumber: bigint }[]
  readonly payload: 'crl' | 'notify'
  /** 0: the default. */
  readonly maxChunkBytes: number
}

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
  | { readonly kind: 'checkpoint'; readonly crl: PublishedCrl; readonly sentAt: Date }
  | { readonly kind: 'reset'; readonly authorityId: string; readonly reason: 'too_old' | 'ahead' }

export interface StreamCrlDependencies {
  readonly feed: Pick<CrlFeed, 'current' | 'subscribe'>
  readonly authorities: Authorities
  readonly clock: Clock
  readonly timers: Timers
  readonly settings: Pick<AuthoritySettings, 'checkpointSeconds'>
}

/**
 * Sends the current list of each authority, then each newer one as it is signed, and a checkpoint whenever nothing was sent for
 * `checkpointSeconds`. Ends when `signal` aborts.
 *
 * Nothing is queued: a reader is always sent the newest list, so one that reads slowly skips the lists in between and holds no memory
 * here but the list it is reading. Chunks are views on that list, shared by all streams.
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
  const { authorityIds, sentNumbers, chunkBytes } = parseRequest(deps, request)
  const wake = createWakeUp(deps, signal)
  try {
    yield* answerResumePoints(deps, sentNumbers)
    while (!signal.aborted) {
      for (const authorityId of authorityIds) {
        const crl = deps.feed.current(authorityId)
        if (crl === undefined || sentNumbers.get(authorityId) === crl.crlNumber) continue
        if (request.payload === 'crl') yield* snapshot(crl, chunkBytes)
        else yield checkpoint(deps, crl)
        sentNumbers.set(authorityId, crl.crlNumber)
      }
      const upToDate = () =>
        authorityIds.every((id) => deps.feed.current(id)?.crlNumber === sentNumbers.get(id))
      if ((await wake.next(upToDate)) === 'idle') yield* checkpoints(deps, authorityIds)
    }
  } finally {
    wake.stop()
  }
}

function parseRequest(deps: StreamCrlDependencies, request: StreamCrlRequest) {
  if (request.authorities.length > MAX_STREAM_AUTHORITIES || request.resume.length > MAX_STREAM_AUTHORITIES) {
    throw fieldInvalid('authorities', `One stream follows at most ${MAX_STREAM_AUTHORITIES} authorities.`)
  }
  const chunkBytes = request.maxChunkBytes === 0 ? DEFAULT_CHUNK_BYTES : request.maxChunkBytes
  if (chunkBytes < MIN_CHUNK_BYTES || chunkBytes > MAX_CHUNK_BYTES) {
    throw fieldInvalid(
      'max_chunk_bytes',
      `max_chunk_bytes must be 0, or ${MIN_CHUNK_BYTES} to ${MAX_CHUNK_BYTES}.`,
    )
  }
  const named = request.authorities.map((id) => {
    if (id === '')
      throw fieldInvalid('authorities', 'An authority id is empty. Leave the list empty to follow all.')
    return authorityOrIssuing(deps.authorities, id)
  })
  const authorityIds =
    named.length > 0 ? [...new Set(named)] : deps.authorities.all.map((authority) => authority.id)
  const sentNumbers = new Map<string, bigint>()
  for (const { authority, crlNumber } of request.resume) {
    if (!authorityIds.includes(authority)) {
      throw fieldInvalid('resume.authority', 'resume names an authority that this stream does not follow.')
    }
    if (sentNumbers.has(authority)) throw fieldInvalid('resume.authority', 'resume names an authority twice.')
    sentNumbers.set(authority, crlNumber)
  }
  return { authorityIds, sentNumbers, chunkBytes }
}

/**
 * A verifier at the current number learns so at once. One that is ahead of us has seen another history: it must forget it before
 * it takes ours.
 */
function* answerResumePoints(
  deps: StreamCrlDependencies,
  sentNumbers: Map<string, bigint>,
): Generator<CrlEvent> {
  for (const [authorityId, crlNumber] of sentNumbers) {
    const crl = deps.feed.current(authorityId)
    if (crl === undefined) continue
    if (crlNumber > crl.crlNumber) yield { kind: 'reset', authorityId, reason: 'ahead' }
    else if (crlNumber === crl.crlNumber) yield checkpoint(deps, crl)
  }
}

function* snapshot(crl: PublishedCrl, chunkBytes: number): Generator<CrlEvent> {
  yield { kind: 'snapshot_begin', crl }
  for (let offset = 0; offset < crl.der.length; offset += chunkBytes) {
    yield { kind: 'snapshot_chunk', crl, offset, data: crl.der.subarray(offset, offset + chunkBytes) }
  }
  yield { kind: 'snapshot_end', crl }
}

function* checkpoints(deps: StreamCrlDependencies, authorityIds: readonly string[]): Generator<CrlEvent> {
  for (const authorityId of authorityIds) {
    const crl = deps.feed.current(authorityId)
    if (crl !== undefined) yield checkpoint(deps, crl)
  }
}

function checkpoint(deps: StreamCrlDependencies, crl: PublishedCrl): CrlEvent {
  return { kind: 'checkpoint', crl, sentAt: deps.clock.now() }
}

/** Waits for a new list, the idle time, or the end. A list that comes while the reader is busy is not missed. */
function createWakeUp(deps: StreamCrlDependencies, signal: AbortSignal) {
  let resolveWaiting: ((reason: 'changed' | 'idle') => void) | undefined
  const changed = () => resolveWaiting?.('changed')
  const unsubscribe = deps.feed.subscribe(changed)
  signal.addEventListener('abort', changed)
  return {
    async next(upToDate: () => boolean): Promise<'changed' | 'idle'> {
      if (signal.aborted || !upToDate()) return 'changed'
      let cancelTimer: () => void = () => undefined
      try {
        return await new Promise((resolve) => {
          resolveWaiting = resolve
          cancelTimer = deps.timers.after(deps.settings.checkpointSeconds * 1000, () => resolve('idle'))
        })
      } finally {
        resolveWaiting = undefined
        cancelTimer()
      }
    },
    stop() {
      unsubscribe()
      signal.removeEventListener('abort', changed)
    },
  }
}
