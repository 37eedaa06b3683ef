import type { Server, Socket } from 'node:net'
import type { Log } from '../authority/ports.ts'

const WARN_EVERY_MS = 60_000

/**
 * Closes connections beyond so many of one peer, as they come and before anything is read of them: who holds as many as a server has would else keep all others out. What is counted is
 * bounded by the connections that the server takes at all.
 */
export function limitPeers(server: Server, maxPerPeer: number, log: Log): void {
  const open = new Map<string, number>()
  let warnedMs = -Infinity

  function refuse(socket: Socket, peer: string): void {
    socket.destroy()
    if (performance.now() - warnedMs < WARN_EVERY_MS) return
    warnedMs = performance.now()
    log.warn(
      { peer, limit: maxPerPeer },
      'a peer has as many connections open as one may: if it is a proxy, raise connectionsPerAddress',
    )
  }

  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket.remoteAddress ?? '')
    const count = open.get(peer) ?? 0
    if (count >= maxPerPeer) {
      refuse(socket, peer)
      return
    }
    open.set(peer, count + 1)
    socket.once('close', () => {
      const left = open.get(peer)! - 1
      if (left === 0) open.delete(peer)
      else open.set(peer, left)
    })
  })
}

/** Whose address it is, as far as that tells: an IPv4 address, or the /64 of an IPv6 address, for one machine has all of that. */
export function peerOf(address: string): string {
  const [withoutZone = ''] = address.split('%')
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(withoutZone)?.[1]
  if (v4 !== undefined || !withoutZone.includes(':')) return v4 ?? withoutZone
  const [front = '', back] = withoutZone.split('::')
  const groups = (text: string | undefined) => (text ? text.split(':') : [])
  const before = groups(front)
  const zeros = back === undefined ? 0 : 8 - before.length - groups(back).length
  const all = [...before, ...Array.from({ length: zeros }, () => '0'), ...groups(back)]
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
