/**
 * Hono 4, on Node and elsewhere.
 *
 * @packageDocumentation
 */
import type { MiddlewareHandler } from 'hono'
import { type Guard, type GuardOptions, type RouteDemand, createGuard } from './http/guard.ts'
import { refusalHeaders } from './http/guard-node.ts'
import { type NodeRequest, hasBody, readNodeRequest } from './http/node-request.ts'
import { needsBody } from './http/received-request.ts'
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

const INCOMPLETE = { kind: 'incomplete' } as const

/** Makes `authorize(demand)`, whose handlers let a request through with `c.get('chancery')` set, or answer it. */
export function createAuthorize(
  verifier: RequestVerifier,
  options: HonoGuardOptions = {},
): (demand?: RouteDemand) => MiddlewareHandler {
  return (demand = {}) => {
    const guard = createGuard(verifier, options, demand)
    return async (c, next) => {
      const incoming = (c.env as { readonly incoming?: NodeRequest } | undefined)?.incoming
      const info = incoming
        ? { remoteAddress: incoming.socket.remoteAddress }
        : options.connection?.(c.req.raw)
      // Under Node, the lines as they came in place of what a `Request` makes of them, which also has no body with GET: one that was sent is not what was signed.
      const exact: Guard | undefined = incoming && {
        ...guard,
        throughProxy: () => guard.throughProxy(readNodeRequest(incoming), incoming.socket.remoteAddress),
        judge: (received, body) =>
          guard.judge(received, body ?? (needsBody(received) && hasBody(incoming) ? INCOMPLETE : undefined)),
      }
      const { guarded, request } = await guardWebRequest(exact ?? guard, c.req.raw, info ?? {})
      if ('refused' in guarded) {
        const { status, headers, body } = guarded.refused
        return new Response(body, { status, headers: incoming ? refusalHeaders(incoming, headers) : headers })
      }
      c.req.raw = request
      c.set('chancery', guarded.allowed)
      await next()
      return undefined
    }
  }
}

export type { GuardOptions, RouteDemand } from './http/guard.ts'
