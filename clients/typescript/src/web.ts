/**
 * Servers that take a `Request` and give a `Response`: Deno, Bun, workers, and frameworks over them.
 *
 * @packageDocumentation
 */
import { type Guard, type GuardOptions, type Guarded, type RouteDemand, createGuard } from './http/guard.ts'
import { readWebBody, readWebRequest } from './http/web-request.ts'
import type { RequestVerifier } from './verifier/request-verifier.ts'
import type { Allowed } from './verifier/verification.ts'

/** What a `Request` does not say of its connection. */
export interface ConnectionInfo {
  /** What TLS proved, DER, leaf first. Default: nothing. */
  readonly chain?: readonly Uint8Array[] | undefined
  /** Address of the peer, which decides whether it is a trusted proxy. Default: unknown, and not trusted. */
  readonly remoteAddress?: string | undefined
}

/** Serves a request that was allowed. The request has its body still. */
export type AuthorizedHandler = (request: Request, allowed: Allowed) => Promise<Response> | Response

/** Judges a request, and gives it back with its body. */
export async function guardWebRequest(
  guard: Guard,
  request: Request,
  { chain = [], remoteAddress }: ConnectionInfo,
): Promise<{ readonly guarded: Guarded; readonly request: Request }> {
  const received = guard.throughProxy(readWebRequest(request, chain), remoteAddress ?? 'unknown')
  if (!guard.needsBody(received) || request.body === null) {
    return { guarded: await guard.judge(received, undefined), request }
  }
  const body = await readWebBody(request, guard)
  const guarded = await guard.judge(received, body)
  const again = body.kind === 'bytes' ? new Request(request, { body: body.bytes }) : request
  return { guarded, request: again }
}

/**
 * Makes `authorize(demand, handler)`, which serves what is allowed and answers the rest.
 *
 * A `Request` has its URL as a parser wrote it anew, and repeated header lines joined: a signed target with dot segments, or with a question mark and no query, is denied here.
 */
export function createAuthorize(
  verifier: RequestVerifier,
  options: GuardOptions = {},
): (
  demand: RouteDemand,
  handler: AuthorizedHandler,
) => (request: Request, info?: ConnectionInfo) => Promise<Response> {
  return (demand, handler) => {
    const guard = createGuard(verifier, options, demand)
    return async (given, info = {}) => {
      const { guarded, request } = await guardWebRequest(guard, given, info)
      if ('allowed' in guarded) return handler(request, guarded.allowed)
      const { status, headers, body } = guarded.refused
      return new Response(body, { status, headers })
    }
  }
}

export type { GuardOptions, RouteDemand } from './http/guard.ts'
