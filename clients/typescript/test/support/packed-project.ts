import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTemporaryFolder } from '../../../../test/support/temporary-folder.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '..', '..', '..', '..')
const CLIENT = join(ROOT, 'clients', 'typescript')
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024

/** What `npm pack` says of the package. */
export interface Packed {
  readonly filename: string
  /** Octets of the archive. */
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

/** A project of somebody else's: outside the repository, with the packed package and TypeScript. */
export interface PackedProject {
  readonly folder: string
  readonly packed: Packed
  write(name: string, text: string): Promise<void>
  /** Compiles all `.ts` files of the folder into `out`. Rejects with what the compiler says. */
  compile(): Promise<void>
  /** Runs a file of the folder; rejects with all that it wrote if it fails. */
  run(node: string, ...args: readonly string[]): Promise<string>
  remove(): void
}

/** Packs the package and installs it into a new folder, beside `dependencies` in the versions of this repository. */
export async function createPackedProject(dependencies: readonly string[]): Promise<PackedProject> {
  const temporary = createTemporaryFolder()
  const folder = temporary.path
  const npm = async (cwd: string, ...args: readonly string[]) => (await execute('npm', args, cwd)).stdout
  const packing = await npm(CLIENT, 'pack', '--json', '--pack-destination', folder)
  const [packed] = JSON.parse(packing) as [Packed]
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string } | undefined>
  }
  const versionOf = (name: string) => lock.packages[`node_modules/${name}`]!.version
  const manifest = {
    name: 'somebody-elses',
    private: true,
    type: 'module',
    dependencies: {
      '@chancery/client': `file:${packed.filename}`,
      ...Object.fromEntries(dependencies.map((name) => [name, versionOf(name)])),
    },
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(COMPILER))
  // What `npm ci` of this repository fetched is in npm's cache; the rest, if anything, comes from the registry.
  await npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts')
  return {
    folder,
    packed,
    async write(name, text) {
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, name), text)
    },
    async compile() {
      await execute(process.execPath, [join(folder, 'node_modules', 'typescript', 'bin', 'tsc')], folder)
    },
    run: async (node, ...args) => (await execute(node, args, folder)).stdout,
    remove: () => temporary.remove(),
  }
}

/** As strict as it gets, types of dependencies included. */
const COMPILER = {
  compilerOptions: {
    strict: true,
    skipLibCheck: false,
    target: 'es2022',
    lib: ['es2023', 'dom'],
    module: 'nodenext',
    types: ['node'],
    outDir: 'out',
    rootDir: '.',
  },
  include: ['*.ts'],
}

async function execute(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<{ stdout: string; stderr: string }> {
  const env = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_TEST_CONTEXT$|CHANCERY_)/.test(name),
  )
  try {
    return await run(command, [...args], { cwd, env: Object.fromEntries(env), maxBuffer: MAX_OUTPUT_BYTES })
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string }
    throw new Error(`${message}\n${stdout}${stderr}`, { cause: error })
  }
}

/** Blocks of TypeScript with a `title` in a page of markdown: names and texts of files. */
export function titledBlocks(markdown: string): ReadonlyMap<string, string> {
  const blocks = markdown.matchAll(/^```ts title="([\w.-]+)"\n(.*?)^```$/gms)
  return new Map([...blocks].map(([, name, text]) => [name!, text!]))
}
