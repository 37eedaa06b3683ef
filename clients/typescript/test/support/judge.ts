import { type IncomingMessage, type Server, createServer } from 'node:http'
import { once } from 'node:events'
import { encodePem } from '../../../../src/core/pem.ts'
import { decide } from '../../../../src/core/decision/decide.ts'
import type { HttpRequest } from '../../../../src/core/request/http-request.ts'
import {
  FIXTURE_NOW,
  createDecisionContext,
  createDecisionFixture,
  createQuery,
  header,
} from '../../../../test/support/decision-fixture.ts'
import { openIdentity } from '../../src/identity/client-identity.ts'
import { createRequestSigner } from '../../src/signing/request-signer.ts'

const fixture = createDecisionFixture()
// Of all requests of a test file: no nonce is good twice.
const context = createDecisionContext(fixture)

/** A signer as `alice` at the instant of the fixture. */
export async function signAsAlice(profile: 'rfc9421' | 'simple' = 'rfc9421') {
  const identity = await openIdentity({
    key: fixture.keys.p256,
    certificate: encodePem('CERTIFICATE', [fixture.client('p256')]),
  })
  return createRequestSigner({ identity, profile, now: () => FIXTURE_NOW })
}

/** Judges a signed request by the engine of the service: `ALLOW` or the reason. */
export async function judge(request: HttpRequest, scheme: 'http' | 'https'): Promise<string> {
  const isSimple = request.headers.some(({ name }) => name.toLowerCase() === 'x-signature')
  const query = createQuery(isSimple ? { kind: 'simple', request } : { kind: 'rfc9421', request, scheme })
  const decision = await decide(query, context)
  return decision.decision === 'ALLOW' ? 'ALLOW' : String(decision.denyReason)
}

/** What a resource server saw. */
export interface Seen {
  readonly method: string
  readonly target: string
  readonly body: string
  readonly verdict: string
}

/** A plain HTTP server that judges what it is sent by its octets, and answers 200 or 401. `/moved` leads to `/elsewhere`, `/busy` answers 503. */
export interface JudgingServer {
  readonly origin: string
  readonly seen: Seen[]
  close(): void
}

/** Starts a judging server on a free port of the loopback. */
export async function startJudgingServer(): Promise<JudgingServer> {
  const seen: Seen[] = []
  const server: Server = createServer((request, response) => {
    void read(request).then(async (body) => {
      const { method = '', url: target = '', rawHeaders } = request
      const headers = Array.from({ length: rawHeaders.length / 2 }, (_, i) =>
        header(rawHeaders[2 * i]!, rawHeaders[2 * i + 1]!),
      )
      const verdict = await judge(
        {
          method,
          target,
          authority: request.headers.host ?? '',
          headers,
          body: { kind: 'bytes', bytes: body },
          bodyTruncated: false,
        },
        'http',
      )
      seen.push({ method, target, body: body.toString('latin1'), verdict })
      if (target.startsWith('/moved')) response.writeHead(302, { location: '/elsewhere' }).end()
      else if (target.startsWith('/busy')) response.writeHead(503).end()
      else response.writeHead(verdict === 'ALLOW' ? 200 : 401).end(verdict)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    seen,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
