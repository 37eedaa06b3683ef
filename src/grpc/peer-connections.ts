import type { TLSSocket } from 'node:tls'
import { MAX_CHAIN_CERTIFICATES } from '../core/limits.ts'

/** The far end of one TLS connection, as the handshake proved it. */
export interface PeerConnection {
  /** The certificate whose key the peer proved, then what it sent along, in the order sent. Empty: it showed none. */
  readonly chainDer: readonly Uint8Array[]
  /** `host:port`, for the log. */
  readonly address: string
  /** True once a call on it was let in. */
  proven: boolean
  /** Cuts the connection at once. */
  destroy(): void
}

/** What identifies a TCP connection while it is open. */
export interface ConnectionEnds {
  readonly localAddress?: string | undefined
  readonly localPort?: number | undefined
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
}

/**
 * Finds the TLS connection that a call came over. grpc-js shows a call the addresses of its connection, and a peer
 * certificate only if Node's own verification passed, which we do not use: a certificate that does not verify shall get a
 * clear gRPC error instead of a TLS alert.
 */
export interface PeerConnections {
  /** Takes over a connection after its handshake; it is forgotten when it closes. */
  add(socket: TLSSocket): PeerConnection | undefined
  find(ends: ConnectionEnds): PeerConnection | undefined
  readonly size: number
  destroyAll(): void
}

export function createPeerConnections(): PeerConnections {
  const open = new Map<string, PeerConnection>()
  return {
    add(socket) {
      const key = keyOf(socket)
      // A resumed session proves nothing about intermediates, and we offer no tickets: who claims one is not served.
      if (key === undefined || socket.isSessionReused()) {
        socket.destroy()
        return undefined
      }
      // Two open connections never share both ends. Should the old one not have been closed yet, it must not speak any
      // more under a name that now means another peer.
      open.get(key)?.destroy()
      const connection: PeerConnection = {
        chainDer: chainOf(socket),
        address: `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`,
        proven: false,
        destroy: () => socket.destroy(),
      }
      open.set(key, connection)
      socket.once('close', () => {
        if (open.get(key) === connection) open.delete(key)
      })
      return connection
    },
    find(ends) {
      const key = keyOf(ends)
      return key === undefined ? undefined : open.get(key)
    },
    get size() {
      return open.size
    },
    destroyAll() {
      for (const connection of [...open.values()]) connection.destroy()
    },
  }
}

function keyOf(ends: ConnectionEnds): string | undefined {
  const { localAddress, localPort, remoteAddress, remotePort } = ends
  if (localAddress === undefined || localPort === undefined) return undefined
  if (remoteAddress === undefined || remotePort === undefined) return undefined
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`
}

/** The certificates of a peer, leaf first; empty if it showed none. */
export function chainOf(socket: TLSSocket): readonly Uint8Array[] {
  // `issuerCertificate` walks the list that the peer sent, in its order and unverified; the bound stops a list made to be long.
  const chain: Uint8Array[] = []
  let certificate = socket.getPeerX509Certificate()
  while (certificate !== undefined && chain.length < MAX_CHAIN_CERTIFICATES) {
    chain.push(certificate.raw)
    certificate = certificate.issuerCertificate
  }
  return chain
}
