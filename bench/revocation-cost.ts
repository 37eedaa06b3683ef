import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Deployment } from './deployment.ts'
import type { LeanClient } from './lean-client.ts'
import { type Load, measureRate } from './measure.ts'
import { threadTimes } from './processor.ts'
import type { Row } from './report.ts'
import { revokeSerial } from './revoke.ts'

/** Slow enough that each revocation has a number, a delta and a complete list of its own. */
const APART_PER_SECOND = 20
/** Several to a number: numbers are 50 ms apart. */
const TOGETHER_PER_SECOND = 200
const PAGE_BYTES = 4096
const BETWEEN_REVOCATIONS_MS = 500 / APART_PER_SECOND

const LISTS_THREAD = 'lists'

/** Threads of the service as the system names them, and what they do for a revocation. */
const THREADS = [
  { name: 'MainThread', what: '  of its main thread' },
  { name: 'writer', what: '  of the thread that writes: the revocation, its number, its complete list' },
  { name: 'checkpoints', what: '  of the thread that copies the write-ahead log' },
  { name: LISTS_THREAD, what: '  beside it, of the thread that makes complete lists' },
] as const

/** What one revocation takes of the service while as many as `listed` are on the list. */
export interface RevocationCost {
  readonly listed: number
  readonly load: Load
  /** The least that a durable answer can take: one page, overwritten at the same pace on the same disk while the service runs, each between two revocations. */
  readonly durableWrite: Load
  /** Microseconds per revocation, by thread. */
  readonly used: ReadonlyMap<string, number>
  /** All threads but that of complete lists together, when several revocations share a number. */
  readonly togetherUs: number
}

/** Revokes at a fixed pace, with those of `serialNumbers` that are left over at a higher one. */
export async function measureCost(
  { authority: { pid }, stage }: Deployment,
  operator: LeanClient,
  serialNumbers: readonly string[],
  count: number,
  listed: number,
): Promise<RevocationCost> {
  const run = async (chosen: readonly string[], perSecond: number) => {
    const before = threadTimes(pid)
    const load = await measureRate(chosen.length, perSecond, (i) => revokeSerial(operator, chosen[i]!))
    return { load, used: usedSince(pid, before, chosen.length) }
  }
  const [apart, durableWrite] = await Promise.all([
    run(serialNumbers.slice(0, count), APART_PER_SECOND),
    setTimeout(BETWEEN_REVOCATIONS_MS).then(() => measureDurableWrite(stage.folder, count)),
  ])
  const together = await run(serialNumbers.slice(count), TOGETHER_PER_SECOND)
  return { listed, ...apart, togetherUs: sum(together.used), durableWrite }
}

function usedSince(
  pid: number,
  before: ReturnType<typeof threadTimes>,
  revocations: number,
): Map<string, number> {
  const after = [...threadTimes(pid)]
  return new Map(
    after.map(([name, { usedMs }]) => [
      name,
      ((usedMs - (before.get(name)?.usedMs ?? 0)) * 1000) / revocations,
    ]),
  )
}

/** In place, as a commit overwrites the write-ahead log. */
async function measureDurableWrite(folder: string, total: number): Promise<Load> {
  const file = await open(join(folder, 'durable-write'), 'w')
  try {
    await file.write(Buffer.alloc(total * PAGE_BYTES))
    await file.sync()
    return await measureRate(total, APART_PER_SECOND, async (i) => {
      await file.write(Buffer.alloc(PAGE_BYTES), 0, PAGE_BYTES, i * PAGE_BYTES)
      await file.datasync()
    })
  } finally {
    await file.close()
  }
}

export function describeCost(cost: RevocationCost, least: RevocationCost): Row[] {
  const { listed, load, durableWrite, used, togetherUs } = cost
  const entries = `${listed.toLocaleString('en')} on the list`
  const total = {
    what: '  processor time of the service per revocation',
    measured: sum(used),
    unit: 'us',
  } as const
  const bound = (value: number) => ({ what: 'one page made durable meanwhile', value })
  return [
    {
      what: `RevokeCertificate, ${entries}, ${APART_PER_SECOND}/s, median`,
      measured: load.p50Ms,
      unit: 'ms',
      bound: bound(durableWrite.p50Ms),
    },
    {
      what: '  99 of 100',
      measured: load.p99Ms,
      unit: 'ms',
      bound: bound(durableWrite.p99Ms),
      budget: { of: 'measured', sense: 'at most', limit: 10 },
    },
    { what: '  worst', measured: load.maxMs, unit: 'ms', bound: bound(durableWrite.maxMs) },
    listed === least.listed
      ? total
      : {
          ...total,
          bound: { what: `${least.listed.toLocaleString('en')} on the list`, value: sum(least.used) },
          budget: { of: 'ratio', sense: 'at most', limit: 1.5 },
        },
    ...THREADS.map(({ name, what }): Row => ({ what, measured: used.get(name) ?? NaN, unit: 'us' })),
    {
      what: `  the same at ${TOGETHER_PER_SECOND}/s, several to a number`,
      measured: togetherUs,
      unit: 'us',
      bound: { what: `at ${APART_PER_SECOND}/s`, value: sum(used) },
    },
  ]
}

/** Without the thread that makes complete lists, which has its pace from the clock. */
function sum(used: ReadonlyMap<string, number>): number {
  return [...used].reduce((total, [name, us]) => (name === LISTS_THREAD ? total : total + us), 0)
}
