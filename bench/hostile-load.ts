import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { VerifyRequestRequest } from '../src/gen/chancery/v1/authorization_service.ts'
import { HealthService } from '../src/gen/grpc/health/v1/health.ts'
import { capturedRequest, hostileRequests } from '../test/support/hostile-requests.ts'
import type { Deployment } from './deployment.ts'
import type { HostileOrder, HostileResult } from './hostile-sender.ts'
import { connectLean, frame } from './lean-client.ts'
import { type Load, measureLoad, measureRate } from './measure.ts'
import { type ProcessorTime, processorTime, processorTimeSince, residentMib } from './processor.ts'
import type { Row } from './report.ts'
import { VERIFY, detached, requireAllow, requireClients } from './verify-request.ts'

const HOSTILE_REQUESTS = 10_000
/** Both at a fixed rate, together about a third of what the service can do: above that, any traffic makes any other wait. */
const HOSTILE_PER_SECOND = 1_000
const GOOD_PER_SECOND = 300
/** A different garbage each; beyond that, it is sent again. */
const DIFFERENT = 1_000
const RUN = 'bench'
const HEALTH = HealthService.check.path
const EMPTY = new Uint8Array()
const SAMPLE_MS = 50

/**
 * Good traffic alone, and beside 10,000 requests of garbage that come from another process over another connection. What traffic of any kind does to other
 * traffic on the machine is shown by as many empty calls, and as many good requests, in their place.
 */
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
    const order = {
      port,
      total,
      perSecond: HOSTILE_PER_SECOND,
      identity: { caPem: bob.caPem, keyPem: bob.keyPem, certificatePem: bob.certificatePem },
    }
    const before = processorTime(pid)
    const alone = await goodLoad()
    // What the good traffic itself takes of the service in that time.
    const own = processorTimeSince(pid, before, total)
    const besides = async (others: Pick<HostileOrder, 'path' | 'messages'>): Promise<Beside> => {
      const send = await prepareSender({ ...order, ...others })
      const began = processorTime(pid)
      const [load, result] = await Promise.all([goodLoad(), send()])
      const { allThreadsUs, mainThreadUs } = processorTimeSince(pid, began, total)
      return {
        ...{ load, result },
        used: {
          allThreadsUs: allThreadsUs - own.allThreadsUs,
          mainThreadUs: mainThreadUs - own.mainThreadUs,
        },
      }
    }
    const empty = await besides({ path: HEALTH, messages: [EMPTY] })
    const others = await besides({
      path: VERIFY,
      messages: [VerifyRequestRequest.encode(detached(alice)).finish()],
    })
    const memory = watchMemory(pid)
    const hostile = await besides({ path: VERIFY, messages: garbage.map(({ message }) => message) })
    const { beforeMib, mostMib } = memory.stop()
    const { load: beside, result, used } = hostile
    if (result.allowed > 0) throw new Error(`${result.allowed} hostile requests were allowed`)
    if (others.result.allowed !== total) throw new Error('good requests were refused')
    const bound = (what: string, value: number) => ({ bound: { what, value } })
    return [
      latencyRow(
        `Good traffic beside ${total.toLocaleString('en')} hostile requests, 99 of 100`,
        beside,
        alone,
      ),
      { what: '  median', measured: beside.p50Ms, unit: 'ms', ...bound('alone', alone.p50Ms) },
      {
        what: '  against as many good requests in their place',
        measured: beside.p99Ms,
        unit: 'ms',
        ...bound('beside good ones', others.load.p99Ms),
      },
      {
        what: '  against as many empty calls',
        measured: beside.p99Ms,
        unit: 'ms',
        ...bound('beside empty calls', empty.load.p99Ms),
      },
      {
        what: '  processor time of the service per hostile request',
        measured: used.allThreadsUs,
        unit: 'us',
        ...bound('a good one', others.used.allThreadsUs),
      },
      {
        what: '  of its main thread',
        measured: used.mainThreadUs,
        unit: 'us',
        ...bound('a good one', others.used.mainThreadUs),
      },
      {
        what: '    and of an empty call',
        measured: empty.used.mainThreadUs,
        unit: 'us',
      },
      { what: '  hostile requests answered', measured: result.perSecond, unit: '/s' },
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

/** How the good traffic fared beside other traffic, and what one request of that took. */
interface Beside {
  readonly load: Load
  readonly result: HostileResult
  readonly used: ProcessorTime
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

/** Starts the other process and has it connect: what that takes of the machine is no part of any load. */
async function prepareSender(order: HostileOrder): Promise<() => Promise<HostileResult>> {
  const child = fork(join(import.meta.dirname, 'hostile-sender.ts'), { serialization: 'advanced' })
  child.send(order)
  await once(child, 'message')
  return async () => {
    child.send('go')
    const [result] = (await once(child, 'message')) as [HostileResult]
    child.disconnect()
    return result
  }
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
