import { createHash } from 'node:crypto'
import { type CrlFollower, createCrlFollower } from '../../src/feed/crl-follower.ts'
import type { FeedEvent } from '../../src/feed/feed-event.ts'
import type { FeedPorts } from '../../src/feed/ports.ts'
import type { StateStore } from '../../src/feed/state-store.ts'
import type { PathLink, Standing } from '../../src/core/decision/revocation-source.ts'
import { DEFAULT_STALE_POLICY, type StalePolicy } from '../../src/core/revocation/stale-policy.ts'
import { createViewRevocation } from '../../src/core/revocation/view-revocation.ts'
import {
  ResetReason,
  type StreamCRLRequest,
  StreamCRLResponse,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { createFakeRandom, createFakeTime } from './fakes.ts'
import { LIST_START, type ListAuthority, serialOf } from './list-authority.ts'

const ID = 'issuing-1'
type Message = NonNullable<StreamCRLResponse['event']>

/** Messages of the stream about the one authority of a test. */
export const says = {
  /** A complete list in pieces. `change` spoils the messages. */
  snapshot(der: Uint8Array, pieces = 2): Message[] {
    const size = Math.ceil(der.length / pieces)
    const chunks = Array.from({ length: pieces }, (_, i): Message => ({
      $case: 'snapshotChunk',
      value: { offset: BigInt(i * size), data: Buffer.from(der.subarray(i * size, (i + 1) * size)) },
    }))
    const sha256 = createHash('sha256').update(der).digest()
    return [
      {
        $case: 'snapshotBegin',
        value: { state: undefined, totalBytes: BigInt(der.length), sha256, entryCount: 0n },
      },
      ...chunks,
      { $case: 'snapshotEnd', value: { crlNumber: 0n } },
    ]
  },
  delta: (der: Uint8Array): Message => ({
    $case: 'delta',
    value: { baseCrlNumber: 0n, state: undefined, deltaCrlDer: Buffer.from(der) },
  }),
  checkpoint: (der: Uint8Array = new Uint8Array()): Message => ({
    $case: 'checkpoint',
    value: { state: undefined, sentAt: undefined, signedCheckpointDer: Buffer.from(der) },
  }),
  reset: (reason: 'ahead' | 'too_old'): Message => ({
    $case: 'reset',
    value: {
      reason: reason === 'ahead' ? ResetReason.RESET_REASON_AHEAD : ResetReason.RESET_REASON_TOO_OLD,
    },
  }),
}

/** A stream that a test writes by hand. */
export interface ScriptedStream {
  readonly request: StreamCRLRequest
  readonly say: (...events: readonly Message[]) => void
  /** Says something about an authority that nobody asked for. */
  readonly sayAbout: (authority: string, event: Message) => void
  end(error?: Error): void
}

/** A follower with time, disk and service in the hands of the test. */
export interface FeedFixture {
  readonly follower: CrlFollower
  readonly events: FeedEvent[]
  /** The next stream that the follower opens. */
  nextStream(): Promise<ScriptedStream>
  /** The next event of that kind, counting from the last one that was waited for. */
  next<Kind extends FeedEvent['kind']>(kind: Kind): Promise<Extract<FeedEvent, { kind: Kind }>>
  /** The stream that follows on the one that ended. */
  reconnect(): Promise<ScriptedStream>
  /** Lets time pass, on the wall and in truth. */
  advance(milliseconds: number): Promise<void>
  /** Sets the clock on the wall; in truth no time passes. */
  setWallBy(milliseconds: number): void
  /** What is known of a certificate with this serial number. */
  standing(serial: number, policy?: StalePolicy): Standing['standing']
  run(): void
  stop(): Promise<void>
}

/** `at`: seconds after the first list of the authority that a test can make. */
export function createFeedFixture(
  authority: ListAuthority,
  options: { readonly store?: StateStore; readonly at?: number; readonly payload?: 'complete' } = {},
): FeedFixture {
  const time = createFakeTime(new Date(LIST_START.getTime() + (options.at ?? 10) * 1000))
  const random = createFakeRandom()
  const start = time.clock.now().getTime()
  let wallOffset = 0
  const ports: FeedPorts = {
    now: () => new Date(time.clock.now().getTime() + wallOffset),
    elapsed: () => time.clock.now().getTime() - start,
    after: (milliseconds, callback) => time.timers.after(milliseconds, callback),
    randomBytes: (length) => random.bytes(length),
    pause: () => Promise.resolve(),
  }
  const events: FeedEvent[] = []
  const streams: ScriptedStream[] = []
  let opened = 0
  let seen = 0
  let changed: () => void = () => undefined
  const waitFor = async <T>(look: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      await new Promise<void>((resolve) => (changed = resolve))
    }
  }
  const follower = createCrlFollower({
    authorities: [{ id: ID, certificate: authority.issuer }],
    open: (request, signal) => {
      const stream = scriptStream(request, signal)
      streams.push(stream)
      changed()
      return stream.messages
    },
    ports,
    store: options.store,
    ...(options.payload && { payload: options.payload }),
    report: (event) => {
      events.push(event)
      changed()
    },
  })
  const ending = new AbortController()
  let running: Promise<void> = Promise.resolve()
  const nextStream = async () => {
    const stream = await waitFor(() => streams[opened])
    opened++
    return stream
  }
  const next = <Kind extends FeedEvent['kind']>(kind: Kind) =>
    waitFor(() => {
      const index = events.findIndex((event, i) => i >= seen && event.kind === kind)
      if (index < 0) return undefined
      seen = index + 1
      return events[index] as Extract<FeedEvent, { kind: Kind }>
    })
  return {
    follower,
    events,
    nextStream,
    next,
    async reconnect() {
      const { retryMs } = await next('disconnected')
      await time.advance(retryMs)
      return nextStream()
    },
    advance: (milliseconds) => time.advance(milliseconds),
    setWallBy(milliseconds) {
      wallOffset += milliseconds
    },
    standing(serial, stalePolicy = DEFAULT_STALE_POLICY) {
      const source = createViewRevocation({
        trust: authority.trust,
        lists: (id) => follower.lists(id),
        now: () => follower.now(),
        stalePolicy,
      })
      return source.standing(linkTo(authority, serial)).standing
    },
    run() {
      running = follower.run(ending.signal)
    },
    async stop() {
      ending.abort()
      await running
    },
  }
}

