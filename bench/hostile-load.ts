import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { VerifyRequestRequest } from '../src/gen/chancery/v1/authorization_service.ts'
import { capturedRequest, hostileRequests } from '../test/support/hostile-requests.ts'
import type { Deployment } from './deployment.ts'
import type { HostileOrder, HostileResult } from './hostile-sender.ts'
import { connectLean, frame } from './lean-client.ts'
import { type Load, measureLoad, measureRate } from './measure.ts'
import { residentMib } from './processor.ts'
import type { Row } from './report.ts'
import { VERIFY, detached, requireAllow, requireClients } from './verify-request.ts'

const HOSTILE_REQUESTS = 10_000
/** Both at a fixed rate, together about a third of what the service can do: above that, any traffic makes any other wait. */
const HOSTILE_PER_SECOND = 1_000
const GOOD_PER_SECOND = 300
/** A different garbage each; beyond that, it is sent again. */
const DIFFERENT = 1_000
const RUN = 'bench'
const SAMPLE_MS = 50

/** Good traffic alone, and beside 10,000 requests of garbage that come from another process over another connection. */
export async function benchHostileLoad(deployment: Deployment, scale: number): Promise<Row[]> {
  await requireClients(deployment)
  const { port, pid } = deployment.authority
  const [alice, bob] = [await deployment.identityOf('alice'), await deployment.identityOf('bob')]
  const client = await connectLean(port, bob)
  try {
    const total = Math.max(500, Math.round(HOSTILE_REQUESTS * scale))
    const seconds = total / HOSTILE_PER_SECOND
    const good = frame(VerifyRequestRequest.encode(detached(alice)).finish())
    const ask = () => client.call(VERIFY, good).then(requireAllow)
    const goodLoad = () => measureRate(Math.round(GOOD_PER_SECOND * seconds), GOOD_PER_SECOND, ask)
    await measureLoad(Math.round(6_000 * scale), 64, ask)
    await client.call(VERIFY, frame(capturedRequest(alice, RUN))).then(requireAllow)
    const garbage = hostileRequests(alice, Math.min(total, DIFFERENT), RUN)
    const order: HostileOrder = {
      port,
      total,
      perSecond: HOSTILE_PER_SECOND,
      identity: { caPem: bob.caPem, keyPem: bob.keyPem, certificatePem: bob.certificatePem },
      messages: garbage.map(({ message }) => message),
    }

    const alone = await goodLoad()
    const memory = watchMemory(pid)
    const [beside, hostile] = await Promise.all([goodLoad(), sendHostile(order)])
    const { beforeMib, mostMib } = memory.stop()
    if (hostile.allowed > 0) throw new Error(`${hostile.allowed} hostile requests were allowed`)
    return [
      latencyRow(
        `Good traffic beside ${total.toLocaleString('en')} hostile requests, 99 of 100`,
        beside,
        alone,
      ),
      { what: '  median', measured: beside.p50Ms, unit: 'ms', bound: { what: 'alone', value: alone.p50Ms } },
      { what: '  hostile requests answered', measured: hostile.perSecond, unit: '/s' },
      {
        what: '  memory of the service, most',
        measured: mostMib,
        unit: 'MiB',
        bound: { what: 'before', value: beforeMib },
        budget: { of: 'measured', sense: 'at most', limit: 512 },
      },
    ]
  } finally {
    await client.close()
  }
}

function latencyRow(what: string, beside: Load, alone: Load): Row {
  return {
    what,
    measured: beside.p99Ms,
    unit: 'ms',
    bound: { what: 'alone', value: alone.p99Ms },
    budget: { of: 'ratio', sense: 'at most', limit: 2 },
  }
}

async function sendHostile(order: HostileOrder): Promise<HostileResult> {
  const child = fork(join(import.meta.dirname, 'hostile-sender.ts'), { serialization: 'advanced' })
  child.send(order)
  const [result] = (await once(child, 'message')) as [HostileResult]
  child.disconnect()
  return result
}

function watchMemory(pid: number) {
  const beforeMib = residentMib(pid)
  let mostMib = beforeMib
  const timer = setInterval(() => {
    mostMib = Math.max(mostMib, residentMib(pid))
  }, SAMPLE_MS)
  return {
    stop() {
      clearInterval(timer)
      return { beforeMib, mostMib }
    },
  }
}
