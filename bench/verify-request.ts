import { randomBytes, sign } from 'node:crypto'
import { signAsAlice } from '../demo/alice.ts'
import type { NewIdentity } from '../demo/new-identity.ts'
import {
  AuthorizationServiceService,
  Decision,
  VerifyRequestRequest,
  VerifyRequestResponse,
  denyReasonToJSON,
} from '../src/gen/chancery/v1/authorization_service.ts'
import { type Deployment, requireEcho } from './deployment.ts'
import { FRAME_PREFIX_BYTES, type LeanClient, connectLean, frame } from './lean-client.ts'
import { type Load, measureInTurns, measureLoad } from './measure.ts'
import { type ProcessorTime, processorTime, processorTimeSince } from './processor.ts'
import type { Row } from './report.ts'
import { verifyAlone } from './verify-alone.ts'

const CALLERS = 64
const ROUNDS = 5
const WARM_UP_ROUNDS = 2
const ECHO = '/bench.Echo/Call'
export const VERIFY = AuthorizationServiceService.verifyRequest.path
const REQUIRED = { requiredScopes: ['bob.user.read'], audience: 'bob' }

/** One way of asking. `make` builds a request; those with a nonce must be made anew for each call. */
interface Case {
  readonly what: string
  /** The one signature check that an answer cannot do without; absent where there is none. */
  readonly verifyAlone?: () => Promise<void>
  readonly make: () => VerifyRequestRequest
  readonly isFresh: boolean
}

/** `VerifyRequest` against an echo of the same sizes, over the same mTLS, from the same client. */
export async function benchVerifyRequest(deployment: Deployment, scale: number): Promise<Row[]> {
  await requireClients(deployment)
  const bob = await deployment.identityOf('bob')
  const service = await connectLean(deployment.authority.port, bob)
  const echoServer = await requireEcho(deployment)
  const echo = await connectLean(echoServer.port, bob)
  const ends = { service, servicePid: deployment.authority.pid, echo, echoPid: echoServer.pid }
  try {
    const rows: Row[] = []
    for (const oneCase of await cases(deployment)) {
      rows.push(...(await benchCase(oneCase, ends, scale)))
    }
    return rows
  } finally {
    await Promise.all([service.close(), echo.close()])
  }
}

const withClients = new WeakMap<Deployment, Promise<void>>()

/** Alice, who signs, and Bob, who asks: made by the first group that needs them. */
export function requireClients(deployment: Deployment): Promise<void> {
  const made = withClients.get(deployment) ?? addClients(deployment)
  withClients.set(deployment, made)
  return made
}

async function addClients(deployment: Deployment): Promise<void> {
  const grantedScopes = ['bob.user.read', 'bob.user.write']
  await deployment.addClient({ clientId: 'alice', grantedScopes })
  await deployment.addClient({ clientId: 'bob', grantedScopes: ['chancery.requests.verify'] })
}

async function cases(deployment: Deployment): Promise<readonly Case[]> {
  const p256 = await deployment.identityOf('alice')
  const rsa = await deployment.identityOf('alice', 'rsa2048')
  const presented = VerifyRequestRequest.fromPartial({
    ...REQUIRED,
    credential: { $case: 'presentedCertificate', value: { certificateChainDer: chainOf(p256) } },
  })
  const [detachedP256, detachedRsa] = [detached(p256), detached(rsa)]
  const [aloneP256, aloneRsa] = [verifyAlone(p256.key, 'sha256'), verifyAlone(rsa.key, 'sha256')]
  return [
    { what: 'presented_certificate', make: () => presented, isFresh: false },
    { what: 'detached_signature, P-256', make: () => detachedP256, isFresh: false, verifyAlone: aloneP256 },
    { what: 'detached_signature, RSA-2048', make: () => detachedRsa, isFresh: false, verifyAlone: aloneRsa },
    {
      what: 'http_signature with nonce, P-256',
      make: () => simple(p256),
      isFresh: true,
      verifyAlone: aloneP256,
    },
  ]
}

function chainOf({ chainDer }: NewIdentity): Buffer[] {
  return chainDer.map((der) => Buffer.from(der))
}

