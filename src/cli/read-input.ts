import { decodePem } from '../core/pem.ts'
import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { CliError, usageError } from './cli-error.ts'

/** Reads a file, or standard input for `-`, up to `maxBytes`. */
export async function readInput(path: string, stdin: Readable, maxBytes: number): Promise<Buffer> {
  const bytes = path === '-' ? await readStream(stdin, maxBytes) : await readFile(path)
  if (bytes.length > maxBytes)
    throw usageError(`${path === '-' ? 'Standard input' : path} is larger than ${maxBytes} octets.`)
  return bytes
}

/** Reads a body as curl does: the text itself, `@FILE` for a file's octets, `@-` for standard input. */
export async function readData(text: string, stdin: Readable, maxBytes: number): Promise<Buffer> {
  return text.startsWith('@') ? readInput(text.slice(1), stdin, maxBytes) : Buffer.from(text, 'utf8')
}

async function readStream(stdin: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk
    length += bytes.length
    // One more than allowed is enough to know.
    if (length > maxBytes) return Buffer.alloc(maxBytes + 1)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

/** DER blocks of a PEM text with this label, or the bytes themselves when they are DER already. */
export function readPemOrDer(bytes: Buffer, label: string, name: string): readonly Buffer[] {
  if (bytes[0] === 0x30) return [bytes]
  const blocks = decodePem(bytes.toString('latin1'), label)
  if (blocks.length === 0) {
    throw new CliError(`${name} holds no ${label.toLowerCase()}: neither DER nor a PEM block.`, {
      advice: 'Check the path and the format.',
    })
  }
  return blocks
}
