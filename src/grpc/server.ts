import { type AddressInfo, isIPv6 } from 'node:net'
import { type Server as TlsServer, type TLSSocket, createServer as createTlsServer } from 'node:tls'
import { Server, ServerCredentials as GrpcCredentials } from '@grpc/grpc-js'
import type { Log } from '../authority/ports.ts'
import { DomainError } from '../core/errors.ts'
import {
  MAX_CONCURRENT_STREAMS,
  MAX_GRPC_CONNECTIONS,
  MAX_GRPC_MESSAGE_BYTES,
  MAX_SESSION_MEMORY_MIB,
  TLS_HANDSHAKE_TIMEOUT_MS,
  UNPROVEN_CONNECTION_MS,
} from '../core/limits.ts'
import type { Authenticator } from './authenticate.ts'
import { type CallRegistry, createCallRegistry } from './call-registry.ts'
import type { CallMetrics } from './call-report.ts'
import type { BoundService } from './handler.ts'
import { createAdmission } from './interceptors/admission.ts'
import { type PeerConnections, createPeerConnections } from './peer-connections.ts'
import type { ServerCredentials } from './server-credentials.ts'
import { admitUnknownMethods } from './unknown-methods.ts'

export interface GrpcServerOptions {
  readonly credentials: ServerCredentials
  readonly authenticator: Authenticator
  readonly services: readonly BoundService[]
  readonly log: Log
  readonly metrics: CallMetrics
  readonly newRequestId: () => string
}

export interface Address {
  readonly host: string
  readonly port: number
}

export interface GrpcServer {
  /** Open calls; the composer feeds it with revocations. */
  readonly calls: CallRegistry
  /** Listens, and returns where: port 0 becomes the real one. */
  bind(address: Address): Promise<Address>
  /**
   * Stops: no new connections or calls, streams end with SHUTTING_DOWN, unary calls may finish within `timeoutMs`, then all
   * that is left is cut. Resolves when every connection is closed. Safe to call twice.
   */
  drain(timeoutMs: number): Promise<void>
}

const KEEPALIVE_MS = 60_000
const KEEPALIVE_TIMEOUT_MS = 20_000
const MAX_IDLE_MS = 15 * 60_000

/** How long the last statuses may take to reach their callers when the server stops. */
const FLUSH_MS = 1000

/**
 * Puts the gRPC server together. It has its own TLS listener, because grpc-js has no way to ask for a certificate without
 * also verifying it by Node's rules, to bound handshakes and connections, or to pass on the chain that a peer sent.
 * Decrypted connections go to grpc-js.
 */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const calls = createCallRegistry()
  const connections = createPeerConnections()
  const grpc = createDispatcher(options, calls, connections)
  const injector = grpc.createConnectionInjector(GrpcCredentials.createInsecure())
  const tls = createTlsListener(options.credentials, connections, (socket) => {
    injector.injectConnection(socket)
  })
  let drained: Promise<void> | undefined

  async function drain(timeoutMs: number): Promise<void> {
    const stopping = new DomainError(
      'SHUTTING_DOWN',
      'The service is stopping. Call again later, or another instance.',
    )
    const closed = new Promise<void>((resolve) => tls.close(() => resolve()))
    calls.close(stopping)
    // One turn for what streams have yet to say, such as health's NOT_SERVING.
    await new Promise((resolve) => setImmediate(resolve))
    calls.endStreams(stopping)
    // Says GOAWAY on each connection; what is in flight goes on. The cutting is ours, after the calls have their status.
    injector.drain(timeoutMs + FLUSH_MS)
    await within(timeoutMs, calls.empty())
    calls.endAll(stopping)
    await within(FLUSH_MS, closed)
    connections.destroyAll()
    injector.destroy()
    await closed
    grpc.forceShutdown()
  }

  return {
    calls,
    bind(address) {
      return new Promise((resolve, reject) => {
        tls.once('error', reject)
        tls.listen(address.port, address.host, () => {
          tls.removeListener('error', reject)
          tls.on('error', (err) => {
            options.log.error({ err }, 'gRPC listener failed')
          })
          resolve({ host: address.host, port: (tls.address() as AddressInfo).port })
        })
      })
    },
    drain(timeoutMs) {
      return (drained ??= drain(timeoutMs))
    },
  }
}

function createDispatcher(
  options: GrpcServerOptions,
  registry: CallRegistry,
  connections: PeerConnections,
): Server {
  const known = new Set(
    options.services.flatMap(({ definition }) => Object.values(definition).map((method) => method.path)),
  )
  const server = new Server({
    interceptors: [
      createAdmission({ ...options, registry, connections, isKnownMethod: (path) => known.has(path) }),
    ],
    'grpc.max_receive_message_length': MAX_GRPC_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_GRPC_MESSAGE_BYTES,
    'grpc.max_concurrent_streams': MAX_CONCURRENT_STREAMS,
    'grpc-node.max_session_memory': MAX_SESSION_MEMORY_MIB,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.max_connection_idle_ms': MAX_IDLE_MS,
    // Channelz keeps counters per call that nobody reads here.
    'grpc.enable_channelz': 0,
  })
  for (const { definition, implementation } of options.services) server.addService(definition, implementation)
  admitUnknownMethods(server)
  return server
}

function createTlsListener(
  credentials: ServerCredentials,
  connections: PeerConnections,
  accept: (socket: TLSSocket) => void,
): TlsServer {
  const server = createTlsServer({
    ...credentials.context,
    ALPNProtocols: ['h2'],
    handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS,
    // The handshake proves the key; whose it is, and whether it may call, is decided before each call with a clear answer.
    // No `ca`: the names of our authorities are not sent to strangers, and no client leaves its certificate out over them.
    requestCert: true,
    rejectUnauthorized: false,
  })
  server.maxConnections = MAX_GRPC_CONNECTIONS
  credentials.onSwap((context) => {
    server.setSecureContext(context)
  })
  server.on('secureConnection', (socket) => {
    // Without a listener, a reset by the peer would end the process.
    socket.on('error', () => socket.destroy())
    const connection = connections.add(socket)
    if (connection === undefined) return
    const unproven = setTimeout(() => {
      if (!connection.proven) connection.destroy()
    }, UNPROVEN_CONNECTION_MS)
    socket.once('close', () => {
      clearTimeout(unproven)
    })
    accept(socket)
  })
  return server
}

/** `host:port`, with brackets where IPv6 needs them. */
export function formatAddress({ host, port }: Address): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
}

function within(milliseconds: number, promise: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    void promise.finally(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
