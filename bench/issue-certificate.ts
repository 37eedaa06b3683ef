import { generateKeyPairSync, sign } from 'node:crypto'
import { makeCsr } from '../src/identity/make-csr.ts'
import { generatePrivateKey } from '../src/identity/private-key.ts'
import {
  AuthorizationServiceService,
  IssueCertificateRequest,
  IssueCertificateResponse,
} from '../src/gen/chancery/v1/authorization_service.ts'
import type { Deployment } from './deployment.ts'
import { connectLean, frame } from './lean-client.ts'
import { measureLoad } from './measure.ts'
import { processorTime, processorTimeSince } from './processor.ts'
import type { Row } from './report.ts'

const CALLERS = 64
const ISSUE = AuthorizationServiceService.issueCertificate.path
const LOAD_CLIENT = 'load'

/** `IssueCertificate` for P-256 keys, each on disk before its answer, against signing alone. */
export async function benchIssueCertificate(deployment: Deployment, scale: number): Promise<Row[]> {
  await deployment.addClient({ clientId: LOAD_CLIENT, grantedScopes: ['load.run.read', 'load.run.write'] })
  const requests = await Promise.all(Array.from({ length: CALLERS }, encodeRequest))
  const client = await connectLean(deployment.authority.port, deployment.admin)
  const { pid } = deployment.authority
  try {
    await measureLoad(Math.round(1_000 * scale), CALLERS, (i) => client.call(ISSUE, requests[i % CALLERS]!))
    const total = Math.max(CALLERS, Math.round(8_000 * scale))
    const before = processorTime(pid)
    const load = await measureLoad(total, CALLERS, (i) => client.call(ISSUE, requests[i % CALLERS]!))
    const used = processorTimeSince(pid, before, total)
    const { certificateDer } = IssueCertificateResponse.decode(await client.call(ISSUE, requests[0]!))
    const bareSigns = await measureBareSign(certificateDer, Math.max(CALLERS, Math.round(20_000 * scale)))
    return [
      {
        what: `IssueCertificate P-256, durable, ${CALLERS} callers`,
        measured: load.perSecond,
        unit: '/s',
        bound: { what: 'bare crypto.sign', value: bareSigns },
        budget: { of: 'measured', sense: 'at least', limit: 2_000 },
      },
      { what: '  latency, median', measured: load.p50Ms, unit: 'ms' },
      {
        what: '  latency, 99 of 100',
        measured: load.p99Ms,
        unit: 'ms',
        budget: { of: 'measured', sense: 'at most', limit: 100 },
      },
      { what: '  processor time of the service per certificate', measured: used.allThreadsUs, unit: 'us' },
      { what: '  of its main thread', measured: used.mainThreadUs, unit: 'us' },
    ]
  } finally {
    await client.close()
  }
}

async function encodeRequest(): Promise<Buffer> {
  const csrDer = await makeCsr(await generatePrivateKey('p256'), LOAD_CLIENT)
  const request = IssueCertificateRequest.fromPartial({
    clientId: LOAD_CLIENT,
    key: { $case: 'csrDer', value: Buffer.from(csrDer) },
  })
  return frame(IssueCertificateRequest.encode(request).finish())
}

/** On the thread pool, with as many in flight. */
async function measureBareSign(message: Buffer, total: number): Promise<number> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { perSecond } = await measureLoad(
    total,
    CALLERS,
    () =>
      new Promise((resolve, reject) => {
        sign('sha256', message, privateKey, (error, signature) => {
          if (error) reject(error)
          else resolve(signature)
        })
      }),
  )
  return perSecond
}
