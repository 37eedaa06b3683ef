import { type Server, createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { createAuthorize as createExpressAuthorize } from '../../src/express.ts'
import { chancery } from '../../src/fastify.ts'
import { createAuthorize as createHonoAuthorize } from '../../src/hono.ts'
import type { GuardOptions } from '../../src/http/guard.ts'
import type { RequestVerifier } from '../../src/verifier/request-verifier.ts'

/** A server of one framework, with `POST` and `GET /users/:id` for `bob.user.read`, which answer whom they served and the parsed body, and `/other` for a scope that nobody has. */
export interface GuardedServer {
  readonly port: number
  close(): Promise<void>
}

export type StartServer = (verifier: RequestVerifier, options: GuardOptions) => Promise<GuardedServer>

const READ = { scopes: ['bob.user.read'] }
const OTHER = { scopes: ['bob.admin.all'] }

const startExpress: StartServer = (verifier, options) => {
  const app = express()
  const authorize = createExpressAuthorize(verifier, options)
  app.all('/users/:id', authorize(READ), express.json(), (req, res) => {
    res.json({ client: req.chancery?.principal.clientId, body: req.body as unknown })
  })
  app.all('/other', authorize(OTHER), (_req, res) => {
    res.json({})
  })
  return listen(createServer(app as Parameters<typeof createServer>[1]))
}

const startFastify: StartServer = async (verifier, options) => {
  const app = fastify()
  await app.register(chancery, { verifier, ...options })
  const answer = (request: { chancery?: { principal: { clientId: string } }; body: unknown }) => ({
    client: request.chancery?.principal.clientId,
    body: request.body,
  })
  app.get('/users/:id', app.authorize(READ), answer)
  app.post('/users/:id', app.authorize(READ), answer)
  app.get('/other', app.authorize(OTHER), answer)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() }
}

const startHono: StartServer = async (verifier, options) => {
  const app = new Hono()
  const authorize = createHonoAuthorize(verifier, options)
  app.all('/users/:id', authorize(READ), async (c) => {
    const body: unknown = c.req.method === 'POST' ? await c.req.json() : undefined
    return c.json({ client: c.get('chancery').principal.clientId, body })
  })
  app.all('/other', authorize(OTHER), (c) => c.json({}))
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server
  await once(server, 'listening')
  return closable(server)
}

/** Every framework that there is an adapter for. */
export const FRAMEWORKS: ReadonlyMap<string, StartServer> = new Map([
  ['Express', startExpress],
  ['Fastify', startFastify],
  ['Hono', startHono],
])

async function listen(server: Server): Promise<GuardedServer> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return closable(server)
}

function closable(server: Server): GuardedServer {
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