/** A certificate of the authority with this serial number. */
function linkTo({ issuer }: ListAuthority, serial: number): PathLink {
  return {
    certificate: { ...issuer, serialNumber: serialOf(serial) },
    issuer,
    authorityId: ID,
    serialNumber: '',
    sha256: new Uint8Array(),
    isLeaf: true,
  }
}

function scriptStream(
  request: StreamCRLRequest,
  signal: AbortSignal,
): ScriptedStream & { readonly messages: AsyncIterable<StreamCRLResponse> } {
  const queue: StreamCRLResponse[] = []
  let ended: { error: Error | undefined } | undefined
  let wake: () => void = () => undefined
  signal.addEventListener('abort', () => {
    ended ??= { error: undefined }
    wake()
  })
  async function* read(): AsyncGenerator<StreamCRLResponse> {
    for (;;) {
      const message = queue.shift()
      if (message !== undefined) yield message
      else if (ended?.error) throw ended.error
      else if (ended) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  const sayAbout = (authority: string, event: Message) => {
    // Through the wire format and back, as the follower would see it.
    const bytes = StreamCRLResponse.encode({ authority, event }).finish()
    queue.push(StreamCRLResponse.decode(bytes))
    wake()
  }
  return {
    request,
    messages: read(),
    sayAbout,
    say: (...events) => {
      for (const event of events) sayAbout(ID, event)
    },
    end(error) {
      ended = { error }
      wake()
    },
  }
}
