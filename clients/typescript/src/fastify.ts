/**
 * Fastify 5.
 *
 * @packageDocumentation
 */
import type { FastifyInstance } from 'fastify'
import { type GuardOptions, type RouteDemand, createGuard } from './http/guard.ts'
import { guardNodeRequest, refusalHeaders } from './http/guard-node.ts'
import type { NodeRequest } from './http/node-request.ts'
import type { RequestVerifier } from './verifier/request-verifier.ts'
import type { Allowed } from './verifier/verification.ts'

/** A request and a reply of Fastify, over whatever it listens on. */
interface AnyRequest {
  readonly raw: NodeRequest
  chancery?: Allowed
}
interface AnyReply {
  code(status: number): AnyReply
  headers(values: Record<string, string>): AnyReply
  send(body: Buffer): unknown
}

/** What `authorize` adds to a route: a hook that runs before the body is parsed. */
export interface AuthorizedRoute {
  readonly preParsing: (
    request: AnyRequest,
    reply: AnyReply,
    payload: NodeJS.ReadableStream,
  ) => Promise<unknown>
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, on routes of `authorize`. */
    chancery?: Allowed
  }
  interface FastifyInstance {
    /** Options for a route: `app.get('/users', app.authorize({ scopes: ['bob.user.read'] }), handler)`. */
    authorize(demand?: RouteDemand): AuthorizedRoute
  }
}

/** Options of {@link chancery}. */
export interface ChanceryPluginOptions extends GuardOptions {
  readonly verifier: RequestVerifier
}

/** The plugin: `await app.register(chancery, { verifier })`. It decorates the instance that it is registered on, and those within. */
export function chancery(
  app: FastifyInstance,
  options: ChanceryPluginOptions,
  done: (error?: Error) => void,
): void {
  app.decorateRequest('chancery')
  app.decorate('authorize', (demand: RouteDemand = {}) => {
    const guard = createGuard(options.verifier, options, demand)
    return {
      preParsing: async (request, reply, payload) => {
        const guarded = await guardNodeRequest(guard, request.raw)
        if ('allowed' in guarded) {
          request.chancery = guarded.allowed
          return payload
        }
        const { status, headers, body } = guarded.refused
        await reply.code(status).headers(refusalHeaders(request.raw, headers)).send(Buffer.from(body))
        return payload
      },
    }
  })
  done()
}

// What fastify-plugin does: the decorators are for the application, and not for a part of it.
Object.assign(chancery, { [Symbol.for('skip-override')]: true })

export type { GuardOptions, RouteDemand } from './http/guard.ts'
