import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type Server, createServer, request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { after, before, describe, it } from 'node:test'
import express from 'express'
import { sha256 } from '../../../src/core/crypto.ts'
import type { Standing } from '../../../src/core/decision/revocation-source.ts'
import {
  createDecisionContext,
  createDecisionFixture,
  FIXTURE_NOW,
} from '../../../test/support/decision-fixture.ts'
import { boundTo, createTokenContext, fixtureIssuer, signToken } from '../../../test/support/token-fixture.ts'
import { encodePem } from '../../../src/core/pem.ts'
import { makeThrowawayCa } from '../../../test/support/tls-material.ts'
import { createAuthorize } from '../src/express.ts'
import { createRequestVerifier } from '../src/verifier/request-verifier.ts'
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

describe('Express with TLS client authentication', () => {
  const ca = makeThrowawayCa('Servers')
  const host = ca.issue({
    commonName: 'bob.example',
    extensions: 'subjectAltName=DNS:bob.example\nextendedKeyUsage=serverAuth',
  })
  let server: Server
  let port: number
  before(async () => {
    const ports = createStillPorts(FIXTURE_NOW)
    const verifier = createRequestVerifier({ mode: 'local', ...knowingWorld(() => context), ports })
    const authorize = createAuthorize(verifier)
    const app = express()
    app.get('/users', authorize({ scopes: ['bob.user.read'] }), (req, res) => {
      res.json({ client: req.chancery?.principal.clientId })
    })
    const tls = {
      key: host.privateKeyPem,
      cert: host.certificateChainPem,
      requestCert: true,
      rejectUnauthorized: false,
    }
    server = createServer(tls, app as Parameters<typeof createServer>[1])
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  const clientTls = (key: 'ed25519' | 'p256' | 'p384') => ({
    key: fixture.keys[key].export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: encodePem('CERTIFICATE', [fixture.client(key)]),
  })

  async function get(agent: Agent, headers: Record<string, string> = {}) {
    const sent = request({
      agent,
      port,
      host: '127.0.0.1',
      servername: 'bob.example',
      ca: ca.certificatePem,
      path: '/users',
      headers,
    })
    sent.end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    let body = ''
    for await (const chunk of response as AsyncIterable<Buffer>) body += chunk.toString()
    const socket = sent.socket as TLSSocket
    return {
      status: response.statusCode,
      challenge: response.headers['www-authenticate'],
      body,
      reused: socket.isSessionReused(),
      port: socket.localPort,
    }
  }

  const revoke = (key: 'ed25519' | 'p256') =>
    revoked.add(Buffer.from(sha256(fixture.client(key))).toString('hex'))

  it('serves whom TLS proved, and answers 401 to who shows nothing, or a certificate of somebody else', async () => {
    const agent = new Agent(clientTls('p384'))
    const served = await get(agent)
    assert.deepEqual([served.status, served.body], [200, '{"client":"alice"}'])
    agent.destroy()
    const nobody = await get(new Agent())
    assert.deepEqual(
      [nobody.status, nobody.challenge],
      [401, 'Signature realm="chancery", Bearer realm="chancery"'],
    )
    const stranger = await get(new Agent({ key: host.privateKeyPem, cert: host.certificateChainPem }))
    assert.equal(stranger.status, 401)
  })

  it('serves a token that is bound to the certificate of the connection, and no other', async () => {
    const bound = signToken(fixture.keys, { claims: boundTo(fixture.client('p384')) })
    const authorization = `Bearer ${bound}`
    assert.equal((await get(new Agent(clientTls('p384')), { authorization })).status, 200)
    assert.equal((await get(new Agent(), { authorization })).status, 401)
    assert.equal((await get(new Agent(clientTls('p256')), { authorization })).status, 401)
  })

  it('stops serving a connection that stays open when its certificate is revoked', async () => {
    const agent = new Agent({ ...clientTls('p256'), keepAlive: true, maxSockets: 1 })
    const first = await get(agent)
    assert.equal(first.status, 200)
    revoke('p256')
    const second = await get(agent)
    assert.equal(second.port, first.port)
    assert.equal(second.status, 401)
    agent.destroy()
  })

  it('stops serving a session that is resumed when its certificate is revoked', async () => {
    const agent = new Agent({ ...clientTls('ed25519'), maxCachedSessions: 10 })
    await get(agent)
    const resumed = await get(agent)
    assert.deepEqual([resumed.reused, resumed.status], [true, 200])
    revoke('ed25519')
    const after = await get(agent)
    assert.deepEqual([after.reused, after.status], [true, 401])
    agent.destroy()
  })
})
