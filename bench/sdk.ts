import { execFile } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild-wasm'
import { createPackedProject } from '../clients/typescript/test/support/packed-project.ts'
import { createTemporaryFolder } from '../test/support/temporary-folder.ts'
import { median } from './measure.ts'
import type { Row } from './report.ts'

const run = promisify(execFile)
const KIB = 1024
const IMPORTS = 9

/**
 * What the packed TypeScript client weighs, installed as a stranger would: the archive, what is unpacked, what one import loads, what a bundler makes of it, how many packages come
 * with it, and what a cold start pays for it, beside grpc-js alone.
 */
export async function benchSdk(scale: number): Promise<Row[]> {
  const project = await createPackedProject([])
  try {
    const loaded = await loadedModules(project.folder, '@chancery/client')
    const times = Math.max(3, Math.round(IMPORTS * scale))
    const grpc = { what: 'grpc-js alone', value: await coldImport(project.folder, '@grpc/grpc-js', times) }
    return [
      { what: 'Packed', measured: project.packed.size / KIB, unit: 'KiB' },
      {
        what: '  unpacked, with types and the test authority',
        measured: project.packed.unpackedSize / KIB,
        unit: 'KiB',
      },
      { what: '  of its own modules, what one import loads', measured: loaded.ownBytes / KIB, unit: 'KiB' },
      {
        what: 'Bundled for Node, with all that it depends on',
        measured: (await bundle(project.folder, '@chancery/client', false)) / KIB,
        unit: 'KiB',
        bound: { what: 'grpc-js alone', value: (await bundle(project.folder, '@grpc/grpc-js', false)) / KIB },
      },
      {
        what: '  minified',
        measured: (await bundle(project.folder, '@chancery/client', true)) / KIB,
        unit: 'KiB',
        bound: { what: 'grpc-js alone', value: (await bundle(project.folder, '@grpc/grpc-js', true)) / KIB },
      },
      {
        what: 'Packages installed, its own included',
        measured: await countPackages(project.folder),
        unit: 'packages',
      },
      {
        what: 'Cold import, processor time',
        measured: await coldImport(project.folder, '@chancery/client', times),
        unit: 'ms',
        bound: grpc,
      },
    ]
  } finally {
    project.remove()
  }
}

/** Processor time, because that does not wait for others on the machine. The median of several processes. */
async function coldImport(folder: string, name: string, times: number): Promise<number> {
  const code = `const before = process.cpuUsage(); await import('${name}'); const { user, system } = process.cpuUsage(before); console.log((user + system) / 1000)`
  const samples: number[] = []
  for (let time = 0; time < times; time++) samples.push(Number(await evaluate(folder, code)))
  return median(samples)
}

/** What Node reads of the package when it is imported, found by the loader itself. */
async function loadedModules(folder: string, name: string): Promise<{ ownBytes: number }> {
  const code = `import { registerHooks } from 'node:module'
const urls = []
registerHooks({ load(url, context, next) { urls.push(url); return next(url, context) } })
await import('${name}')
console.log(JSON.stringify(urls.filter((url) => url.includes('/${name}/'))))`
  const urls = JSON.parse(await evaluate(folder, code)) as string[]
  const sizes = await Promise.all(urls.map(async (url) => (await stat(new URL(url))).size))
  return { ownBytes: sizes.reduce((sum, size) => sum + size, 0) }
}

/** Octets of all that the package exports in one module, which is imported to see that nothing is missing in it. */
async function bundle(folder: string, name: string, minify: boolean): Promise<number> {
  const entry = join(folder, 'bundled.js')
  await writeFile(entry, `export * from '${name}'`)
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: [entry],
    bundle: true,
    minify,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    // What is CommonJS in it requires modules of Node.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    write: false,
    logLevel: 'silent',
  })
  const { contents } = outputFiles[0]!
  const moved = createTemporaryFolder()
  try {
    await writeFile(moved.file('bundle.mjs'), contents)
    await evaluate(moved.path, `await import('./bundle.mjs')`)
    return contents.length
  } finally {
    moved.remove()
  }
}

async function evaluate(folder: string, code: string): Promise<string> {
  return (await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: folder })).stdout
}

async function countPackages(folder: string): Promise<number> {
  const lock = JSON.parse(await readFile(join(folder, 'node_modules', '.package-lock.json'), 'utf8')) as {
    packages: object
  }
  return Object.keys(lock.packages).length
}
