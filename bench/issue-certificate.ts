import { type KeyObject, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
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
import { makeSignature } from './make-signature.ts'

const CALLERS = 64
/** The first calls of a service run code that is not compiled yet, and there is much of it on this path: twice the price of what comes after. */
const WARM_UP_ROUNDS = 2
const ISSUE = AuthorizationServiceService.issueCertificate.path

/** `IssueCertificate` for P-256 keys, each on disk before its answer, against what OpenSSL alone takes. */
export async function benchIssueCertificate(deployment: Deployment, scale: number): Promise<Row[]> {
  const clientIds = Array.from({ length: CALLERS }, (_, i) => `load-${i}`)
  for (const clientId of clientIds)
    await deployment.addClient({ clientId, grantedScopes: ['load.run.read', 'load.run.write'] })
  const requests = await Promise.all(clientIds.map(encodeRequest))
  const client = await connectLean(deployment.authority.port, deployment.admin)
  const { pid } = deployment.authority
  try {
    const issue = (count: number) =>
      measureLoad(count, CALLERS, (i) => client.call(ISSUE, requests[i % CALLERS]!))
    const total = Math.max(CALLERS, Math.round(10_000 * scale))
    await issue(WARM_UP_ROUNDS * total)
    const before = processorTime(pid)
    const load = await issue(total)
    const used = processorTimeSince(pid, before, total)
    const { certificateDer } = IssueCertificateResponse.decode(await client.call(ISSUE, requests[0]!))
    const bare = await measureBareKeys(certificateDer, Math.max(CALLERS, Math.round(10_000 * scale)))
    return [
      {
        what: `IssueCertificate P-256, durable, ${CALLERS} callers`,
        measured: load.perSecond,
        unit: '/s',
        bound: { what: 'reading a key, a check, a signature', value: bare },
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

async function encodeRequest(clientId: string): Promise<Buffer> {
  const csrDer = await makeCsr(await generatePrivateKey('p256'), clientId)
  const request = IssueCertificateRequest.fromPartial({
    clientId,
    key: { $case: 'csrDer', value: Buffer.from(csrDer) },
  })
  return frame(IssueCertificateRequest.encode(request).finish())
}

/**
 * What no issuing can do without: reads a key that it has not seen, which OpenSSL does on the calling thread, and on the thread pool checks a signature of
 * that key and makes one. With as many in flight.
 */
async function measureBareKeys(message: Buffer, total: number): Promise<number> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const signature = sign('sha256', message, privateKey)
  const { perSecond } = await measureLoad(total, CALLERS, async () => {
    await checkSignature(message, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature)
    await makeSignature(message, privateKey)
  })
  return perSecond
}

function checkSignature(message: Buffer, key: KeyObject, signature: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    verify('sha256', message, key, signature, (error, valid) => {
      if (error !== null || !valid) reject(error ?? new Error('the signature does not verify'))
      else resolve()
    })
  })
}
