import { type IncomingMessage, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Log } from '../authority/ports.ts'
import { MAX_HTTP_CONNECTIONS, MAX_HTTP_HEADER_BYTES, MAX_HTTP_URL_LENGTH } from '../core/limits.ts'
import { type HttpAnswer, type HttpRoute, plainAnswer } from './answer.ts'
import { close, hasBody, listen, send } from './server-life.ts'

export interface HttpListener {
  /** Listens, and returns where: port 0 becomes the real one. */
  bind(address: { readonly host: string; readonly port: number }): Promise<{ host: string; port: number }>
  /** Takes no new connections, lets answers in progress finish within `timeoutMs`, then cuts what is left. */
  close(timeoutMs: number): Promise<void>
}

const HEADERS_TIMEOUT_MS = 5000
const REQUEST_TIMEOUT_MS = 10_000
const KEEP_ALIVE_TIMEOUT_MS = 5000
const IDLE_TIMEOUT_MS = 30_000
const MAX_HEADERS = 64
const MAX_REQUESTS_PER_CONNECTION = 1000

/**
 * A small HTTP/1.1 server for routes without bodies. Everything that strangers can make it hold is bounded here: URL, header,
 * time to send them, time to read the answer, connections.
 */
export function createHttpListener(route: HttpRoute, log: Log): HttpListener {
  const server = createServer(
    {
      maxHeaderSize: MAX_HTTP_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: 1000,
      requireHostHeader: true,
      insecureHTTPParser: false,
    },
    (request, response) => {
      respond(route, log, request).then(
        (answer) => {
          send(request, response, answer)
        },
        () => response.destroy(),
      )
    },
  )
  server.maxHeadersCount = MAX_HEADERS
  server.maxConnections = MAX_HTTP_CONNECTIONS
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION
  // Counts from the last octet in either direction: whoever stops reading an answer is cut off.
  server.timeout = IDLE_TIMEOUT_MS
  return { bind: (address) => bind(server, address, log), close: (timeoutMs) => close(server, timeoutMs) }
}

async function respond(route: HttpRoute, log: Log, request: IncomingMessage): Promise<HttpAnswer> {
  const url = request.url ?? ''
  const refusal = refuse(request, url)
  if (refusal !== undefined) return refusal
  try {
    return await route({
      method: request.method ?? '',
      path: pathOf(url),
      ifNoneMatch: request.headers['if-none-match'],
      ifModifiedSince: request.headers['if-modified-since'],
    })
  } catch (err) {
    log.error({ err, path: pathOf(url) }, 'HTTP request failed on our side')
    return plainAnswer(500, 'The service failed on this request. Its log has the cause.')
  }
}

/** What is refused before anybody looks at the path. */
function refuse(request: IncomingMessage, url: string): HttpAnswer | undefined {
  if (url.length > MAX_HTTP_URL_LENGTH) return plainAnswer(414, 'The URL is too long.')
  // No artefact has any other character: nothing is decoded, so nothing is decoded twice.
  if (!/^[A-Za-z0-9/._-]+$/.test(pathOf(url))) {
    return plainAnswer(
      400,
      'The path has characters that no artefact has. Queries are not understood either.',
    )
  }
  if (hasBody(request)) return plainAnswer(400, 'A request here has no body.', { connection: 'close' })
  return undefined
}

// The absolute form, which RFC 9112 section 3.2.2 has servers accept.
function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]*/i, '')
}

async function bind(server: Server, address: { readonly host: string; readonly port: number }, log: Log) {
  await listen(server, address, log)
  return { host: address.host, port: (server.address() as AddressInfo).port }
}
