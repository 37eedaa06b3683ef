// Compiles clients/typescript, and what it uses of src/, into its dist/. Runs before `npm pack`, on whatever Node npm runs on.
import { spawnSync } from 'child_process'
import { rmSync } from 'fs'
import { dirname, join } from 'path'
import { fileURLToPath } from 'url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'clients', 'typescript')
rmSync(join(folder, 'dist'), { recursive: true, force: true })
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const result = spawnSync(process.execPath, [tsc, '-p', join(folder, 'tsconfig.build.json')], {
  stdio: 'inherit',
})
process.exit(result.status ?? 1)
