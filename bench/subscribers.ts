import { setImmediate } from 'node:timers/promises'
import { randomBytes } from 'node:crypto'
import { parseHex } from '../src/core/bytes.ts'
import { parseCertificate } from '../src/core/x509/certificate.ts'
import { createAuthorityLists } from '../src/feed/authority-lists.ts'
import { createStreamReader } from '../src/feed/read-stream.ts'
import {
  AuthorizationServiceService,
  StreamCRLRequest,
  StreamCRLResponse,
} from '../src/gen/chancery/v1/authorization_service.ts'
import { type LeanClient, connectLean, frame } from './lean-client.ts'

/** Streams share connections beyond this number: it is streams that are counted, not handshakes and file descriptors. */
const MAX_CONNECTIONS = 50
const STREAM = AuthorizationServiceService.streamCrl.path

/** What this process is told. */
export type SubscribersCommand =
  | {
      readonly kind: 'open'
      readonly port: number
      readonly identity: Readonly<Record<'caPem' | 'keyPem' | 'certificatePem', Uint8Array>>
      readonly authority: { readonly id: string; readonly certificateDer: Uint8Array }
      readonly count: number
      /** Where streams begin that are only read; those without verify every list and begin with the complete one. */
      readonly resume: bigint | undefined
    }
  | { readonly kind: 'await'; readonly serialNumber: string }

/** What it says: all streams are where the service is; each has learned of the revocation, at these times of {@link monotonicMs}. */
export type SubscribersReport =
  { readonly kind: 'ready' } | { readonly kind: 'denied'; readonly atMs: readonly number[] }

/** The clock that all processes share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** One stream: takes a message, and answers whether a serial number is to be denied by what it took. */
interface Subscriber {
  take(message: Buffer): Promise<void> | void
  readonly isCurrent: boolean
  denies(serialNumber: Uint8Array): boolean
}

type Open = Extract<SubscribersCommand, { kind: 'open' }>

/** A verifier as the feed client makes one, without a disk. */
function createVerifier({ authority: { id, certificateDer } }: Open): Subscriber {
  const lists = createAuthorityLists(
    { id, certificate: parseCertificate(certificateDer) },
    {
      ports: { now: () => new Date(), pause: () => setImmediate(), randomBytes },
      store: undefined,
      report: () => undefined,
      onTaken: () => undefined,
    },
  )
  lists.begin()
  const reader = createStreamReader(new Map([[id, lists]]))
  let turn = Promise.resolve()
  return {
    take(message) {
      turn = turn.then(async () => {
        const refusal = await reader.take(StreamCRLResponse.decode(message))
        if (refusal !== undefined) throw new Error(`${refusal.refused}: ${refusal.message}`)
      })
      return turn
    },
    get isCurrent() {
      return lists.state !== undefined
    },
    denies: (serialNumber) => lists.find(serialNumber) !== undefined,
  }
}

/** Only looks whether the serial number went by. */
function createReader(): Subscriber {
  let last: Buffer | undefined
  return {
    take(message) {
      last = message
    },
    get isCurrent() {
      return last !== undefined
    },
    denies: (serialNumber) => last?.includes(Buffer.from(serialNumber)) === true,
  }
}

function report(message: SubscribersReport): void {
  process.send!(message)
}

const subscribers: Subscriber[] = []
let awaited: Uint8Array | undefined
let deniedAtMs: (number | undefined)[] = []
let missing = 0

function look(index: number): void {
  if (missing === 0 || deniedAtMs[index] !== undefined) return
  const subscriber = subscribers[index]!
  if (awaited === undefined ? !subscriber.isCurrent : !subscriber.denies(awaited)) return
  deniedAtMs[index] = monotonicMs()
  if (--missing > 0) return
  report(awaited === undefined ? { kind: 'ready' } : { kind: 'denied', atMs: deniedAtMs.map(Number) })
}

function lookFor(serialNumber: Uint8Array | undefined): void {
  awaited = serialNumber
  deniedAtMs = subscribers.map(() => undefined)
  missing = subscribers.length
}

async function open(command: Open): Promise<void> {
  const { port, count, resume, authority } = command
  const identity = {
    caPem: Buffer.from(command.identity.caPem),
    keyPem: Buffer.from(command.identity.keyPem),
    certificatePem: Buffer.from(command.identity.certificatePem),
  }
  const clients: LeanClient[] = []
  while (clients.length < Math.min(count, MAX_CONNECTIONS)) clients.push(await connectLean(port, identity))
  for (let i = 0; i < count; i++)
    subscribers.push(resume === undefined ? createVerifier(command) : createReader())
  lookFor(undefined)
  const request = StreamCRLRequest.fromPartial({
    authorities: [authority.id],
    resume: resume === undefined ? [] : [{ authority: authority.id, crlNumber: resume }],
  })
  const framed = frame(StreamCRLRequest.encode(request).finish())
  subscribers.forEach((subscriber, i) => {
    clients[i % clients.length]!.open(STREAM, framed, (message) => {
      const taken = subscriber.take(message)
      if (taken === undefined) look(i)
      else void taken.then(() => look(i))
    })
  })
}

if (process.send !== undefined && import.meta.main) {
  process.on('message', (command: SubscribersCommand) => {
    if (command.kind === 'open') void open(command)
    else lookFor(parseHex(command.serialNumber))
  })
  // The measurement ended.
  process.on('disconnect', () => process.exit())
}
