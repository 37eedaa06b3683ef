import { Readable, Writable } from 'node:stream'
import type { CliIo } from '../../src/cli/cli-io.ts'

/** A terminal without a terminal: what a command printed can be read. */
export interface FakeCliIo extends CliIo {
  readonly output: () => string
  readonly errors: () => string
}

/** Makes one. The clock stands still. */
export function fakeCliIo(
  options: {
    readonly stdin?: string
    readonly now?: Date
    readonly environment?: CliIo['environment']
    readonly signal?: AbortSignal
    /** Says that standard input is one. */
    readonly terminal?: boolean
  } = {},
): FakeCliIo {
  const stdout = collectText()
  const stderr = collectText()
  return {
    stdin: Object.assign(Readable.from([Buffer.from(options.stdin ?? '')]), {
      isTTY: options.terminal ?? false,
    }),
    stdout: stdout.stream,
    stderr: stderr.stream,
    environment: options.environment ?? {},
    programPath: 'chancery',
    now: () => options.now ?? new Date('2026-03-01T12:00:00Z'),
    interrupted: () => options.signal ?? new AbortController().signal,
    output: stdout.text,
    errors: stderr.text,
  }
}

function collectText(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') }
}
