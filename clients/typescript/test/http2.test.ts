import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type SecureServerOptions,
  connect,
  constants,
  createSecureServer,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, it } from 'node:test'
import { serve } from '@hono/node-server'
import fastify from 'fastify'
import { Hono } from 'hono'
import { sha256 } from '../../../src/core/crypto.ts'
import type { Standing } from '../../../src/core/decision/revocation-source.ts'
import { encodePem } from '../../../src/core/pem.ts'
import {
  createDecisionContext,
  createDecisionFixture,
  FIXTURE_NOW,
} from '../../../test/support/decision-fixture.ts'
import { boundTo, createTokenContext, fixtureIssuer, signToken } from '../../../test/support/token-fixture.ts'
import { makeThrowawayCa } from '../../../test/support/tls-material.ts'
import { chancery } from '../src/fastify.ts'
import { createAuthorize as createHonoAuthorize } from '../src/hono.ts'
import type { GuardOptions } from '../src/http/guard.ts'
import { openIdentity } from '../src/identity/client-identity.ts'
import { createRequestSigner } from '../src/signing/request-signer.ts'
import { type RequestVerifier, createRequestVerifier } from '../src/verifier/request-verifier.ts'
import type { Verification } from '../src/verifier/verification.ts'
import { knowingWorld } from './support/known-world.ts'
import { createStillPorts } from './support/still-ports.ts'

const fixture = createDecisionFixture()
const revoked = new Set<string>()
const good = createDecisionContext(fixture).revocation
const context = createDecisionContext(fixture, {
  tokens: createTokenContext([fixtureIssuer(fixture.keys)]),
  revocation: {
    ...good,
    standing: (link): Standing =>
      revoked.has(Buffer.from(link.sha256).toString('hex'))
        ? { standing: 'revoked', reason: 'keyCompromise', revokedAt: FIXTURE_NOW }
        : good.standing(link),
  },
})

const MAX_BODY = 1000
const BODY = '{"name":"Eve"}'
const seen: Verification[] = []

type Start = (
  tls: SecureServerOptions,
  verifier: RequestVerifier,
  options: GuardOptions,
) => Promise<{ readonly port: number; close(): unknown }>

const DEMAND = { scopes: ['bob.user.read'] }

