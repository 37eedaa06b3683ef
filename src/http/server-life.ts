import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { ListenOptions } from 'node:net'
import type { Log } from '../authority/ports.ts'
import type { HttpAnswer } from './answer.ts'

/** Listens; rejects if that fails. What goes wrong later is logged. */
export function listen(server: Server, where: ListenOptions, log: Log): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.removeListener('error', reject)
      server.on('error', (err) => {
        log.error({ err }, 'HTTP listener failed')
      })
      resolve()
    })
  })
}

/** Takes no new connections, lets answers in progress finish within `timeoutMs`, then cuts what is left. */
export function close(server: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.closeAllConnections()
    }, timeoutMs)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}

/** Sends an answer, without its body where HTTP has none. */
export function send(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  response.writeHead(answer.status, {
    'x-content-type-options': 'nosniff',
    // 304 has no body of its own, and a length would speak of another one: RFC 9110 section 8.6.
    ...(answer.status === 304 ? {} : { 'content-length': body.length }),
    ...answer.headers,
  })
  if (request.method === 'HEAD' || answer.status === 304) response.end()
  else response.end(body)
}

/** True if a body follows the header. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}
