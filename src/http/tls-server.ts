import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Server, type ServerOptions, createServer } from 'node:https'
import { type SecureContextOptions, TLSSocket } from 'node:tls'
import { TLS_HANDSHAKE_TIMEOUT_MS } from '../core/limits.ts'

/** The server's side of TLS, which may get a new certificate while it runs. */
export interface TlsSource {
  readonly context: SecureContextOptions
  onSwap(listener: (context: SecureContextOptions) => void): void
}

/** What a server needs for TLS. */
export interface ServerTls {
  readonly source: TlsSource
  /** The certificates that a peer sent, in its order; none if it showed none. */
  readonly chainOf: (socket: TLSSocket) => readonly Uint8Array[]
}

/**
 * An HTTPS server that asks for a client certificate and goes on with any, or none: the handshake proves the key, and each request asks whose it is
 * (docs/adr/0005).
 */
export function createTlsServer(
  options: ServerOptions,
  { source, chainOf }: ServerTls,
  serve: (request: IncomingMessage, response: ServerResponse, chainDer: readonly Uint8Array[]) => void,
): Server {
  const chains = new WeakMap<TLSSocket, readonly Uint8Array[]>()
  const server = createServer(
    {
      ...options,
      ...source.context,
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const { socket } = request
      serve(request, response, (socket instanceof TLSSocket ? chains.get(socket) : undefined) ?? [])
    },
  )
  server.on('secureConnection', (socket) => {
    // A resumed session proves nothing about intermediates, and we offer no tickets: who claims one is not served.
    if (socket.isSessionReused()) socket.destroy()
    else chains.set(socket, chainOf(socket))
  })
  source.onSwap((context) => {
    server.setSecureContext(context)
  })
  return server
}
