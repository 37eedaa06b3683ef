import { setTimeout as pause } from 'node:timers/promises'
import { ISSUING_ID } from '../src/authority/initialize.ts'
import { CRL_COALESCE_MS } from '../src/core/limits.ts'
import {
  AuthorizationServiceService,
  StreamCRLRequest,
  StreamCRLResponse,
} from '../src/gen/chancery/v1/authorization_service.ts'
import type { Deployment } from './deployment.ts'
import { connectLean, frame } from './lean-client.ts'
import type { LeanClient } from './lean-client.ts'
import type { Row } from './report.ts'
import { revoke, revokeSerial } from './revoke.ts'

const STREAM = AuthorizationServiceService.streamCrl.path
const CATCH_UP_MS = 30_000
const KIB = 1024

/** A client of as many certificates as a verifier is to miss revocations. */
export interface MissedClient {
  readonly clientId: string
  readonly count: number
}

/** Octets until a verifier that missed some revocations is where the service is. */
export async function benchCatchUp(
  deployment: Deployment,
  operator: LeanClient,
  serialNumbers: string[],
  missed: readonly MissedClient[],
): Promise<Row[]> {
  const watcher = await connectLean(deployment.authority.port, await deployment.identityOf('watcher'))
  try {
    const measured: { count: number; octets: number }[] = []
    for (const { clientId, count } of missed) {
      await deployment.addClient({ clientId })
      const resume = await revokeSerial(operator, serialNumbers.shift()!)
      await pause(4 * CRL_COALESCE_MS)
      const target = { $case: 'clientId', value: clientId } as const
      const crlNumber = await revoke(operator, { target, expectedCount: count })
      await pause(4 * CRL_COALESCE_MS)
      measured.push({ count, octets: await catchUp(watcher, resume, crlNumber) })
    }
    const largest = measured.at(-1)!
    return measured.map(({ count, octets }): Row => {
      const share = (largest.octets / KIB / largest.count) * count
      const row = {
        what: `Catch up after ${count.toLocaleString('en')} missed`,
        measured: octets / KIB,
        unit: 'KiB',
      } as const
      if (count === largest.count) return row
      return { ...row, bound: { what: `that share of ${largest.count.toLocaleString('en')}`, value: share } }
    })
  } finally {
    await watcher.close()
  }
}

/** Reads a stream from `resume` until `crlNumber`, and counts what it says. */
async function catchUp(watcher: LeanClient, resume: bigint, crlNumber: bigint): Promise<number> {
  const request = StreamCRLRequest.fromPartial({
    authorities: [ISSUING_ID],
    resume: [{ authority: ISSUING_ID, crlNumber: resume }],
  })
  const arrived = Promise.withResolvers<number>()
  const late = setTimeout(() => arrived.reject(new Error('the verifier did not catch up')), CATCH_UP_MS)
  let octets = 0
  const close = watcher.open(STREAM, frame(StreamCRLRequest.encode(request).finish()), (message) => {
    octets += message.length
    const { event } = StreamCRLResponse.decode(message)
    if (event?.$case === 'reset') arrived.reject(new Error('the verifier was sent a complete list'))
    if (event?.$case !== 'delta' && event?.$case !== 'checkpoint') return
    if (event.value.state!.crlNumber >= crlNumber) arrived.resolve(octets)
  })
  try {
    return await arrived.promise
  } finally {
    clearTimeout(late)
    close()
  }
}
