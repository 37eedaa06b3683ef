import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { type Server, type Socket, connect, createServer } from 'node:net'

/** What a relay does with connections: carries them, refuses them, takes and resets them, holds them without a word, or carries them late. */
export type RelayMode = 'carry' | 'refuse' | 'reset' | 'hold' | { readonly delayMs: number }

/** An address on the loopback interface that stays the same whatever becomes of what is behind it. */
export interface Relay {
  readonly port: number
  /** How many connections were made so far. */
  readonly connections: number
  /** Where new connections go from now on. Cuts the open ones. */
  forwardTo(port: number): void
  /** Cuts every open connection and treats new ones like this. Resolves when it is so. */
  set(mode: RelayMode): Promise<void>
  close(): Promise<void>
}

const HOST = '127.0.0.1'
// Below the ports that systems give to outgoing connections: one of those could take the address while it refuses.
const FIRST_PORT = 20_000
const LAST_PORT = 32_000
const MAX_ATTEMPTS = 50

export async function openRelay(): Promise<Relay> {
  const sockets = new Set<Socket>()
  let mode: RelayMode = 'carry'
  let target = 0
  let connections = 0

  const server = createServer((socket) => {
    connections += 1
    adopt(socket)
    if (mode === 'hold') return
    if (mode === 'reset') return void socket.resetAndDestroy()
    if (target === 0) return void socket.destroy()
    const upstream = adopt(connect(target, HOST))
    carry(socket, upstream, mode)
    carry(upstream, socket, mode)
  })

  function adopt(socket: Socket): Socket {
    sockets.add(socket)
    socket.setNoDelay(true)
    // Either end may go at any time: that is what a relay of outages is for.
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
    return socket
  }

  function cut(): void {
    for (const socket of sockets) socket.destroy()
  }

  async function stopListening(): Promise<void> {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    cut()
    await closed
  }

  const port = await listenSomewhere(server)
  return {
    port,
    get connections() {
      return connections
    },
    forwardTo(next) {
      target = next
      cut()
    },
    async set(next) {
      mode = next
      cut()
      if (next === 'refuse') await stopListening()
      else if (!server.listening) await listen(server, port)
    },
    close: stopListening,
  }
}

function carry(from: Socket, to: Socket, mode: RelayMode): void {
  const delayMs = typeof mode === 'object' ? mode.delayMs : 0
  from.once('close', () => to.destroy())
  if (delayMs === 0) {
    from.pipe(to)
    return
  }
  const later = (act: () => void) => {
    setTimeout(() => {
      if (!to.destroyed) act()
    }, delayMs)
  }
  from.on('data', (chunk) => {
    later(() => to.write(chunk))
  })
  from.once('end', () => {
    later(() => to.end())
  })
}

/** Listens on a port of the loopback interface that will not be anybody's while the server pauses. */
export async function listenSomewhere(server: Server): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = randomInt(FIRST_PORT, LAST_PORT)
    try {
      await listen(server, port)
      return port
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, HOST)
  await once(server, 'listening')
}
