import type { ServerResponse } from 'node:http'
import { captureBody } from './capture-body.ts'
import type { Guard, Guarded } from './guard.ts'
import { type NodeRequest, hasBody, isWhole, readNodeRequest } from './node-request.ts'
import type { Refusal } from './refusal.ts'

/** Judges a request of Node's own servers. Its body, if it was read, is there to be read again. */
export async function guardNodeRequest(guard: Guard, request: NodeRequest): Promise<Guarded> {
  const received = guard.throughProxy(readNodeRequest(request), request.socket.remoteAddress)
  if (!guard.needsBody(received) || !hasBody(request)) return guard.judge(received, undefined)
  const announced = Number(request.headers['content-length'] ?? 0)
  const body =
    announced > guard.maxBodyBytes
      ? ({ kind: 'too_large' } as const)
      : await captureBody(request, guard, () => isWhole(request))
  return guard.judge(received, body)
}

/** Sends a refusal. A body that nobody read is not waited for. */
export function sendRefusal(
  request: NodeRequest,
  response: ServerResponse,
  { status, headers, body }: Refusal,
): void {
  const length = { 'content-length': String(Buffer.byteLength(body)) }
  response.writeHead(status, { ...refusalHeaders(request, headers), ...length })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** The header of a refusal: over HTTP/1.1, nothing follows on a connection where a body may still be coming. */
export function refusalHeaders(
  request: NodeRequest,
  { connection, ...others }: Refusal['headers'],
): Record<string, string> {
  if (request.httpVersionMajor >= 2) return others
  const closes = connection !== undefined || (!request.complete && hasBody(request))
  return closes ? { ...others, connection: 'close' } : others
}
