import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const CHANCERY = join(ROOT, 'bin', 'chancery.js')
const START_MS = 60_000
const STOP_MS = 30_000
const KEPT_LOG_CHARACTERS = 4_000

/** A running authority: `chancery serve` in a process of its own. */
export interface AuthorityProcess {
  readonly pid: number
  /** Of gRPC over mTLS, on the loopback interface. */
  readonly port: number
  /** Of the OAuth listener, if the configuration has one. */
  readonly oauthPort: number | undefined
  /** The end of what it wrote to standard error. */
  log(): string
  /** Asks it to stop, and returns its exit code. */
  stop(): Promise<number | null>
  /** Ends it at once, by SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
}

export interface AuthorityOptions {
  readonly dataDir: string
  /** For the Node that runs it. */
  readonly nodeArguments?: readonly string[]
  /** What to start that Node with, such as `taskset`. */
  readonly launcher?: readonly string[]
  readonly logLevel?: 'warn' | 'info'
  /** Of gRPC. Default: one that is free. */
  readonly port?: number
}

/** What surrounds this process must not decide what the authority does. */
function environment(logLevel: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('CHANCERY_'))
  return { ...Object.fromEntries(inherited), CHANCERY_LOG_LEVEL: logLevel }
}

/** Runs one `chancery` command to its end and returns what it printed, read as JSON. */
export async function runChancery(...args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [CHANCERY, ...args, '-o', 'json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment('warn'),
  })
  const output = collect(child)
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  if (code !== 0)
    throw new Error(`chancery ${args[0] ?? ''} ended with ${code ?? signal}: ${output.stderr.trim()}`)
  return JSON.parse(output.stdout)
}

/** Starts the service on the loopback interface, and waits until it serves. */
export async function startAuthority(options: AuthorityOptions): Promise<AuthorityProcess> {
  const { dataDir, nodeArguments = [], launcher = [], logLevel = 'warn', port: wanted = 0 } = options
  const anyPort = '127.0.0.1:0'
  const listen = `127.0.0.1:${wanted}`
  const serve = ['serve', '--data', dataDir, '--listen', listen, '--http', anyPort, '--admin', anyPort]
  const [command, ...args] = [
    ...launcher,
    process.execPath,
    ...nodeArguments,
    CHANCERY,
    ...serve,
    '-o',
    'json',
  ]
  const child = spawn(command, args, {
    cwd: dataDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(logLevel),
  })
  const output = collect(child)
  const closed = once(child, 'close')
  const { grpc, oauth } = await readAddresses(child, output)
  return {
    pid: child.pid!,
    port: portOf(grpc),
    oauthPort: oauth === undefined ? undefined : portOf(oauth),
    log: () => output.stderr,
    async stop() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await closed
      clearTimeout(late)
      return child.exitCode
    },
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
  }
}

interface Output {
  stdout: string
  stderr: string
}

function collect(child: ChildProcess): Output {
  const output: Output = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr = (output.stderr + text).slice(-KEPT_LOG_CHARACTERS)
  })
  return output
}

interface Addresses {
  readonly grpc: string
  readonly oauth?: string
}

const portOf = (address: string) => Number(address.split(':').at(-1))

/** Addresses are printed once all listeners are bound. */
function readAddresses(child: ChildProcess, output: Output): Promise<Addresses> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(late)
      child.kill('SIGKILL')
      reject(new Error(`chancery serve ${why}: ${output.stderr.trim()}`))
    }
    const late = setTimeout(() => fail(`does not serve after ${START_MS} ms`), START_MS)
    child.once('error', (error) => fail(`does not start (${error.message})`))
    child.once('close', (code) => fail(`ended with ${code}`))
    child.stdout?.on('data', () => {
      if (!output.stdout.endsWith('}\n')) return
      clearTimeout(late)
      resolve(JSON.parse(output.stdout) as Addresses)
    })
  })
}