const startFastify: Start = async (https, verifier, options) => {
  const app = fastify({ http2: true, https })
  await app.register(chancery, { verifier, ...options })
  app.get('/users/:id', app.authorize(DEMAND), (request) => ({
    client: request.chancery?.principal.clientId,
  }))
  app.post('/users/:id', app.authorize(DEMAND), (request) => ({
    client: request.chancery?.principal.clientId,
    body: request.body,
  }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() }
}

const startHono: Start = async (serverOptions, verifier, options) => {
  const app = new Hono()
  const authorize = createHonoAuthorize(verifier, options)
  app.all('/users/:id', authorize(DEMAND), async (c) => {
    const body: unknown = c.req.method === 'POST' ? await c.req.json() : undefined
    return c.json({ client: c.get('chancery').principal.clientId, body })
  })
  const server = serve({
    fetch: app.fetch,
    port: 0,
    hostname: '127.0.0.1',
    createServer: createSecureServer,
    serverOptions,
  })
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

for (const [name, start] of [
  ['Fastify', startFastify],
  ['Hono', startHono],
] as const) {
  describe(`${name} over HTTP/2 with TLS client authentication`, () => {
    const ca = makeThrowawayCa('Servers')
    const host = ca.issue({
      commonName: 'bob.example',
      extensions: 'subjectAltName=DNS:bob.example\nextendedKeyUsage=serverAuth',
    })
    let server: Awaited<ReturnType<Start>>
    const sessions: ClientHttp2Session[] = []

    before(async () => {
      const ports = createStillPorts(FIXTURE_NOW)
      revoked.clear()
      server = await start(
        {
          key: host.privateKeyPem,
          cert: host.certificateChainPem,
          requestCert: true,
          rejectUnauthorized: false,
        },
        createRequestVerifier({ mode: 'local', ...knowingWorld(() => context), ports }),
        {
          audience: 'bob',
          maxBodyBytes: MAX_BODY,
          bodyTimeoutMs: 300,
          onDecision: (verification) => seen.push(verification),
        },
      )
    })
    after(async () => {
      for (const session of sessions) session.destroy()
      await server.close()
    })
    beforeEach(() => {
      seen.length = 0
    })

    function dial(key?: 'ed25519' | 'p256' | 'p384'): ClientHttp2Session {
      const session = connect(`https://127.0.0.1:${server.port}`, {
        servername: 'bob.example',
        ca: ca.certificatePem,
        ...(key && {
          key: fixture.keys[key].export({ type: 'pkcs8', format: 'pem' }) as string,
          cert: encodePem('CERTIFICATE', [fixture.client(key)]),
        }),
      })
      sessions.push(session)
      return session
    }

    const GET = { ':method': 'GET', ':path': '/users/7?full=1', ':authority': 'bob.example' }
    const POST = { ...GET, ':method': 'POST', 'content-type': 'application/json' }

    /** The header fields of a request that alice signs. */
    async function sign(fields: typeof GET, body?: string): Promise<OutgoingHttpHeaders> {
      const identity = await openIdentity({
        key: fixture.keys.p256,
        certificate: encodePem('CERTIFICATE', [fixture.client('p256')]),
      })
      const signer = createRequestSigner({ identity, now: () => FIXTURE_NOW })
      const url = `https://${fields[':authority']}${fields[':path']}`
      const { headers } = await signer.authorize({ method: fields[':method'], url, body })
      return { ...fields, ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])) }
    }

    async function readAnswer(stream: ClientHttp2Stream) {
      const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders & { ':status': number }]
      let body = ''
      for await (const chunk of stream as AsyncIterable<Buffer>) body += chunk.toString()
      return { status: headers[':status'], body, reason: seen[0]?.reason, headers }
    }

    function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string | Buffer) {
      seen.length = 0
      const stream = session.request(headers, { endStream: body === undefined })
      if (body !== undefined) stream.end(body)
      return readAnswer(stream)
    }

    it('serves what was signed, and hands on the body that was', async () => {
      const session = dial()
      const read = await ask(session, await sign(GET))
      assert.deepEqual([read.status, read.body], [200, '{"client":"alice"}'])
      const halves = session.request(await sign(POST, BODY), { endStream: false })
      halves.write(BODY.slice(0, 5))
      setImmediate(() => halves.end(BODY.slice(5)))
      assert.equal((await readAnswer(halves)).body, `{"client":"alice","body":${BODY}}`)
      const written = await ask(session, await sign(POST, BODY), BODY)
      assert.deepEqual([written.status, written.body], [200, `{"client":"alice","body":${BODY}}`])
    })

    it('judges authority, path and body as they were sent', async () => {
      const session = dial()
      for (const change of [
        { ':authority': 'mallory.example' },
        { ':path': '/users/7?full=2' },
        { ':path': '/users/8?full=1' },
      ]) {
        const { status, reason } = await ask(session, { ...(await sign(GET)), ...change })
        assert.deepEqual([status, reason], [401, 'SIGNATURE_INVALID'])
      }
      const other = await ask(session, await sign(POST, BODY), BODY.replace('Eve', 'Bob'))
      assert.deepEqual([other.status, other.reason], [401, 'DIGEST_MISMATCH'])
      const added = await ask(session, await sign(GET), BODY)
      assert.deepEqual(
        [added.status, added.reason],
        [401, name === 'Hono' ? 'BODY_TRUNCATED' : 'COVERAGE_INSUFFICIENT'],
      )
      const second = { ...(await sign(GET)), host: 'mallory.example' }
      assert.equal((await ask(session, second)).status, 401)
      const served = await ask(session, await sign(GET))
      assert.equal(served.status, 200)
      assert.equal(session.destroyed, false)
    })

    it('serves the certificate of the connection until it is revoked, and a token only where it is bound to it', async () => {
      const session = dial('p384')
      const headers = {
        ...GET,
        authorization: `Bearer ${signToken(fixture.keys, { claims: boundTo(fixture.client('p384')) })}`,
      }
      assert.equal((await ask(session, GET)).body, '{"client":"alice"}')
      assert.equal((await ask(session, headers)).status, 200)
      assert.equal((await ask(dial('ed25519'), headers)).reason, 'TOKEN_BINDING_MISMATCH')
      assert.equal((await ask(dial(), headers)).status, 401)
      revoked.add(Buffer.from(sha256(fixture.client('p384'))).toString('hex'))
      const { status, reason } = await ask(session, GET)
      assert.deepEqual([status, reason], [401, 'CERTIFICATE_REVOKED'])
    })

    it('says what is accepted to who shows nothing', async () => {
      const { status, headers, body } = await ask(dial(), GET)
      assert.equal(status, 401)
      assert.equal(headers['www-authenticate'], 'Signature realm="chancery", Bearer realm="chancery"')
      assert.equal((JSON.parse(body) as { code: string }).code, 'CREDENTIAL_REFUSED')
    })

    it('refuses a signed body that is too large, too slow or cut off, and serves the next request of the connection', async () => {
      const session = dial()
      const large = 'x'.repeat(MAX_BODY + 1)
      const announced = { ...(await sign(POST, large)), 'content-length': String(large.length) }
      for (const headers of [announced, await sign(POST, large)]) {
        const { status, body } = await ask(session, headers, large)
        assert.equal(status, 413)
        assert.equal((JSON.parse(body) as { code: string }).code, 'BODY_TOO_LARGE')
      }
      const cut = session.request(await sign(POST, BODY), { endStream: false })
      cut.write('{"name":')
      await new Promise((resolve) => setImmediate(resolve))
      cut.close(constants.NGHTTP2_NO_ERROR)
      await once(cut, 'close')
      assert.equal((await ask(session, await sign(GET))).status, 200)
      const slow = session.request(await sign(POST, BODY), { endStream: false })
      slow.write('{')
      assert.equal((await readAnswer(slow)).status, 408)
      assert.equal((await ask(session, await sign(GET))).status, 200)
    })
  })
}
