import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RpcClient } from '../src/cli/rpc-client.ts'
import {
  AuthorizationServiceService,
  Decision,
  DenyReason,
  VerifyRequestRequest,
  type VerifyRequestResponse,
} from '../src/gen/chancery/v1/authorization_service.ts'

const MAX_BODY_BYTES = 64 * 1024

/** What each method of Bob's API needs. */
const SCOPES = new Map([
  ['GET', 'bob.user.read'],
  ['PUT', 'bob.user.write'],
  ['DELETE', 'bob.user.delete'],
])

/** Denials of someone who is known, and still may not do this. */
const FORBIDDEN: ReadonlySet<DenyReason> = new Set([
  DenyReason.DENY_REASON_AUDIENCE_MISMATCH,
  DenyReason.DENY_REASON_SCOPE_INSUFFICIENT,
])

/** A small HTTP server that serves nothing before it has asked the authority. */
export interface Bob {
  readonly origin: string
  /** The authority's last answer, once. Its reason is for Bob's log: those whom he refuses learn the status only. */
  takeDecision(): VerifyRequestResponse | undefined
  close(): Promise<void>
}

export async function startBob(rpc: RpcClient): Promise<Bob> {
  let lastDecision: VerifyRequestResponse | undefined
  const ask = async (request: VerifyRequestRequest) => {
    lastDecision = await rpc.call(AuthorizationServiceService.verifyRequest, request)
    return lastDecision
  }
  const server = createServer((request, response) => {
    // No decision is no permission.
    serve(request, response, ask).catch(() => response.writeHead(503).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    takeDecision() {
      const taken = lastDecision
      lastDecision = undefined
      return taken
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  ask: (request: VerifyRequestRequest) => Promise<VerifyRequestResponse>,
): Promise<void> {
  const { body, truncated } = await readBody(request)
  const scope = SCOPES.get(request.method ?? '')
  if (scope === undefined) return void response.writeHead(405).end()
  const { localAddress, localPort } = request.socket
  const authority = `${localAddress}:${localPort}`
  // What was signed for another server is not for Bob.
  if (request.headers.host !== authority) return void response.writeHead(421).end()

  const { decision, denyReason, principal } = await ask(
    VerifyRequestRequest.fromPartial({
      credential: {
        $case: 'httpSignature',
        value: {
          method: request.method ?? '',
          target: request.url ?? '',
          authority,
          scheme: 'http',
          headers: headerFields(request.rawHeaders),
          ...(body.length > 0 && { body: { $case: 'bodyBytes', value: body } }),
          bodyTruncated: truncated,
        },
      },
      requiredScopes: [scope],
      audience: 'bob',
    }),
  )
  if (decision === Decision.DECISION_ALLOW) return void response.end(`Hello ${principal?.clientId ?? ''}.\n`)
  response.writeHead(FORBIDDEN.has(denyReason) ? 403 : 401).end()
}

async function readBody(request: IncomingMessage): Promise<{ body: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  return { body: Buffer.concat(chunks), truncated: length > MAX_BODY_BYTES }
}

/** Every field as received, in order; Node hands out text that stands for octets. */
function headerFields(rawHeaders: readonly string[]): { name: string; value: Buffer }[] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, i) => ({
    name: rawHeaders[2 * i]!,
    value: Buffer.from(rawHeaders[2 * i + 1]!, 'latin1'),
  }))
}
