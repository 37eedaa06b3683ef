import { once } from 'node:events'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'

/** Passes octets on between clients and a server, until it is told to fall silent. */
export interface SilentRelay {
  readonly port: number
  /** Passes nothing on any more over the connections that there are, and closes none: as a host does that lost its power. New ones are served. */
  fallSilent(): void
  close(): void
}

/** Listens on a free port of the loopback. */
export async function startSilentRelay(targetPort: number): Promise<SilentRelay> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => sockets.delete(from))
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    fallSilent() {
      for (const socket of sockets) {
        socket.unpipe()
        socket.resume()
      }
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
