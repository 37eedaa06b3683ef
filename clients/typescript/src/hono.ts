/**
 * Hono 4, on Node and elsewhere.
 *
 * @packageDocumentation
 */
import type { IncomingMessage } from 'node:http'
import type { MiddlewareHandler } from 'hono'
import { type GuardOptions, type RouteDemand, createGuard } from './http/guard.ts'
import { readNodeRequest } from './http/node-request.ts'
import { type ConnectionInfo, guardWebRequest } from './web.ts'
import type { RequestVerifier } from './verifier/request-verifier.ts'
import type { Allowed } from './verifier/verification.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Who asks, after a handler of `authorize`. */
    chancery: Allowed
  }
}

/** Options of {@link createAuthorize}. */
export interface HonoGuardOptions extends GuardOptions {
  /** What is known of the connection of a request. Not asked under `@hono/node-server`, whose own request says more. */
  readonly connection?: ((request: Request) => ConnectionInfo) | undefined
}

/** Makes `authorize(demand)`, whose handlers let a request through with `c.get('chancery')` set, or answer it. */
export function createAuthorize(
  verifier: RequestVerifier,
  options: HonoGuardOptions = {},
): (demand?: RouteDemand) => MiddlewareHandler {
  return (demand = {}) => {
    const guard = createGuard(verifier, options, demand)
    return async (c, next) => {
      const incoming = (c.env as { readonly incoming?: IncomingMessage } | undefined)?.incoming
      const info = incoming
        ? { remoteAddress: incoming.socket.remoteAddress }
        : options.connection?.(c.req.raw)
      // Under Node, the lines as they came in place of what a `Request` makes of them.
      const exact = incoming && {
        ...guard,
        throughProxy: () => guard.throughProxy(readNodeRequest(incoming), incoming.socket.remoteAddress),
      }
      const { guarded, request } = await guardWebRequest(exact ?? guard, c.req.raw, info ?? {})
      if ('refused' in guarded) {
        const { status, headers, body } = guarded.refused
        return new Response(body, { status, headers })
      }
      c.req.raw = request
      c.set('chancery', guarded.allowed)
      await next()
      return undefined
    }
  }
}

export type { GuardOptions, RouteDemand } from './http/guard.ts'
