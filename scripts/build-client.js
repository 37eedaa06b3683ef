// Compiles clients/typescript, and what it uses of src/, into its dist/, and makes its docs/api of the doc comments. Runs before `npm pack`, on whatever Node npm runs on.
import { spawn } from 'child_process'
import { rmSync } from 'fs'
import { dirname, join } from 'path'
import { fileURLToPath } from 'url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'clients', 'typescript')

/** Runs a tool of the checkout to its end; both at once, because each takes seconds and a core. */
function run(tool, ...args) {
  const child = spawn(process.execPath, [join(root, 'node_modules', ...tool), ...args], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  })
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
}

for (const made of ['dist', 'docs']) rmSync(join(folder, made), { recursive: true, force: true })
const codes = await Promise.all([
  run(['typescript', 'bin', 'tsc'], '-p', 'tsconfig.build.json'),
  run(['typedoc', 'bin', 'typedoc'], '--options', 'typedoc.json'),
])
process.exit(Math.max(...codes))
