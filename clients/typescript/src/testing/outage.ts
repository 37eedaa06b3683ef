import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DomainError } from '../../../../src/core/errors.ts'
import type { Authenticator } from '../../../../src/grpc/authenticate.ts'
import type { MemorySurroundings, RunningAuthority } from './memory-authority.ts'
import { makeMemoryAuthority } from './memory-authority.ts'
import type { Relay } from './relay.ts'

/**
 * How an authority can be away:
 * `refused`, nobody listens; `black-hole`, connections are taken and nothing comes of them; `slow`, every octet comes late; `unavailable`, it answers that it cannot
 * answer; `impostor`, another authority answers in its place, whose TLS certificate nobody trusts; `wrong-clock`, it answers, by a clock that is wrong.
 */
export type Outage =
  | { readonly kind: 'refused' | 'black-hole' | 'unavailable' | 'impostor' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'wrong-clock'; readonly offMs: number }

/** Brings outages on an authority that is reached through relays, and takes them back. */
export interface Outages {
  /** The authority's own clock is wrong by so much. */
  readonly clockOffMs: number
  beforeCall(authenticator: Authenticator): Authenticator
  /** The authority was started: relays lead to it. */
  attach(running: RunningAuthority): void
  /** Takes back the last outage and brings this one. Connections are cut where nobody is left to serve them. */
  begin(outage: Outage): Promise<void>
  end(): Promise<void>
  close(): Promise<void>
}

export function createOutages(
  relays: { readonly grpc: Relay; readonly http: Relay },
  surroundings: Omit<MemorySurroundings, 'beforeCall'>,
): Outages {
  const both = [relays.grpc, relays.http]
  let running: RunningAuthority | undefined
  let current: Outage | undefined
  const opened: { close(): Promise<void> }[] = []

  function attach(next: RunningAuthority): void {
    running = next
    relays.grpc.forwardTo(next.grpcPort)
    relays.http.forwardTo(next.httpPort)
  }

  async function end(): Promise<void> {
    const was = current
    current = undefined
    switch (was?.kind) {
      case 'refused':
      case 'black-hole':
      case 'slow':
        await Promise.all(both.map((relay) => relay.set('carry')))
        break
      case 'impostor':
        if (running !== undefined) attach(running)
        break
      case 'unavailable':
        if (running !== undefined) relays.http.forwardTo(running.httpPort)
        break
      case 'wrong-clock':
      case undefined:
    }
    await Promise.all(opened.splice(0).map((one) => one.close()))
  }

  return {
    get clockOffMs() {
      return current?.kind === 'wrong-clock' ? current.offMs : 0
    },
    beforeCall: (authenticator) => ({
      authenticate: (chainDer) =>
        current?.kind === 'unavailable'
          ? Promise.reject(unavailable())
          : authenticator.authenticate(chainDer),
    }),
    attach,
    async begin(outage) {
      await end()
      current = outage
      switch (outage.kind) {
        case 'refused':
          await Promise.all(both.map((relay) => relay.set('refuse')))
          return
        case 'black-hole':
          await Promise.all(both.map((relay) => relay.set('hold')))
          return
        case 'slow':
          await Promise.all(both.map((relay) => relay.set({ delayMs: outage.delayMs })))
          return
        case 'impostor': {
          const impostor = await (await makeMemoryAuthority(surroundings)).start()
          opened.push(impostor)
          relays.grpc.forwardTo(impostor.grpcPort)
          relays.http.forwardTo(impostor.httpPort)
          return
        }
        case 'unavailable': {
          const server = await startUnavailable()
          opened.push({ close: () => stop(server) })
          relays.http.forwardTo((server.address() as AddressInfo).port)
          // The caller keeps its connection, as it does from a service that loses its database.
          running?.grpc.calls.endStreams(unavailable())
          return
        }
        case 'wrong-clock':
      }
    },
    end,
    async close() {
      await Promise.all(both.map((relay) => relay.close()))
      await Promise.all(opened.splice(0).map((one) => one.close()))
    },
  }
}

function unavailable(): DomainError {
  return new DomainError('SHUTTING_DOWN', 'The test authority was told to be unavailable.')
}

function startUnavailable(): Promise<Server> {
  const server = createServer((_request, response) => response.writeHead(503).end())
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
