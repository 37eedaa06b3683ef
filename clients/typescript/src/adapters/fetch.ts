import { type Authorized, CREDENTIAL_HEADERS, type RequestAuthorizer } from '../authorizer.ts'

/** The part of `fetch` that is used: Node's own, undici's, or a test's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * `fetch` whose requests carry a credential. Bodies are read into memory first: they are digested, and sent again if a token is refused.
 *
 * Redirects are not followed, whatever `redirect` says but `error`: a credential is for the origin that was named, and a signature for the one target. The answer with
 * its `Location` is the caller's.
 *
 * Rejects as `fetch` does, and as the authorizer does.
 */
export function chanceryFetch(
  authorizer: RequestAuthorizer,
  options: { readonly fetch?: Fetch } = {},
): typeof globalThis.fetch {
  const send: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init))
  return async (input, init) => {
    const request = new Request(input, init)
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
    const outgoing = { method: request.method, url: request.url, body }
    const sendAs = (authorized: Authorized) =>
      send(request.url, {
        // What only Node knows, such as a dispatcher, is in here.
        ...init,
        method: request.method,
        headers: mergeHeaders(request.headers, authorized),
        body: body ?? null,
        signal: request.signal,
        redirect: request.redirect === 'error' ? 'error' : 'manual',
      })
    const authorized = await authorizer.authorize(outgoing)
    const response = await sendAs(authorized)
    if (response.status !== 401) return response
    const second = await authorizer.reauthorize(outgoing, authorized)
    if (second === undefined) return response
    // Left unread, it would keep its connection.
    await response.body?.cancel()
    return sendAs(second)
  }
}

/** Signs a `Request`, or gives it a token: the same request with a credential, its body in memory. */
export async function authorizeRequest(authorizer: RequestAuthorizer, request: Request): Promise<Request> {
  const body = request.body === null ? undefined : new Uint8Array(await request.clone().arrayBuffer())
  const authorized = await authorizer.authorize({ method: request.method, url: request.url, body })
  return new Request(request, {
    headers: mergeHeaders(request.headers, authorized),
    ...(body === undefined ? {} : { body }),
  })
}

function mergeHeaders(own: Headers, { headers }: Authorized): Headers {
  const merged = new Headers(own)
  for (const name of CREDENTIAL_HEADERS) merged.delete(name)
  for (const [name, value] of headers) merged.set(name, value)
  return merged
}
