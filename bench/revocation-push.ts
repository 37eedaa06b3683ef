import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { NewIdentity } from '../demo/new-identity.ts'
import { ISSUING_ID } from '../src/authority/initialize.ts'
import { CRL_COALESCE_MS } from '../src/core/limits.ts'
import type { Deployment } from './deployment.ts'
import type { LeanClient } from './lean-client.ts'
import { summarize } from './measure.ts'
import { processorTime, processorTimeSince } from './processor.ts'
import type { Row } from './report.ts'
import { revokeSerial } from './revoke.ts'
import { type SubscribersCommand, type SubscribersReport, monotonicMs } from './subscribers.ts'

const REPORT_MS = 120_000

/** `verifies`: each checks and applies every list, as a verifier does; else its stream is only read, so that the service is what is measured. */
const RUNS = [
  { subscribers: 1, revocations: 50, verifies: true },
  { subscribers: 100, revocations: 30, verifies: true },
  { subscribers: 1_000, revocations: 20, verifies: true },
  { subscribers: 10_000, revocations: 5, verifies: false },
]
type Run = (typeof RUNS)[number]

/** From the call of `RevokeCertificate` to the first denial at each of many subscribers, which are a process of their own. */
export async function benchRevocationPush(
  deployment: Deployment,
  operator: LeanClient,
  serialNumbers: string[],
  scale: number,
): Promise<Row[]> {
  const watcher = await deployment.identityOf('watcher')
  const rows: Row[] = []
  for (const run of RUNS) {
    const scaled = {
      ...run,
      subscribers: Math.max(1, Math.round(run.subscribers * Math.min(1, scale * 5))),
      revocations: Math.max(3, Math.round(run.revocations * scale)),
    }
    rows.push(...(await measureRun(deployment, operator, watcher, serialNumbers, scaled)))
  }
  return rows
}

async function measureRun(
  { authority: { port, pid } }: Deployment,
  operator: LeanClient,
  watcher: NewIdentity,
  serialNumbers: string[],
  { subscribers, revocations, verifies }: Run,
): Promise<Row[]> {
  process.stderr.write(`${subscribers} subscribers `)
  const resume = verifies ? undefined : await twoNumbers(operator, serialNumbers)
  const child = fork(join(import.meta.dirname, 'subscribers.ts'), { serialization: 'advanced' })
  try {
    const { caPem, keyPem, certificatePem, chainDer } = watcher
    const authority = { id: ISSUING_ID, certificateDer: chainDer[1]! }
    const identity = { caPem, keyPem, certificatePem }
    await ask(child, { kind: 'open', port, identity, authority, count: subscribers, resume })
    const latencies: number[] = []
    let usedUs = 0
    // The first compiles what the later ones run, on both sides.
    for (const [i, serialNumber] of serialNumbers.splice(0, 1 + revocations).entries()) {
      // Lists made within this span are joined, which would be measured as latency.
      await pause(2 * CRL_COALESCE_MS)
      const denied = ask(child, { kind: 'await', serialNumber })
      const before = processorTime(pid)
      const beganMs = monotonicMs()
      await revokeSerial(operator, serialNumber)
      const report = await denied
      if (i === 0 || report.kind !== 'denied') continue
      latencies.push(...report.atMs.map((atMs) => atMs - beganMs))
      usedUs += processorTimeSince(pid, before, revocations).allThreadsUs
    }
    return describe(subscribers, verifies, summarize(Float64Array.from(latencies)), usedUs)
  } finally {
    child.disconnect()
  }
}

/** Revokes twice, and returns the first number: whoever resumes there is sent a delta at once, and so is known to be there. */
async function twoNumbers(operator: LeanClient, serialNumbers: string[]): Promise<bigint> {
  const [first, second] = serialNumbers.splice(0, 2)
  const crlNumber = await revokeSerial(operator, first!)
  await pause(4 * CRL_COALESCE_MS)
  await revokeSerial(operator, second!)
  await pause(4 * CRL_COALESCE_MS)
  return crlNumber
}

function ask(child: ChildProcess, command: SubscribersCommand): Promise<SubscribersReport> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => {
      settle()
      reject(new Error(`the subscribers ended with ${code}`))
    }
    const onReport = (report: SubscribersReport) => {
      settle()
      resolve(report)
    }
    const late = setTimeout(() => {
      settle()
      reject(new Error(`not all subscribers answered to ${command.kind}`))
    }, REPORT_MS)
    const settle = () => {
      clearTimeout(late)
      child.off('exit', onExit).off('message', onReport)
    }
    child.once('exit', onExit).once('message', onReport)
    child.send(command)
  })
}

function describe(
  subscribers: number,
  verifies: boolean,
  { p50Ms, p99Ms, maxMs }: ReturnType<typeof summarize>,
  usedUs: number,
): Row[] {
  const who = `${subscribers.toLocaleString('en')} ${verifies ? 'verifier' : 'open stream'}${subscribers === 1 ? '' : 's'}`
  const p99 = { what: '  99 of 100', measured: p99Ms, unit: 'ms' } as const
  return [
    { what: `Revoke until ${verifies ? 'denied at' : 'on'} ${who}, median`, measured: p50Ms, unit: 'ms' },
    verifies ? { ...p99, budget: { of: 'measured', sense: 'at most', limit: 1_000 } } : p99,
    { what: '  worst', measured: maxMs, unit: 'ms' },
    { what: '  processor time of the service per revocation', measured: usedUs, unit: 'us' },
  ]
}
