/** Does what `scripts/generate.sh` does again into a temporary folder and fails if `src/gen` is anything else. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { ROOT, runStep } from './lib/run-step.ts'

const COMMITTED = join(ROOT, 'src', 'gen')

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}

function findDifferences(fresh: string): readonly string[] {
  const names = new Set([...listFiles(COMMITTED), ...listFiles(fresh)])
  return [...names].filter((name) => readIfThere(COMMITTED, name) !== readIfThere(fresh, name))
}

function readIfThere(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), 'latin1')
  } catch {
    return undefined
  }
}

const work = mkdtempSync(join(tmpdir(), 'chancery-gen-'))
try {
  const fresh = join(work, 'gen')
  const template = join(work, 'buf.gen.yaml')
  writeFileSync(
    template,
    readFileSync(join(ROOT, 'buf.gen.yaml'), 'utf8').replace(/^(\s*out:).*$/m, `$1 ${JSON.stringify(fresh)}`),
  )
  const stubs = await runStep('buf', ['generate', '--template', template])
  const descriptors = await runStep('buf', [
    'build',
    '--as-file-descriptor-set',
    '-o',
    join(fresh, 'descriptors.binpb'),
  ])
  const ok = stubs.ok && descriptors.ok
  const differences = ok ? findDifferences(fresh) : []
  for (const name of differences)
    process.stderr.write(`src/gen/${name} is not what scripts/generate.sh makes of proto/\n`)
  if (differences.length > 0) process.stderr.write('Run `npm run generate` and commit the result.\n')
  process.exitCode = ok && differences.length === 0 ? 0 : 1
} finally {
  rmSync(work, { recursive: true, force: true })
}
