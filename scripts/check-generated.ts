/**
 * Does what `scripts/generate.sh` does again into a temporary folder and fails if `src/gen`, or the stubs of a language of `clients/` whose toolchain
 * is here, are anything else.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { ROOT, runStep } from './lib/run-step.ts'

const STUBS = ['go/chanceryv1', 'python/src/chancery/v1', 'java/src/gen']

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}

/** Names of the files of `committed`, a folder of the checkout, that are not what they are in `fresh`. */
function findDifferences(committed: string, fresh: string): readonly string[] {
  const there = join(ROOT, committed)
  const names = new Set([...(existsSync(there) ? listFiles(there) : []), ...listFiles(fresh)])
  return [...names]
    .filter((name) => readIfThere(there, name) !== readIfThere(fresh, name))
    .map((name) => `${committed}/${name}`)
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
  const clients = join(work, 'clients')
  const steps = [
    await runStep('buf', ['generate', '--template', template]),
    await runStep('buf', ['build', '--as-file-descriptor-set', '-o', join(fresh, 'descriptors.binpb')]),
    // Says by itself which languages it leaves out.
    await runStep('scripts/generate-clients.sh', [clients]),
  ]
  const ok = steps.every((step) => step.ok)
  const made = STUBS.filter((folder) => existsSync(join(clients, folder)))
  const differences = ok
    ? [
        ...findDifferences('src/gen', fresh),
        ...made.flatMap((folder) => findDifferences(`clients/${folder}`, join(clients, folder))),
      ]
    : []
  for (const name of differences)
    process.stderr.write(`${name} is not what scripts/generate.sh makes of proto/\n`)
  if (differences.length > 0) process.stderr.write('Run `npm run generate` and commit the result.\n')
  process.exitCode = ok && differences.length === 0 ? 0 : 1
} finally {
  rmSync(work, { recursive: true, force: true })
}
