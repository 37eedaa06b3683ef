import { setTimeout as pause } from 'node:timers/promises'
import {
  AuthorizationServiceService,
  RevokeCertificateRequest,
  RevokeCertificateResponse,
  StreamCRLRequest,
  StreamCRLResponse,
} from '../src/gen/chancery/v1/authorization_service.ts'
import { CRL_COALESCE_MS } from '../src/core/limits.ts'
import type { Deployment } from './deployment.ts'
import { LOAD_CLIENT } from './issue-certificate.ts'
import { type LeanClient, connectLean, frame } from './lean-client.ts'
import { summarize } from './measure.ts'
import { processorTime, processorTimeSince } from './processor.ts'
import type { Row } from './report.ts'

const STREAM_COUNTS = [1, 10, 100]
const REVOKE = AuthorizationServiceService.revokeCertificate.path
const STREAM = AuthorizationServiceService.streamCrl.path
const ISSUING = 'issuing-1'
const PUSH_MS = 10_000

/** From the call of `RevokeCertificate` to the complete list on every open stream, each on a connection of its own. */
export async function benchRevocationPush(deployment: Deployment, scale: number): Promise<Row[]> {
  const revocations = Math.max(3, Math.round(40 * scale))
  await deployment.addClient({ clientId: 'push', grantedScopes: ['push.one.read'] })
  await deployment.addClient({ clientId: 'watcher', grantedScopes: ['chancery.crl.read'] })
  const watcher = await deployment.identityOf('watcher')
  const operator = await connectLean(deployment.authority.port, deployment.admin)
  const rows: Row[] = []
  try {
    const run = async (count: number): Promise<PushResult> => {
      const watch = await openWatch(deployment.authority.port, watcher, count)
      try {
        return await revokeAndWait({ deployment, operator, watch, revocations })
      } finally {
        await watch.close()
      }
    }
    for (const count of STREAM_COUNTS) rows.push(...describe(count, await run(count)))
    const small = await run(1)
    const listed = await revokeEverything(operator)
    const large = await run(1)
    rows.push({
      what: `Processor time per revocation and push, ${listed.toLocaleString('en')} on the list`,
      measured: large.usedUs,
      unit: 'us',
      bound: { what: 'short list', value: small.usedUs },
      budget: { of: 'ratio', sense: 'at most', limit: 1.5 },
    })
    return rows
  } finally {
    await operator.close()
  }
}

interface PushResult {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Processor time of the service per revocation. */
  readonly usedUs: number
}

function describe(count: number, result: PushResult): Row[] {
  const what = `Revoke until on ${count} open stream${count === 1 ? '' : 's'}`
  return [
    { what: `${what}, median`, measured: result.p50Ms, unit: 'ms' },
    {
      what: '  99 of 100',
      measured: result.p99Ms,
      unit: 'ms',
      budget: { of: 'measured', sense: 'at most', limit: 1_000 },
    },
    { what: '  worst', measured: result.maxMs, unit: 'ms' },
    { what: '  processor time of the service per revocation', measured: result.usedUs, unit: 'us' },
  ]
}

async function revokeAndWait(options: {
  readonly deployment: Deployment
  readonly operator: LeanClient
  readonly watch: Watch
  readonly revocations: number
}): Promise<PushResult> {
  const { deployment, operator, watch, revocations } = options
  const serialNumbers: string[] = []
  for (let i = 0; i < revocations; i++) serialNumbers.push((await deployment.identityOf('push')).serialNumber)
  const latencies: number[] = []
  const { pid } = deployment.authority
  let usedUs = 0
  for (const serialNumber of serialNumbers) {
    // Lists made within this span are joined, which would be measured as latency.
    await pause(2 * CRL_COALESCE_MS)
    const before = processorTime(pid)
    const beganMs = performance.now()
    const crlNumber = await revoke(operator, {
      target: { $case: 'serial', value: { serialNumber, authority: '' } },
    })
    latencies.push(...(await watch.reaches(crlNumber)).map((arrivedMs) => arrivedMs - beganMs))
    usedUs += processorTimeSince(pid, before, revocations).allThreadsUs
  }
  return { ...summarize(Float64Array.from(latencies)), usedUs }
}

async function revoke(
  operator: LeanClient,
  request: Pick<RevokeCertificateRequest, 'target'> & { expectedCount?: number },
): Promise<bigint> {
  const message = RevokeCertificateRequest.encode(RevokeCertificateRequest.fromPartial(request)).finish()
  return RevokeCertificateResponse.decode(await operator.call(REVOKE, frame(message))).crlNumber
}

/** Revokes all that the load has issued, and returns how many that was. */
async function revokeEverything(operator: LeanClient): Promise<number> {
  const target = { $case: 'clientId', value: LOAD_CLIENT } as const
  const dryRun = RevokeCertificateRequest.fromPartial({ target, dryRun: true })
  const answer = await operator.call(REVOKE, frame(RevokeCertificateRequest.encode(dryRun).finish()))
  const { revokedCount } = RevokeCertificateResponse.decode(answer)
  await revoke(operator, { target, expectedCount: revokedCount })
  return revokedCount
}

/** The number that a reader is at after this message. */
function numberOf({ event }: StreamCRLResponse): bigint | undefined {
  if (event?.$case === 'snapshotEnd') return event.value.crlNumber
  if (event?.$case === 'delta' || event?.$case === 'checkpoint') return event.value.state?.crlNumber
  return undefined
}

interface Watch {
  /** When each stream had this list of the issuing authority, or a later one, whole. */
  reaches(crlNumber: bigint): Promise<readonly number[]>
  close(): Promise<void>
}

async function openWatch(
  port: number,
  identity: Parameters<typeof connectLean>[1],
  count: number,
): Promise<Watch> {
  const request = StreamCRLRequest.fromPartial({ authorities: [ISSUING] })
  const framed = frame(StreamCRLRequest.encode(request).finish())
  const clients = await Promise.all(Array.from({ length: count }, () => connectLean(port, identity)))
  const newest = clients.map(() => ({ crlNumber: -1n, atMs: 0 }))
  let changed: (() => void) | undefined
  const closers = clients.map((client, i) =>
    client.open(STREAM, framed, (message) => {
      // What tells a number is short; the chunks of long lists need not be decoded.
      if (message.length > 4096) return
      const crlNumber = numberOf(StreamCRLResponse.decode(message))
      if (crlNumber === undefined) return
      newest[i] = { crlNumber, atMs: performance.now() }
      changed?.()
    }),
  )
  async function reaches(crlNumber: bigint): Promise<readonly number[]> {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`list ${crlNumber} did not come`)), PUSH_MS)
      changed = () => {
        if (!newest.every((seen) => seen.crlNumber >= crlNumber)) return
        clearTimeout(late)
        resolve()
      }
      changed()
    })
    return newest.map(({ atMs }) => atMs)
  }
  await reaches(0n)
  return {
    reaches,
    async close() {
      for (const close of closers) close()
      await Promise.all(clients.map((client) => client.close()))
    },
  }
}
