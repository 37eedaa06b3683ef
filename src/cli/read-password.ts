import { readInput } from './read-input.ts'
import type { CliIo } from './cli-io.ts'
import { usageError } from './cli-error.ts'

const MAX_PASSWORD_BYTES = 1024

/**
 * Reads a password from a file, from standard input (`-`), or by asking twice at a terminal without showing it. Never from
 * the command line, which every user of the machine can read, and never an empty one.
 */
export async function readPassword(io: CliIo, file: string | undefined): Promise<string> {
  const password = file === undefined ? await askTwice(io) : await readLine(io, file)
  if (password === '') throw usageError('The password is empty.', 'Choose one that is hard to guess.')
  return password
}

async function readLine(io: CliIo, file: string): Promise<string> {
  const text = (await readInput(file, io.stdin, MAX_PASSWORD_BYTES)).toString('utf8')
  return text.replace(/\r?\n$/, '')
}

async function askTwice(io: CliIo): Promise<string> {
  const { stdin } = io
  if (!isTerminal(stdin)) {
    throw usageError(
      'There is no terminal to ask for the password.',
      'Give --password-file FILE, or `-` to pipe it in.',
    )
  }
  const first = await ask(io, stdin, 'Password: ')
  if ((await ask(io, stdin, 'Again: ')) !== first) throw usageError('The two passwords differ.')
  return first
}

type Terminal = CliIo['stdin'] & { setRawMode(raw: boolean): unknown }

function isTerminal(stdin: CliIo['stdin']): stdin is Terminal {
  return stdin.isTTY === true && 'setRawMode' in stdin
}

function ask(io: CliIo, terminal: Terminal, prompt: string): Promise<string> {
  io.stderr.write(prompt)
  terminal.setRawMode(true)
  terminal.setEncoding('utf8')
  terminal.resume()
  return new Promise((resolve, reject) => {
    let typed = ''
    const finish = (settle: () => void) => {
      terminal.off('data', take)
      terminal.setRawMode(false)
      terminal.pause()
      io.stderr.write('\n')
      settle()
    }
    const take = (chunk: string) => {
      for (const character of chunk) {
        if (character === '\r' || character === '\n') {
          finish(() => resolve(typed))
          return
        }
        // Ctrl-C and Ctrl-D, which raw mode hands over instead of acting on.
        if (character === '\u0003' || character === '\u0004') {
          finish(() => reject(usageError('No password was given.')))
          return
        }
        typed = character === '\u007f' || character === '\b' ? typed.slice(0, -1) : typed + character
      }
    }
    terminal.on('data', take)
  })
}
