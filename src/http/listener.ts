import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Log } from '../authority/ports.ts'
import { MAX_HTTP_CONNECTIONS, MAX_HTTP_HEADER_BYTES, MAX_HTTP_URL_LENGTH } from '../core/limits.ts'
import { type HttpAnswer, type HttpRoute, plainAnswer } from './answer.ts'
import { limitPeers } from './limit-peers.ts'
import { close, hasBody, listen, send } from './server-life.ts'
import { type ServerTls, createTlsServer } from './tls-server.ts'

export interface HttpListener {
  /** Listens, and returns where: port 0 becomes the real one. A peer may have so many connections open; default: all that there are. */
  bind(
    address: { readonly host: string; readonly port: number },
    connectionsPerAddress?: number,
  ): Promise<{ host: string; port: number }>
  /** Takes no new connections, lets answers in progress finish within `timeoutMs`, then cuts what is left. */
  close(timeoutMs: number): Promise<void>
}

/** What a listener lets through beyond plain paths without bodies. */
export interface HttpAllowance {
  /** Paths that may have other characters than artefacts have. */
  readonly path: RegExp
  /** The paths whose requests may have a body, of so many octets. */
  readonly body: { readonly paths: readonly string[]; readonly maxBytes: number }
}

const HEADERS_TIMEOUT_MS = 5000
const REQUEST_TIMEOUT_MS = 10_000
const KEEP_ALIVE_TIMEOUT_MS = 5000
const IDLE_TIMEOUT_MS = 30_000
const MAX_HEADERS = 64
const MAX_REQUESTS_PER_CONNECTION = 1000
const NO_BODY = new Uint8Array()

const HTTP_OPTIONS = {
  maxHeaderSize: MAX_HTTP_HEADER_BYTES,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  connectionsCheckingInterval: 1000,
  requireHostHeader: true,
  insecureHTTPParser: false,
}

/**
 * A small HTTP/1.1 server for routes with small bodies or none. Everything that strangers can make it hold is bounded here: URL, header, body,
 * time to send them, time to read the answer, connections.
 */
export function createHttpListener(
  route: HttpRoute,
  log: Log,
  allowance?: HttpAllowance,
  tls?: ServerTls,
): HttpListener {
  const serve = (request: IncomingMessage, response: ServerResponse, chainDer: readonly Uint8Array[]) => {
    respond(route, log, allowance, request, chainDer).then(
      (answer) => {
        send(request, response, answer)
      },
      () => response.destroy(),
    )
  }
  const server =
    tls === undefined
      ? createServer(HTTP_OPTIONS, (request, response) => {
          serve(request, response, [])
        })
      : createTlsServer(HTTP_OPTIONS, tls, serve)
  server.maxHeadersCount = MAX_HEADERS
  server.maxConnections = MAX_HTTP_CONNECTIONS
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION
  // Counts from the last octet in either direction: whoever stops reading an answer is cut off.
  server.timeout = IDLE_TIMEOUT_MS
  return {
    bind(address, connectionsPerAddress = MAX_HTTP_CONNECTIONS) {
      limitPeers(server, connectionsPerAddress, log)
      return bind(server, address, log)
    },
    close: (timeoutMs) => close(server, timeoutMs),
  }
}

async function respond(
  route: HttpRoute,
  log: Log,
  allowance: HttpAllowance | undefined,
  request: IncomingMessage,
  chainDer: readonly Uint8Array[],
): Promise<HttpAnswer> {
  const url = request.url ?? ''
  const path = pathOf(url)
  // With a query too: the route says what is wrong with one.
  const hasAllowance = allowance?.body.paths.includes(path.replace(/\?.*/, '')) === true
  const maxBytes = hasAllowance ? allowance.body.maxBytes : 0
  const refusal = refuse(request, url, path, maxBytes, allowance?.path)
  if (refusal !== undefined) return refusal
  const body = maxBytes === 0 ? NO_BODY : await readBody(request, maxBytes)
  if (body === undefined) return bodyTooLarge()
  try {
    return await route({
      method: request.method ?? '',
      path,
      ifNoneMatch: request.headers['if-none-match'],
      ifModifiedSince: request.headers['if-modified-since'],
      contentType: request.headers['content-type'],
      authorization: request.headers.authorization,
      origin: request.headers.origin,
      chainDer,
      peer: `${request.socket.remoteAddress ?? ''}:${request.socket.remotePort ?? 0}`,
      body,
    })
  } catch (err) {
    log.error({ err, path }, 'HTTP request failed on our side')
    return plainAnswer(500, 'The service failed on this request. Its log has the cause.')
  }
}

/** What is refused before anybody looks at the path. */
function refuse(
  request: IncomingMessage,
  url: string,
  path: string,
  maxBytes: number,
  allowedPath: RegExp | undefined,
): HttpAnswer | undefined {
  if (url.length > MAX_HTTP_URL_LENGTH) return plainAnswer(414, 'The URL is too long.')
  // No artefact has any other character: nothing is decoded, so nothing is decoded twice. Base64 of OCSP has its own rule.
  if (!/^[A-Za-z0-9/._-]+$/.test(path) && allowedPath?.test(path) !== true) {
    return plainAnswer(
      400,
      'The path has characters that no artefact has. Queries are not understood either.',
    )
  }
  if (hasBody(request) && maxBytes === 0)
    return plainAnswer(400, 'A request here has no body.', { connection: 'close' })
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return bodyTooLarge()
  return undefined
}

/** What is left of the body is not read, so nothing can come after it. */
function bodyTooLarge(): HttpAnswer {
  return plainAnswer(413, 'The body is too large.', { connection: 'close' })
}

/** Reads a body; `undefined` if it has more than so many octets. Rejects if it breaks off. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  const parts: Buffer[] = []
  let length = 0
  // Not destroyed on the way out: the connection still carries the refusal.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length
    if (length > maxBytes) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}

// The absolute form, which RFC 9112 section 3.2.2 has servers accept.
function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]*/i, '')
}

async function bind(server: Server, address: { readonly host: string; readonly port: number }, log: Log) {
  await listen(server, address, log)
  return { host: address.host, port: (server.address() as AddressInfo).port }
}