/** A message of the identity's, signed with the default algorithm of its key. */
export function detached(identity: NewIdentity): VerifyRequestRequest {
  const message = randomBytes(200)
  const hash = identity.key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  return VerifyRequestRequest.fromPartial({
    ...REQUIRED,
    credential: {
      $case: 'detachedSignature',
      value: {
        certificateChainDer: chainOf(identity),
        signed: { $case: 'message', value: message },
        signature: sign(hash, message, identity.key),
      },
    },
  })
}

function simple(identity: NewIdentity): VerifyRequestRequest {
  const body = '{"name":"Robert"}'
  const { headers } = signAsAlice(identity, 'PUT', new URL('https://bob.example/users/7?full=1'), body)
  return VerifyRequestRequest.fromPartial({
    ...REQUIRED,
    credential: {
      $case: 'httpSignature',
      value: {
        method: 'PUT',
        target: '/users/7?full=1',
        authority: 'bob.example',
        headers: Object.entries(headers).map(([name, value]) => ({ name, value: Buffer.from(value) })),
        body: { $case: 'bodyBytes', value: Buffer.from(body) },
      },
    },
  })
}

/** Where the calls go. */
interface Ends {
  readonly service: LeanClient
  readonly servicePid: number
  readonly echo: LeanClient
  readonly echoPid: number
}

async function benchCase(
  { what, make, isFresh, verifyAlone }: Case,
  ends: Ends,
  scale: number,
): Promise<Row[]> {
  const total = Math.max(CALLERS, Math.round(6_000 * scale))
  const encode = () => frame(VerifyRequestRequest.encode(make()).finish())
  const answer = await ends.service.call(VERIFY, encode())
  const empty = encode()
  empty.writeUInt32BE(answer.length, FRAME_PREFIX_BYTES)

  async function ask(): Promise<CostedLoad> {
    // Signed before the clock starts: signing is the callers' work.
    const requests = Array.from({ length: isFresh ? total : 1 }, encode)
    return withCost(ends.servicePid, total, (i) =>
      ends.service.call(VERIFY, requests[i % requests.length]!).then(requireAllow),
    )
  }
  // The first calls of a kind run code that is not compiled yet: several times the price of what comes after.
  for (let i = 0; i < WARM_UP_ROUNDS; i++) await ask()
  const { first, second } = await measureInTurns(ROUNDS, ask, () =>
    withCost(ends.echoPid, total, () => ends.echo.call(ECHO, empty)),
  )
  const alone = verifyAlone && (await measureLoad(total, CALLERS, verifyAlone)).perSecond
  return [
    {
      what: `VerifyRequest ${what}`,
      measured: first.perSecond,
      unit: '/s',
      bound: { what: 'empty echo', value: second.perSecond },
      budget: { of: 'ratio', sense: 'at least', limit: 0.7 },
    },
    ...(alone === undefined
      ? []
      : [
          {
            // What an empty call and the one check take one after the other, which is all that could be left of the work.
            what: '  against an empty call and the bare check',
            measured: first.perSecond,
            unit: '/s' as const,
            bound: { what: 'both', value: 1 / (1 / second.perSecond + 1 / alone) },
          },
        ]),
    {
      what: '  processor time of the service per call',
      measured: first.used.allThreadsUs,
      unit: 'us',
      bound: { what: 'empty echo', value: second.used.allThreadsUs },
    },
    {
      what: '  of its main thread',
      measured: first.used.mainThreadUs,
      unit: 'us',
      bound: { what: 'empty echo', value: second.used.mainThreadUs },
    },
  ]
}

interface CostedLoad extends Load {
  /** What the server used per call. */
  readonly used: ProcessorTime
}

async function withCost(
  pid: number,
  total: number,
  operation: (index: number) => Promise<unknown>,
): Promise<CostedLoad> {
  const before = processorTime(pid)
  const load = await measureLoad(total, CALLERS, operation)
  return { ...load, used: processorTimeSince(pid, before, total) }
}

/** A refusal is cheaper than an answer, and would pass for a fast one. */
export function requireAllow(answer: Buffer): void {
  // Field 1, varint: looked at without decoding the rest, which would be the load's cost and not the service's.
  if (answer[0] === 0x08 && answer[1] === Decision.DECISION_ALLOW) return
  const { denyReason, message } = VerifyRequestResponse.decode(answer)
  throw new Error(`denied: ${denyReasonToJSON(denyReason)}: ${message}`)
}
