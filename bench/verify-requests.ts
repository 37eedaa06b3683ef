import {
  AuthorizationServiceService,
  Decision,
  VerifyRequestRequest,
  VerifyRequestsRequest,
} from '../src/gen/chancery/v1/authorization_service.ts'
import type { KeyType } from '../src/signer/signer.ts'
import { type Deployment, requireEcho } from './deployment.ts'
import { FRAME_PREFIX_BYTES, type LeanClient, connectLean, frame } from './lean-client.ts'
import { type Load, measureInTurns, measureLoad } from './measure.ts'
import { type ProcessorTime, processorTime, processorTimeSince } from './processor.ts'
import type { Budget, Row } from './report.ts'
import { verifyAlone } from './verify-alone.ts'
import { detached, requireAllow, requireClients } from './verify-request.ts'

const ROUNDS = 3
/** As many as one stream may hold; the client keeps the double of it on the way. */
const IN_FLIGHT = 128
const UNARY = AuthorizationServiceService.verifyRequest.path
const STREAM = AuthorizationServiceService.verifyRequests.path
const ECHO = '/bench.Echo/Converse'
const KEYS: readonly { readonly name: string; readonly type: KeyType; readonly isBudgeted: boolean }[] = [
  { name: 'RSA-2048', type: 'rsa2048', isBudgeted: true },
  { name: 'P-256', type: 'p256', isBudgeted: true },
  { name: 'Ed25519', type: 'ed25519', isBudgeted: false },
]

/** A signed message, and what is measured about it. */
interface Subject {
  readonly request: VerifyRequestRequest
  readonly verifyAlone: () => Promise<void>
}

/** Where the streams go. */
interface Ends {
  readonly bob: LeanClient
  readonly echo: LeanClient
}

/**
 * `VerifyRequests`, from a client in a process of its own (this one), against what `crypto.verify` alone does on the same cores, against
 * that after an empty item of the same size, and against `VerifyRequest`.
 */
export async function benchVerifyRequests(deployment: Deployment, scale: number): Promise<Row[]> {
  await requireClients(deployment)
  const identity = await deployment.identityOf('bob')
  const bob = await connectLean(deployment.authority.port, identity)
  const echo = await connectLean((await requireEcho(deployment)).port, identity)
  try {
    const rows: Row[] = []
    for (const { name, type, isBudgeted } of KEYS) {
      const alice = await deployment.identityOf('alice', type)
      const subject: Subject = {
        request: detached(alice),
        verifyAlone: verifyAlone(alice.key, type === 'ed25519' ? null : 'sha256'),
      }
      rows.push(
        ...(await benchKey(`VerifyRequests, ${name}`, subject, isBudgeted, { bob, echo }, deployment, scale)),
      )
    }
    return rows
  } finally {
    await Promise.all([bob.close(), echo.close()])
  }
}

async function benchKey(
  what: string,
  { request, verifyAlone }: Subject,
  isBudgeted: boolean,
  { bob, echo }: Ends,
  { authority: { pid } }: Deployment,
  scale: number,
): Promise<Row[]> {
  const total = Math.max(4 * IN_FLIGHT, Math.round(8_000 * scale))
  const one = frame(VerifyRequestRequest.encode(request).finish())
  const item = frame(VerifyRequestsRequest.encode({ id: 1n, request }).finish())
  // Nothing is compiled yet at the first calls of a service.
  let answerBytes = 0
  const items: Items = {
    path: STREAM,
    item,
    isGood: (answer) => {
      answerBytes = answer.length
      return isAllow(answer)
    },
  }
  await streamLoad(bob, items, total)
  const stream = () => withCost(pid, total, () => streamLoad(bob, items, total))
  const alone = await measureInTurns<Costed>(ROUNDS, stream, () =>
    withCost(process.pid, total, () => measureLoad(total, IN_FLIGHT, verifyAlone)),
  )
  const empty = Buffer.from(item)
  empty.writeUInt32BE(answerBytes, FRAME_PREFIX_BYTES)
  const nothing: Items = { path: ECHO, item: empty, isGood: (answer) => answer.length === answerBytes }
  await streamLoad(echo, nothing, total)
  const emptyItems = await streamLoad(echo, nothing, total)
  const unary = await measureInTurns<Costed>(ROUNDS, stream, () =>
    withCost(pid, total, () => measureLoad(total, IN_FLIGHT, () => bob.call(UNARY, one).then(requireAllow))),
  )
  const budget: Budget = { of: 'ratio', sense: 'at least', limit: 0.6 }
  return [
    {
      what,
      measured: alone.first.perSecond,
      unit: '/s',
      bound: { what: 'bare crypto.verify', value: alone.second.perSecond },
      ...(isBudgeted && { budget }),
    },
    {
      // What an empty item and the one check take one after the other, which is all that could be left of the work.
      what: '  against an empty item and the bare check',
      measured: alone.first.perSecond,
      unit: '/s',
      bound: { what: 'both', value: 1 / (1 / emptyItems.perSecond + 1 / alone.second.perSecond) },
    },
    {
      what: '  against VerifyRequest',
      measured: unary.first.perSecond,
      unit: '/s',
      bound: { what: 'unary', value: unary.second.perSecond },
    },
    {
      what: '  processor time of the service per request',
      measured: alone.first.used.allThreadsUs,
      unit: 'us',
      bound: { what: 'bare crypto.verify', value: alone.second.used.allThreadsUs },
    },
  ]
}

interface Costed extends Pick<Load, 'perSecond'> {
  readonly used: ProcessorTime
}

async function withCost(
  pid: number,
  total: number,
  run: () => Promise<Pick<Load, 'perSecond'>>,
): Promise<Costed> {
  const before = processorTime(pid)
  const { perSecond } = await run()
  return { perSecond, used: processorTimeSince(pid, before, total) }
}

/** What is sent over a stream, and what must come back. */
interface Items {
  readonly path: string
  readonly item: Buffer
  readonly isGood: (answer: Buffer) => boolean
}

/** Sends the same item over one stream, over and over, and waits for as many answers. */
async function streamLoad(
  client: LeanClient,
  { path, item, isGood }: Items,
  total: number,
): Promise<Pick<Load, 'perSecond'>> {
  const half = Buffer.concat(Array.from({ length: IN_FLIGHT }, () => item))
  let sent = 0
  let answered = 0
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const conversation = client.converse(path, (answer) => {
    if (!isGood(answer)) reject(new Error('an item of the stream was not answered as it should be'))
    answered++
    if (answered === total) resolve(undefined)
    else if (sent - answered <= IN_FLIGHT && sent < total) sendMore()
  })
  function sendMore(): void {
    const count = Math.min(IN_FLIGHT, total - sent)
    sent += count
    conversation.send(count === IN_FLIGHT ? half : half.subarray(0, count * item.length))
  }
  const start = performance.now()
  sendMore()
  sendMore()
  // Whichever is first: a stream that ends early has failed.
  await Promise.race([promise, conversation.ended])
  if (answered < total) throw new Error(`the stream ended after ${answered} of ${total} answers`)
  const perSecond = (total / (performance.now() - start)) * 1000
  await conversation.end()
  return { perSecond }
}

/** Reads as little as it can: field 1 the id 1, field 2 the answer, whose field 1 is the decision. */
function isAllow(answer: Buffer): boolean {
  const lengthBytes = answer[3]! < 0x80 ? 1 : 2
  return (
    answer[0] === 0x08 &&
    answer[1] === 1 &&
    answer[2] === 0x12 &&
    answer[3 + lengthBytes] === 0x08 &&
    answer[4 + lengthBytes] === Decision.DECISION_ALLOW
  )
}
