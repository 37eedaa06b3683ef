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
  'test/e2e/**/*.test.ts',
  'clients/typescript/test/**/*.test.ts',
]
const MAX_TEST_MS = 300_000

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Reads one of the closing lines of Node's test runner, such as `ℹ pass 12`. */
function readCount(output: string, name: string): number | undefined {
  const count = new RegExp(`^(?:ℹ|#) ${name} (\\d+)$`, 'm').exec(stripVTControlCharacters(output))?.[1]
  return count === undefined ? undefined : Number(count)
}

const given = process.argv.slice(2)
// Says by itself what cannot be built here. Up to date after the first time.
if (given.length === 0) await runStep('scripts/build-clients.sh', [])
for (const tool of findTools()) {
  print(
    tool.path === undefined
      ? `MISSING ${tool.name}: not tested here: ${tool.purpose}`
      : `found   ${tool.name} (${tool.path}): ${tool.purpose}`,
  )
}
// Two suites at once at least: many wait for sockets or child processes rather than for a core.
const concurrency = Math.max(2, availableParallelism())
const types = await runStep('tsc', ['-p', '.'])
if (!types.ok) print('The types do not check; the suites run all the same.')
const tests = await runStep(
  process.execPath,
  [
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${MAX_TEST_MS}`,
    '--test-reporter=spec',
    ...(given.length > 0 ? given : SUITES),
  ],
  process.stdout.isTTY ? { env: { FORCE_COLOR: '1' } } : {},
)
const passed = readCount(tests.output, 'pass')
const failed = readCount(tests.output, 'fail')
const cancelled = readCount(tests.output, 'cancelled')
if (!types.ok) print('The types do not check: see the top of this output.')
if (passed === undefined || failed === undefined || cancelled === undefined) {
  print('The test runner did not come to its end.')
  process.exit(1)
}
if (passed === 0) print('No test ran.')
print(`${passed} passed, ${failed + cancelled} failed`)
process.exit(types.ok && tests.ok && passed > 0 && failed + cancelled === 0 ? 0 : 1)
