import { join } from 'node:path'
import { runCli } from '../../src/cli/run-cli.ts'
import { type Service, startService } from '../../src/compose.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { type FakeCliIo, fakeCliIo } from './fake-cli-io.ts'

/** What one command did. */
export interface CliResult {
  readonly exitCode: number
  readonly output: string
  readonly errors: string
}

/** A running service with its administrator, and a command line that talks to it. */
export interface CliService {
  readonly dataDir: string
  readonly service: Service
  readonly address: string
  /** Runs a command as the administrator, unless it names another identity. */
  run(argv: readonly string[], io?: FakeCliIo): Promise<CliResult>
  /** The same with `-o json`; fails unless the command succeeds. */
  json(argv: readonly string[]): Promise<unknown>
}

/** Runs a command line in this process, on the real clock: certificates and lists are made by it. */
export async function runCommand(
  argv: readonly string[],
  io = fakeCliIo({ now: new Date() }),
): Promise<CliResult> {
  const exitCode = await runCli(argv, io)
  return { exitCode, output: io.output(), errors: io.errors() }
}

/** Makes an authority in a folder and starts it on free ports of loopback. */
export async function startCliService(folder: string): Promise<CliService> {
  const dataDir = join(folder, 'authority')
  const init = await runCommand(['init', '--data', dataDir, '--trust-domain', 'example.test'])
  if (init.exitCode !== 0) throw new Error(init.errors)
  const options = { data: dataDir, listen: '127.0.0.1:0', http: '127.0.0.1:0', admin: '127.0.0.1:0' }
  const service = await startService(
    await loadConfig({ options, environment: { CHANCERY_LOG_LEVEL: 'silent' } }),
  )
  const address = service.grpcAddress
  const run: CliService['run'] = (argv, io) => {
    const identity = argv.includes('--identity') ? [] : ['--identity', join(dataDir, 'identities', 'admin')]
    return runCommand([...argv, ...identity, '--address', address], io)
  }
  return {
    dataDir,
    service,
    address,
    run,
    json: async (argv) => {
      const { exitCode, output, errors } = await run([...argv, '-o', 'json'])
      if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${errors}`)
      return JSON.parse(output) as unknown
    },
  }
}
