import type { Readable, Writable } from 'node:stream'
import type { Environment } from '../config/env.ts'

/** Everything outside that a command touches besides files and the network, so that tests can hand in their own. */
export interface CliIo {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable
  /** What stands in for options that are not given. */
  readonly environment: Environment
  /** Path of the program as it was started. */
  readonly programPath: string
  readonly now: () => Date
  /** Aborted when a person or a supervisor asks the process to end. Until it is asked for, signals end the process as usual. */
  readonly interrupted: () => AbortSignal
}
