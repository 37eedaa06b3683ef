import { once } from 'node:events'
import { Agent, type ClientRequest, createServer, request } from 'node:http'
import { Agent as TlsAgent, createServer as createTlsServer, request as requestTls } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import express from 'express'
import { createAuthorize } from '../clients/typescript/src/express.ts'
import { openIdentity } from '../clients/typescript/src/identity/client-identity.ts'
import { createRequestSigner } from '../clients/typescript/src/signing/request-signer.ts'
import { createRequestVerifier } from '../clients/typescript/src/verifier/request-verifier.ts'
import { knowingWorld } from '../clients/typescript/test/support/known-world.ts'
import { createStillPorts } from '../clients/typescript/test/support/still-ports.ts'
import { encodePem } from '../src/core/pem.ts'
import {
  FIXTURE_NOW,
  createDecisionContext,
  createDecisionFixture,
} from '../test/support/decision-fixture.ts'
import { createTokenContext, fixtureIssuer, signToken } from '../test/support/token-fixture.ts'
import { median } from './measure.ts'
import type { Row } from './report.ts'
import { makeThrowawayCa } from '../test/support/tls-material.ts'
import { verifyAlone } from './verify-alone.ts'

const REQUESTS = 4000
const ROUNDS = 5
const CONNECTIONS = 16

/** What deciding in a resource server costs: beside the bare check of a signature, and on a route of Express. In processor time of all threads, client included. */
export async function benchResourceServer(scale: number): Promise<Row[]> {
  const count = Math.max(20, Math.ceil((REQUESTS * scale) / ROUNDS))
  const fixture = createDecisionFixture()
  const context = createDecisionContext(fixture, {
    tokens: createTokenContext([fixtureIssuer(fixture.keys)]),
  })
  const ports = createStillPorts(FIXTURE_NOW)
  const verifier = createRequestVerifier({ mode: 'local', ...knowingWorld(() => context), ports })
  const certificate = encodePem('CERTIFICATE', [fixture.client('p256')])
  const identity = await openIdentity({ key: fixture.keys.p256, certificate })
  const signer = createRequestSigner({ identity, now: () => FIXTURE_NOW })
  const url = 'http://bob.example/users/7'
  const sign = async () => (await signer.authorize({ method: 'GET', url })).headers

  const direct = await costsInTurns(count, {
    bare: () => verifyAlone(fixture.keys.p256, 'sha256'),
    whole: async () => {
      const questions = await Promise.all(Array.from({ length: count }, sign))
      return async (i) => {
        const headers = questions[i]!.map(([name, value]) => ({ name, value: Buffer.from(value, 'latin1') }))
        const line = { method: 'GET', target: '/users/7', authority: 'bob.example' }
        const asked = { ...line, headers, body: { kind: 'absent' }, bodyTruncated: false } as const
        const credential = {
          kind: 'http_signature',
          profile: 'rfc9421',
          scheme: 'http',
          request: asked,
        } as const
        const { decision } = await verifier.verify({ credential, requiredScopes: ['bob.user.read'] })
        if (decision !== 'ALLOW') throw new Error('a good request was denied')
      }
    },
  })

  const app = express()
  const answer: express.RequestHandler = (_req, res) => {
    res.json({ ok: true })
  }
  app.get('/open', answer)
  app.get('/users/7', createAuthorize(verifier)({ scopes: ['bob.user.read'] }), answer)
  const listener = app as Parameters<typeof createServer>[1]
  const plain = await listen(createServer(listener))
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const get = (path: string, headers: Headers) =>
    answered(request({ agent, port: plain.port, host: '127.0.0.1', path, headers: withHost(headers) }))
  const authorization = `Bearer ${signToken(fixture.keys, { key: 'token256' })}`

  const host = makeThrowawayCa('Servers').issue({ commonName: 'bob.example' })
  const tls = { key: host.privateKeyPem, cert: host.certificateChainPem, requestCert: true }
  const proved = await listen(createTlsServer({ ...tls, rejectUnauthorized: false }, listener))
  const key = fixture.keys.p256.export({ type: 'pkcs8', format: 'pem' })
  // The connections are kept: what is measured is what each request costs on them. Who the server is has no part in it.
  const shown = { key, cert: certificate, rejectUnauthorized: false, servername: 'bob.example' }
  const tlsAgent = new TlsAgent({ keepAlive: true, maxSockets: CONNECTIONS, ...shown })
  const getTls = (path: string) =>
    answered(
      requestTls({ agent: tlsAgent, port: proved.port, host: '127.0.0.1', path, headers: withHost([]) }),
    )

  const http = await costsInTurns(count, {
    open: () => () => get('/open', []),
    token: () => () => get('/users/7', [['authorization', authorization]]),
    signed: async () => {
      const all = await Promise.all(Array.from({ length: count }, sign))
      return (i) => get('/users/7', all[i]!)
    },
    openTls: () => () => getTls('/open'),
    proved: () => () => getTls('/users/7'),
  })
  for (const end of [agent, tlsAgent]) end.destroy()
  for (const { server } of [plain, proved]) server.close()
  const open = { what: 'the route without it', value: http.open }
  return [
    {
      what: 'RequestVerifier, local: signed request, P-256, certificate known, processor time',
      measured: direct.whole,
      unit: 'us',
      bound: { what: 'crypto.verify', value: direct.bare },
    },
    { what: 'Express route with a token, processor time', measured: http.token, unit: 'us', bound: open },
    {
      what: 'Express route with a signed request, processor time',
      measured: http.signed,
      unit: 'us',
      bound: open,
    },
    {
      what: 'Express route with a certificate that TLS proved, processor time',
      measured: http.proved,
      unit: 'us',
      bound: { what: 'the route without it, over TLS', value: http.openTls },
    },
  ]
}

type Operation = (index: number) => Promise<void>

/** Microseconds of processor time for one operation of each kind, the median of rounds that take turns. What is prepared is not counted. */
async function costsInTurns<Name extends string>(
  count: number,
  kinds: Readonly<Record<Name, () => Operation | Promise<Operation>>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(kinds) as Name[]
  const costs = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of names) {
      const operation = await kinds[name]()
      const before = process.cpuUsage()
      for (let start = 0; start < count; start += CONNECTIONS) {
        const batch = Array.from({ length: Math.min(CONNECTIONS, count - start) }, (_, i) =>
          operation(start + i),
        )
        await Promise.all(batch)
      }
      const { user, system } = process.cpuUsage(before)
      // The first round compiles what the others run.
      if (round > 0) costs.get(name)!.push((user + system) / count)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(costs.get(name)!)])) as Record<Name, number>
}

async function listen(server: Server): Promise<{ readonly server: Server; readonly port: number }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

type Headers = readonly (readonly [string, string])[]

const withHost = (headers: Headers) => Object.fromEntries([['host', 'bob.example'], ...headers])

async function answered(sent: ClientRequest): Promise<void> {
  sent.end()
  const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream & { statusCode?: number }]
  response.resume()
  await once(response, 'end')
  if (response.statusCode !== 200) throw new Error(`a good request was answered ${response.statusCode}`)
}
