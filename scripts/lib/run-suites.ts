import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import type { FailedTest } from './describe-failures.ts'
import { BIN, ROOT } from './run-step.ts'

/** A whole file may take as long. Two hundred stores that are opened one after the other took more than half of five minutes beside other work. */
const MAX_TEST_MS = 600_000

// Two suites at once at least: many wait for sockets or child processes rather than for a core.
const CONCURRENCY = Math.max(2, availableParallelism())

/** A failure of these kinds comes of another one. */
const OF_OTHERS: readonly string[] = ['subtestsFailed', 'cancelledByParent']

/** What came of suites. */
export interface SuitesResult {
  readonly ok: boolean
  readonly passed: number
  readonly failed: number
  /** What failed by itself, and not because of something in it or around it. */
  readonly failures: readonly FailedTest[]
}

/** Runs the suites of these globs, each file in a process of its own, and shows what becomes of them while they run. `undefined` if the runner did not come to its end. */
export async function runSuites(globs: readonly string[]): Promise<SuitesResult | undefined> {
  const failures: FailedTest[] = []
  let result: Omit<SuitesResult, 'failures'> | undefined
  const events = run({
    globPatterns: globs,
    concurrency: CONCURRENCY,
    timeout: MAX_TEST_MS,
    cwd: ROOT,
    env: environment(),
  })
  events.on('test:fail', ({ name, file, line, details: { error } }) => {
    const { failureType, cause } = error as Error & { readonly failureType?: string }
    if (failureType === undefined || !OF_OTHERS.includes(failureType))
      failures.push({ name, file, line, error: cause ?? error })
  })
  events.on('test:summary', ({ file, success, counts: { tests, passed, skipped, todo } }) => {
    // There is one for each file, too.
    if (file === undefined) result = { ok: success, passed, failed: tests - passed - skipped - todo }
  })
  const shown = events.compose(spec)
  shown.pipe(process.stdout, { end: false })
  await finished(shown)
  return result && { ...result, failures }
}

/** What is compiled once is compiled for all: hundreds of processes load the same files. */
function environment(): NodeJS.ProcessEnv {
  const { PATH = '' } = process.env
  const cache = join(ROOT, 'node_modules', '.cache', 'compiled')
  return { ...process.env, PATH: `${BIN}:${PATH}`, NODE_COMPILE_CACHE: cache }
}
