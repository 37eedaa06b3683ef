import { type Deployment } from './deployment.ts'
import type { LeanClient } from './lean-client.ts'
import { type Load, measureRate } from './measure.ts'
import { threadTimes } from './processor.ts'
import type { Row } from './report.ts'
import { revokeSerial } from './revoke.ts'

const PER_SECOND = 20
const LISTS_THREAD = 'lists'

/** What one revocation takes of the service while as many as `listed` are on the list. */
export interface RevocationCost {
  readonly listed: number
  readonly load: Load
  /** Of all threads but the one that makes complete lists, which has its pace from the clock. */
  readonly usedUs: number
  readonly listsUs: number
}

/** Revokes at a fixed rate, slow enough that each revocation has a number and a delta of its own. */
export async function measureCost(
  { authority: { pid } }: Deployment,
  operator: LeanClient,
  serialNumbers: string[],
  listed: number,
): Promise<RevocationCost> {
  const total = serialNumbers.length
  const before = threadTimes(pid)
  const load = await measureRate(total, PER_SECOND, (i) => revokeSerial(operator, serialNumbers[i]!))
  const after = threadTimes(pid)
  let [usedMs, listsMs] = [0, 0]
  for (const [name, time] of after) {
    const { usedMs: then, waitedMs } = before.get(name) ?? { usedMs: 0, waitedMs: 0 }
    if (name === LISTS_THREAD) listsMs += time.usedMs - then
    else usedMs += time.usedMs - then
    process.stderr.write(
      `${name} ${(time.usedMs - then).toFixed(0)}/${(time.waitedMs - waitedMs).toFixed(0)} ms `,
    )
  }
  return { listed, load, usedUs: (usedMs * 1000) / total, listsUs: (listsMs * 1000) / total }
}

export function describeCost(
  { listed, load, usedUs, listsUs }: RevocationCost,
  least: RevocationCost,
): Row[] {
  const entries = `${listed.toLocaleString('en')} on the list`
  const used = {
    what: '  processor time of the service per revocation',
    measured: usedUs,
    unit: 'us',
  } as const
  return [
    { what: `RevokeCertificate, ${entries}, ${PER_SECOND}/s, median`, measured: load.p50Ms, unit: 'ms' },
    {
      what: '  99 of 100',
      measured: load.p99Ms,
      unit: 'ms',
      budget: { of: 'measured', sense: 'at most', limit: 10 },
    },
    { what: '  worst', measured: load.maxMs, unit: 'ms' },
    listed === least.listed
      ? used
      : {
          ...used,
          bound: { what: `${least.listed.toLocaleString('en')} on the list`, value: least.usedUs },
          budget: { of: 'ratio', sense: 'at most', limit: 1.5 },
        },
    { what: '  of the thread that makes complete lists', measured: listsUs, unit: 'us' },
  ]
}
