import { type Command, CommanderError } from 'commander'
import { CliError } from './cli-error.ts'
import type { CliIo } from './cli-io.ts'
import { type GlobalOptions, type Run, runInContext } from './command-context.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { explainError } from './explain-error.ts'
import { printable } from './format-table.ts'
import { buildProgram } from './program.ts'

/** Runs one command line, `argv` without the program's name, and returns the exit code. Never throws. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.yes
  const run: Run = async (command, verb) => {
    exitCode = await runInContext(io, command.optsWithGlobals<GlobalOptions>(), verb)
  }
  const program = buildProgram(run)
  let complaint = ''
  forEachCommand(program, (command) => {
    command.exitOverride().configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void (complaint += text),
      outputError: (text) => void (complaint += text),
    })
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.yes
    const explained = error instanceof CommanderError ? explainUsage(error, complaint) : explainError(error)
    printError(io, explained, wantsJson(argv))
    return explained.exitCode
  }
}

function forEachCommand(command: Command, visit: (command: Command) => void): void {
  visit(command)
  for (const child of command.commands) forEachCommand(child, visit)
}

function explainUsage(error: CommanderError, complaint: string): CliError {
  // A noun without a verb: what commander wrote is the help of the noun.
  if (error.code === 'commander.help') {
    return new CliError('A verb is missing.', { exitCode: EXIT.usage, advice: `\n${complaint.trimEnd()}` })
  }
  const message = complaint.replace(/^error: /, '').trim() || error.message
  return new CliError(/[.!?)]$/.test(message) ? message : `${message}.`, {
    exitCode: EXIT.usage,
    advice: 'Add --help to see what is accepted, with examples.',
  })
}

/** Errors follow the form that was asked for even when the command line could not be read. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, index) =>
      word === '-ojson' ||
      word === '--output=json' ||
      ((word === '-o' || word === '--output') && argv[index + 1] === 'json'),
  )
}

function printError(io: CliIo, error: CliError, json: boolean): void {
  const { advice, reason, requestId, metadata } = error.details
  if (json) {
    const fields = { message: error.message, reason, advice: advice?.trim(), metadata, request_id: requestId }
    io.stderr.write(`${JSON.stringify({ error: { ...fields, exit_code: error.exitCode } })}\n`)
    return
  }
  const lines = error.message.split('\n').map(printable).join('\n')
  io.stderr.write(`chancery: ${lines}${reason === undefined ? '' : ` [${reason}]`}\n`)
  if (advice !== undefined) io.stderr.write(advice.startsWith('\n') ? `${advice}\n` : `  ${advice}\n`)
  if (requestId !== undefined) io.stderr.write(`  request id: ${printable(requestId)}\n`)
}
