/**
 * `npm test`: the types, then every suite. Arguments are files or globs to run instead of all of them. Builds the examples of other languages'
 * clients where their toolchain is there, says which outside tools took part and what failed, and ends with one plain line, `N passed, N failed`.
 */
import { describeFailures } from './lib/describe-failures.ts'
import { findTools } from './lib/find-tools.ts'
import { ROOT, runStep } from './lib/run-step.ts'
import { type SuitesResult, runSuites } from './lib/run-suites.ts'

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

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function runAll(): Promise<readonly (SuitesResult | undefined)[]> {
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
for (const line of describeFailures(
  ended.flatMap(({ failures }) => failures),
  ROOT,
))
  print(line)
const passed = ended.reduce((sum, run) => sum + run.passed, 0)
const failed = ended.reduce((sum, run) => sum + run.failed, 0)
if (passed === 0) print('No test ran.')
print(`${passed} passed, ${failed} failed`)
process.exit(types.ok && ended.every(({ ok }) => ok) && passed > 0 && failed === 0 ? 0 : 1)
