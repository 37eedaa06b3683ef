import { type Server, type Socket, connect, createServer } from 'node:net'
import { once } from 'node:events'

/** What a relay does with a connection: passes it on, ends it at once, takes it and says nothing, or answers what is no TLS. */
export type RelayMode = 'pass' | 'reset' | 'silent' | 'garbage'

/** A listener of this process before another, which can fail in ways that the other cannot. Its address stays the same. */
export interface Relay {
  readonly address: string
  /** How many connections were made so far. */
  readonly connections: number
  /** From now on; connections that are open are ended, unless they are to go silent. */
  become(mode: RelayMode): void
  /** Where connections are passed on to. */
  pointTo(port: number): void
  close(): void
}

/** Starts a relay on a free port of the loopback. */
export async function startRelay(targetPort: number): Promise<Relay> {
  let mode: RelayMode = 'pass'
  let target = targetPort
  let connections = 0
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    connections += 1
    track(socket)
    if (mode === 'reset') socket.resetAndDestroy()
    else if (mode === 'garbage') socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
    else if (mode === 'pass') join(socket, track(connect(target, '127.0.0.1')))
  })
  function track(socket: Socket): Socket {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    return socket
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    address: `localhost:${address.port}`,
    get connections() {
      return connections
    },
    become(next) {
      mode = next
      for (const socket of sockets) {
        if (next === 'silent') socket.pause().unpipe()
        else socket.destroy()
      }
    },
    pointTo(port) {
      target = port
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function join(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one)
  one.on('close', () => other.destroy())
  other.on('close', () => one.destroy())
}
