import { EXIT, type ExitCode } from './exit-code.ts'

/** What goes with the sentence that says what failed and why. */
export interface CliErrorDetails {
  readonly exitCode?: ExitCode
  /** One sentence: what to do. */
  readonly advice?: string
  /** The service's `ErrorReason`, when the service refused; else a name of our own. */
  readonly reason?: string
  /** Under which the service logged the call. */
  readonly requestId?: string
  /** Ids and limits that belong to the reason. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** A command that ends without having done its work. `message` is one sentence: what failed, and why. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: ExitCode
  readonly details: CliErrorDetails

  constructor(message: string, details: CliErrorDetails = {}) {
    super(message)
    this.exitCode = details.exitCode ?? EXIT.failure
    this.details = details
  }
}

/** A command line that cannot be meant. */
export function usageError(message: string, advice?: string): CliError {
  return new CliError(message, { exitCode: EXIT.usage, ...(advice === undefined ? {} : { advice }) })
}
