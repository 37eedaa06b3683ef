import { connect } from 'node:net'

/** An answer as it came over the socket. */
export interface RawAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** Sends octets as they are and reads what comes back until the server ends the connection, or `answers` answers have come. */
export async function sendRaw(
  port: number,
  octets: Buffer | string,
  answers = 1,
): Promise<readonly RawAnswer[]> {
  const socket = connect(port, '127.0.0.1')
  socket.write(octets)
  let text = ''
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      text += chunk.toString('latin1')
      if (parseAnswers(text).length >= answers) break
    }
  } catch {
    // A reset after the answer is the server's way to say that it reads no further.
  } finally {
    socket.destroy()
  }
  return parseAnswers(text)
}

function parseAnswers(text: string): RawAnswer[] {
  const found: RawAnswer[] = []
  let rest = text
  for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
    const [line = '', ...fields] = rest.slice(0, end).split('\r\n')
    const headers = new Map(
      fields.map((field): [string, string] => {
        const at = field.indexOf(':')
        return [field.slice(0, at).toLowerCase(), field.slice(at + 1).trim()]
      }),
    )
    const { size, body } = readBody(rest.slice(end + 4), headers)
    if (size === undefined) return found
    found.push({ status: Number(line.split(' ')[1]), headers, body })
    rest = rest.slice(end + 4 + size)
  }
  return found
}

function readBody(
  rest: string,
  headers: ReadonlyMap<string, string>,
): { size: number | undefined; body: string } {
  if (headers.get('transfer-encoding') === 'chunked') {
    const end = rest.indexOf('0\r\n\r\n')
    if (end < 0) return { size: undefined, body: '' }
    return {
      size: end + 5,
      body: rest
        .slice(0, end)
        .replace(/^[0-9a-f]+\r\n/gm, '')
        .replace(/\r\n/g, ''),
    }
  }
  const length = Number(headers.get('content-length') ?? 0)
  return rest.length < length ? { size: undefined, body: '' } : { size: length, body: rest.slice(0, length) }
}

/** Writes a request of HTTP/1.1 as it is said, and nothing else. */
export function rawRequest(
  line: { readonly method: string; readonly target: string },
  headers: readonly (readonly [string, string])[],
  body = '',
): string {
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${line.method} ${line.target} HTTP/1.1\r\n${fields}\r\n${body}`
}
