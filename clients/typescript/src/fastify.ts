/**
 * Fastify 5.
 *
 * @packageDocumentation
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type GuardOptions, type RouteDemand, createGuard } from './http/guard.ts'
import { guardNodeRequest } from './http/guard-node.ts'
import type { RequestVerifier } from './verifier/request-verifier.ts'
import type { Allowed } from './verifier/verification.ts'

/** What `authorize` adds to a route: a hook that runs before the body is parsed. */
export interface AuthorizedRoute {
  readonly preParsing: (
    request: FastifyRequest,
    reply: FastifyReply,
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
        const closes = !request.raw.complete && request.raw.httpVersionMajor < 2
        await reply
          .code(status)
          .headers({ ...headers, ...(closes && { connection: 'close' }) })
          .send(Buffer.from(body))
        return payload
      },
    }
  })
  done()
}

// What fastify-plugin does: the decorators are for the application, and not for a part of it.
Object.assign(chancery, { [Symbol.for('skip-override')]: true })

export type { GuardOptions, RouteDemand } from './http/guard.ts'
