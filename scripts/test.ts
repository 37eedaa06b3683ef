/**
 * `npm test`: the types, then every suite. Arguments are files or globs to run instead of all of them. Builds the examples of other languages'
 * clients where their toolchain is there, says which outside tools took part, and ends with one plain line, `N passed, N failed`.
 */
import { availableParallelism } from 'node:os'
import { stripVTControlCharacters } from 'node:util'
import { findTools } from './lib/find-tools.ts'
import { runStep } from './lib/run-step.ts'

const SUITES = [
  'test/unit/**/*.test.ts',
  'test/property/**/*.test.ts',
  'test/contract/**/*.test.ts',
  'test/conformance/**/*.test.ts',
  'test/e2e/*.test.ts',
  'clients/typescript/test/**/*.test.ts',
]
/** They run programs in other languages, whose building takes minutes the first time: the other suites do not wait for that. */
const SUITES_OF_BUILT_CLIENTS = ['test/e2e/clients/**/*.test.ts']
const MAX_TEST_MS = 300_000

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Reads one of the closing lines of Node's test runner, such as `ℹ pass 12`. */
function readCount(output: string, name: string): number | undefined {
  const count = new RegExp(`^(?:ℹ|#) ${name} (\\d+)$`, 'm').exec(stripVTControlCharacters(output))?.[1]
  return count === undefined ? undefined : Number(count)
}

interface Counts {
  readonly ok: boolean
  readonly passed: number
  readonly failed: number
}

// Two suites at once at least: many wait for sockets or child processes rather than for a core.
const concurrency = Math.max(2, availableParallelism())

/** Runs suites, and reads what came of them. `undefined` if the runner did not come to its end. */
async function runSuites(suites: readonly string[]): Promise<Counts | undefined> {
  const options = [
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${MAX_TEST_MS}`,
    '--test-reporter=spec',
  ]
  const colour = process.stdout.isTTY ? { env: { FORCE_COLOR: '1' } } : {}
  const { ok, output } = await runStep(process.execPath, ['--test', ...options, ...suites], colour)
  const passed = readCount(output, 'pass')
  const failed = readCount(output, 'fail')
  const cancelled = readCount(output, 'cancelled')
  if (passed === undefined || failed === undefined || cancelled === undefined) return undefined
  return { ok, passed, failed: failed + cancelled }
}

async function runAll(): Promise<readonly (Counts | undefined)[]> {
  // Says by itself what cannot be built here. Up to date after the first time.
  const clients = runStep('scripts/build-clients.sh', [])
  const most = await runSuites(SUITES)
  await clients
  return [most, await runSuites(SUITES_OF_BUILT_CLIENTS)]
}

const given = process.argv.slice(2)
const types = await runStep('tsc', ['-p', '.'])
if (!types.ok) print('The types do not check; the suites run all the same.')
const runs = given.length > 0 ? [await runSuites(given)] : await runAll()
for (const tool of findTools()) {
  print(
    tool.path === undefined
      ? `MISSING ${tool.name}: not tested here: ${tool.purpose}`
      : `found   ${tool.name} (${tool.path}): ${tool.purpose}`,
  )
}
if (!types.ok) print('The types do not check: see the top of this output.')
const ended = runs.filter((run) => run !== undefined)
if (ended.length < runs.length) {
  print('The test runner did not come to its end.')
  process.exit(1)
}
const passed = ended.reduce((sum, run) => sum + run.passed, 0)
const failed = ended.reduce((sum, run) => sum + run.failed, 0)
if (passed === 0) print('No test ran.')
print(`${passed} passed, ${failed} failed`)
process.exit(types.ok && ended.every(({ ok }) => ok) && passed > 0 && failed === 0 ? 0 : 1)
