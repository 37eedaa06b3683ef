import { createInterface } from 'node:readline'
import { usageError } from './cli-error.ts'
import type { CliIo } from './cli-io.ts'

/**
 * Asks a person before something that cannot be undone. Goes on for `y` or `yes` only.
 *
 * @throws {@link CliError} for any other answer, and where nobody can be asked
 */
export async function confirm({ stdin, stderr }: CliIo, question: string): Promise<void> {
  if (stdin.isTTY !== true)
    throw usageError(
      'This cannot be undone, and there is no terminal to ask at.',
      'Give --yes to go on without.',
    )
  stderr.write(`${question} [y/N] `)
  const terminal = createInterface({ input: stdin })
  const answer = await new Promise<string>((resolve) => {
    terminal.once('line', resolve)
    // At the end of the input there is no answer.
    terminal.once('close', () => resolve(''))
  })
  terminal.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw usageError('Nothing was done.')
}
