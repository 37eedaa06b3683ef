import { type AuthenticateCallerDependencies, authenticateCaller } from '../authority/authenticate-caller.ts'
import type { Caller, Log } from '../authority/ports.ts'
import { type VerifyDependencies, verifyRequest } from '../authority/verify-request.ts'
import type { Config } from '../config/config.ts'
import { AUTH_SOCKET_CALLER, type ListenAddress } from '../config/value-types.ts'
import { chainOf } from '../grpc/peer-connections.ts'
import { createAuthSocketListener, createAuthTlsListener } from '../http/auth-listener.ts'
import { createAuthRoute } from '../http/auth-request.ts'
import type { TlsSource } from '../http/tls-server.ts'

/** The endpoint for proxies, over mTLS, over a Unix socket, over both, or off. */
export interface AuthDoor {
  /** Returns where it listens over TCP. */
  bind(config: Pick<Config, 'auth' | 'authSocket' | 'authSocketMode'>): Promise<ListenAddress | undefined>
  close(timeoutMs: number): Promise<void>
}

/** What the mode of the socket's file grants: to ask, and nothing else. */
const SOCKET_CALLER: Caller = {
  clientId: AUTH_SOCKET_CALLER,
  scopes: ['chancery.requests.verify'],
  authorityId: '',
  serialNumber: '',
}

/** Puts the auth endpoint before the same use case as VerifyRequest. */
export function createAuthDoor(
  deps: AuthenticateCallerDependencies & VerifyDependencies,
  tls: TlsSource,
  log: Log,
): AuthDoor {
  const route = createAuthRoute({
    authenticate: (chain) =>
      chain === undefined ? Promise.resolve(SOCKET_CALLER) : authenticateCaller(deps, chain),
    decide: (caller, input) => verifyRequest(deps, caller, input),
    log,
  })
  const opened: { close(timeoutMs: number): Promise<void> }[] = []
  return {
    async bind({ auth, authSocket, authSocketMode }) {
      if (authSocket !== undefined) {
        const listener = createAuthSocketListener(route, log)
        await listener.bind(authSocket, Number.parseInt(authSocketMode, 8))
        opened.push(listener)
      }
      if (auth === undefined) return undefined
      const listener = createAuthTlsListener(route, { source: tls, chainOf }, log)
      const address = await listener.bind(auth)
      opened.push(listener)
      return address
    },
    async close(timeoutMs) {
      await Promise.all(opened.splice(0).map((listener) => listener.close(timeoutMs)))
    },
  }
}
