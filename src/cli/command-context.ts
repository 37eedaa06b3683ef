import type { Command } from 'commander'
import { usageError } from './cli-error.ts'
import type { CliIo } from './cli-io.ts'
import type { ExitCode } from './exit-code.ts'
import type { Json } from './format-json.ts'
import { type Identity, loadIdentity } from '../identity/identity-folder.ts'
import { type RpcClient, connectRpc } from './rpc-client.ts'

/** Where calls go when nothing else is said: what `serve` listens on. */
export const DEFAULT_ADDRESS = 'localhost:8443'

/** What a verb is given besides its own arguments. */
export interface CommandContext {
  readonly io: CliIo
  /** True if `-o json` was asked for. */
  readonly json: boolean
  readonly address: string
  /** How long one call may take. */
  readonly timeoutMs: number
  /** Prints on standard output. */
  print(text: string): void
  /** Prints a remark for people on standard error, so that standard output stays clean for pipes. */
  note(text: string): void
  /** Prints the result in the form that was asked for. */
  printResult(json: () => Json, text: () => string): void
  /** The identity folder that was named. */
  identityDirectory(): string
  identity(): Promise<Identity>
  /** A client for the service as that identity. The context closes it. */
  connect(): Promise<RpcClient>
}

/** Runs a verb: makes its context, and keeps the exit code for the process. */
export type Run = (command: Command, verb: (context: CommandContext) => Promise<ExitCode>) => Promise<void>

/** The options that every verb takes. */
export interface GlobalOptions {
  readonly identity?: string
  readonly address?: string
  readonly output?: 'table' | 'json'
  readonly timeout?: number
}

const DEFAULT_TIMEOUT_SECONDS = 10

/** Runs one verb with a context of its own, and closes what the verb opened. */
export async function runInContext(
  io: CliIo,
  options: GlobalOptions,
  verb: (context: CommandContext) => Promise<ExitCode>,
): Promise<ExitCode> {
  let rpc: RpcClient | undefined
  const address = options.address ?? io.environment['CHANCERY_ADDRESS'] ?? DEFAULT_ADDRESS
  const timeoutMs = (options.timeout ?? DEFAULT_TIMEOUT_SECONDS) * 1000
  const json = options.output === 'json'
  const print = (text: string) => void io.stdout.write(text)
  const identityDirectory = () => {
    const directory = options.identity ?? io.environment['CHANCERY_IDENTITY']
    if (directory !== undefined && directory !== '') return directory
    throw usageError(
      'This command calls the service, and no identity was named.',
      'Give --identity DIR or set CHANCERY_IDENTITY; `chancery init` leaves one for the administrator in DIR/identities/admin.',
    )
  }
  const identity = () => loadIdentity(identityDirectory())
  const context: CommandContext = {
    io,
    json,
    address,
    timeoutMs,
    print,
    note: (text) => void io.stderr.write(text),
    printResult: (toJson, toText) => print(json ? `${JSON.stringify(toJson(), undefined, 2)}\n` : toText()),
    identityDirectory,
    identity,
    connect: async () => {
      rpc ??= connectRpc({
        address,
        identity: await identity(),
        timeoutMs,
      })
      return rpc
    },
  }
  try {
    return await verb(context)
  } finally {
    rpc?.close()
  }
}
