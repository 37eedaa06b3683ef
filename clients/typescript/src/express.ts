/**
 * Express 5.
 *
 * @packageDocumentation
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type GuardOptions, type RouteDemand, createGuard } from './http/guard.ts'
import { guardNodeRequest, sendRefusal } from './http/guard-node.ts'
import type { RequestVerifier } from './verifier/request-verifier.ts'
import type { Allowed } from './verifier/verification.ts'

declare global {
  // How Express has its requests extended.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    interface Request {
      /** Who asks, once a handler of `authorize` let the request through. */
      chancery?: Allowed
    }
  }
}

/** A handler as Express, Connect and plain `node:http` take it. */
export type AuthorizeHandler = (
  request: IncomingMessage & { chancery?: Allowed },
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/**
 * Makes `authorize(demand)`, whose handlers let a request through with `req.chancery` set, or answer it. Put them before anything that reads the body: what was signed are its octets.
 * Parsers after them find the body as if nobody had read it.
 *
 * It throws as {@link createGuard} does, when the route is made.
 */
export function createAuthorize(
  verifier: RequestVerifier,
  options: GuardOptions = {},
): (demand?: RouteDemand) => AuthorizeHandler {
  return (demand = {}) => {
    const guard = createGuard(verifier, options, demand)
    return (request, response, next) => {
      guardNodeRequest(guard, request).then((guarded) => {
        if ('refused' in guarded) {
          sendRefusal(request, response, guarded.refused)
          return
        }
        request.chancery = guarded.allowed
        next()
      }, next)
    }
  }
}

export type { GuardOptions, RouteDemand } from './http/guard.ts'
