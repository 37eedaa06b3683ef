import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Log } from '../authority/ports.ts'
import { MAX_AUTH_HEADER_BYTES, MAX_AUTH_CONNECTIONS } from '../core/limits.ts'
import type { AuthRoute } from './auth-request.ts'
import { close, hasBody, listen, send } from './server-life.ts'
import { type ServerTls, createTlsServer } from './tls-server.ts'

export interface AuthListener {
  close(timeoutMs: number): Promise<void>
}

/** Over TCP with mTLS. */
export interface AuthTlsListener extends AuthListener {
  /** Listens, and returns where: port 0 becomes the real one. */
  bind(address: { readonly host: string; readonly port: number }): Promise<{ host: string; port: number }>
}

/** Over a Unix socket. */
export interface AuthSocketListener extends AuthListener {
  bind(path: string, mode: number): Promise<void>
}

const HEADERS_TIMEOUT_MS = 5000
const REQUEST_TIMEOUT_MS = 10_000
/** Longer than nginx keeps an idle connection (60 s), so that it never sends into one that is just being closed. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000

const HTTP_OPTIONS = {
  maxHeaderSize: MAX_AUTH_HEADER_BYTES,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  connectionsCheckingInterval: 1000,
  requireHostHeader: true,
  insecureHTTPParser: false,
}

/**
 * Serves a route to proxies that show a client certificate. As for gRPC, the handshake proves the key of any certificate, and each request asks
 * whose it is.
 */
export function createAuthTlsListener(route: AuthRoute, tls: ServerTls, log: Log): AuthTlsListener {
  const server = createTlsServer(HTTP_OPTIONS, tls, (request, response, chainDer) => {
    // No chain is no peer that was asked for one, which must never be taken for the Unix socket.
    respond(route, request, response, chainDer)
  })
  bound(server)
  return {
    async bind(address) {
      await listen(server, address, log)
      return { host: address.host, port: (server.address() as AddressInfo).port }
    },
    close: (timeoutMs) => close(server, timeoutMs),
  }
}

/** Serves a route to whoever may open a Unix socket: the mode of the file is the right to ask. */
export function createAuthSocketListener(route: AuthRoute, log: Log): AuthSocketListener {
  const server = createServer(HTTP_OPTIONS, (request, response) => {
    respond(route, request, response, undefined)
  })
  bound(server)
  return {
    async bind(path, mode) {
      await removeStaleSocket(path)
      // The file must not be open to others even for a moment, and it is made before `listen` returns.
      const umask = process.umask(0o777 & ~mode)
      let listening: Promise<void>
      try {
        listening = listen(server, { path }, log)
      } finally {
        process.umask(umask)
      }
      await listening
      chmodSync(path, mode)
    },
    close: (timeoutMs) => close(server, timeoutMs),
  }
}

function bound(server: Server): void {
  server.maxConnections = MAX_AUTH_CONNECTIONS
  // Node drops headers beyond a count without a word. Their size is bounded, and too many are refused later.
  server.maxHeadersCount = 0
}

function respond(
  route: AuthRoute,
  request: IncomingMessage,
  response: ServerResponse,
  chainDer: readonly Uint8Array[] | undefined,
): void {
  const [path = '', ...query] = (request.url ?? '').split('?')
  const withBody = hasBody(request)
  const question = {
    method: request.method ?? '',
    path,
    query: query.join('?'),
    headers: readHeaders(request.rawHeaders),
    hasBody: withBody,
    chainDer,
    peer:
      chainDer === undefined
        ? 'unix'
        : `${request.socket.remoteAddress ?? ''}:${request.socket.remotePort ?? 0}`,
  }
  route(question).then(
    (answer) => {
      // Its body is not read, so nothing can come after it.
      const headers = withBody ? { ...answer.headers, connection: 'close' } : answer.headers
      send(request, response, { ...answer, headers })
    },
    () => response.destroy(),
  )
}

function readHeaders(raw: readonly string[]) {
  return Array.from({ length: raw.length / 2 }, (_, i) => ({
    name: raw[2 * i]!,
    value: Buffer.from(raw[2 * i + 1]!, 'latin1'),
  }))
}

/** After a crash the file is still there. It is removed only if it is a socket and nobody listens on it. */
async function removeStaleSocket(path: string): Promise<void> {
  const isSocket = lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true
  if (!isSocket) return
  const refused = await new Promise<boolean>((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(false)
    })
    probe.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED')
    })
  })
  if (refused) unlinkSync(path)
}
