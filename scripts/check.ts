/** `npm run check`: everything that must hold before a change is merged, the suites last. `--only NAME` runs one step. */
import { runStep } from './lib/run-step.ts'

const STEPS: readonly {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}[] = [
  { name: 'format', command: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: 'eslint', args: ['.', '--max-warnings', '0'] },
  { name: 'types', command: 'tsc', args: ['-p', '.'] },
  {
    name: 'boundaries',
    command: 'depcruise',
    args: ['src', 'clients/typescript/src', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'],
  },
  { name: 'unused', command: 'knip', args: [] },
  { name: 'proto', command: 'buf', args: ['lint'] },
  { name: 'generated', command: process.execPath, args: ['scripts/check-generated.ts'] },
  { name: 'docs', command: process.execPath, args: ['scripts/check-docs.ts'] },
  { name: 'test', command: process.execPath, args: ['scripts/test.ts'] },
]

const onlyAt = process.argv.indexOf('--only')
const only = onlyAt < 0 ? undefined : process.argv[onlyAt + 1]
const steps = STEPS.filter((step) => onlyAt < 0 || step.name === only)
if (steps.length === 0) {
  process.stderr.write(`usage: check.ts [--only ${STEPS.map((step) => step.name).join('|')}]\n`)
  process.exit(2)
}

const failures: string[] = []
for (const { name, command, args } of steps) {
  const last = name === 'test'
  // Said before the suites too, whose closing line then stays the last one.
  if (last && failures.length > 0) process.stderr.write(`FAILED before the suites: ${failures.join(', ')}\n`)
  const result = await runStep(command, args)
  if (!last)
    process.stdout.write(`${result.ok ? 'ok    ' : 'FAILED'} ${name} (${result.seconds.toFixed(1)} s)\n`)
  if (!result.ok) failures.push(name)
}
if (failures.length > 0) process.stderr.write(`FAILED: ${failures.join(', ')}\n`)
process.exit(failures.length === 0 ? 0 : 1)
