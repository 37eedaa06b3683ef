import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RequestVerifier } from '../clients/typescript/src/index.ts'

/** What each method of Bob's API needs. */
const SCOPES: Readonly<Record<string, string>> = {
  GET: 'bob.user.read',
  PUT: 'bob.user.write',
  DELETE: 'bob.user.delete',
}

/** A resource server that decides by itself, and takes tokens and signatures on the same routes. */
export interface LocalBob {
  readonly origin: string
  close(): Promise<void>
}

/** Starts Bob on a free port of the loopback interface. He answers 200, 401 or 403, 503 without a decision, and says in `x-credential` what he was shown. */
export async function startLocalBob(verifier: RequestVerifier): Promise<LocalBob> {
  const server = createServer((request, response) => {
    serve(verifier, request, response).catch(() => response.writeHead(503).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function serve(
  verifier: RequestVerifier,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const { method = '', url = '', headers, rawHeaders } = request
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
  const { decision, reason } = await verifier.verify({
    requiredScopes: [SCOPES[method] ?? 'bob.nothing'],
    audience: 'bob',
    credential:
      token === undefined
        ? {
            kind: 'http_signature',
            profile: 'unspecified',
            scheme: 'http',
            request: {
              method,
              target: url,
              authority: headers.host ?? '',
              headers: Array.from({ length: rawHeaders.length / 2 }, (_, i) => ({
                name: rawHeaders[2 * i]!,
                value: Buffer.from(rawHeaders[2 * i + 1]!, 'latin1'),
              })),
              body: { kind: 'bytes', bytes: Buffer.concat(chunks) },
              bodyTruncated: false,
            },
          }
        : { kind: 'bearer_token', token, certificate: undefined },
  })
  const status = decision === 'ALLOW' ? 200 : reason === 'SCOPE_INSUFFICIENT' ? 403 : 401
  response.writeHead(status, { 'x-credential': token === undefined ? 'certificate' : 'token' }).end(reason)
}
