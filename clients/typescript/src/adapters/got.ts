import {
  type Authorized,
  CREDENTIAL_HEADERS,
  type OutgoingRequest,
  type RequestAuthorizer,
  readableBody,
  withoutEmptyQuery,
} from '../authorizer.ts'

/** got's options of a request, as far as they are used. */
export interface GotOptionsLike {
  readonly method: string
  readonly url?: string | URL | undefined
  readonly body?: unknown
  readonly headers: Record<string, string | string[] | undefined>
  readonly context: Record<string, unknown>
  followRedirect: unknown
}

/** got's response, as far as it is used. */
export interface GotResponseLike {
  readonly statusCode: number
  readonly request: { readonly options: GotOptionsLike }
}

/** Hooks for `got.extend({ hooks })`. */
export interface GotHooks {
  readonly beforeRequest: [(options: GotOptionsLike) => Promise<void>]
  readonly afterResponse: [
    <Response extends GotResponseLike>(
      response: Response,
      retry: (options: { context: Record<string, unknown> }) => never,
    ) => Promise<Response>,
  ]
}

interface Sent {
  readonly request: OutgoingRequest
  readonly authorized: Authorized
}

/** Where got keeps, of each request, what was sent and what is to be sent now. */
const SENT = 'chancerySent'
const SECOND = 'chancerySecond'

/**
 * Gives every request of a got instance a credential; got's own retries are signed anew. Hooks that change the request belong before these. Redirects are not followed: a signature is
 * for one target.
 *
 * A request whose token is refused with 401 is sent once more with another credential, unless its body is a stream. Requests reject with got's `RequestError`, which has the
 * message of what the authorizer rejected with, and it as its `cause`.
 */
export function gotHooks(authorizer: RequestAuthorizer): GotHooks {
  return {
    beforeRequest: [
      async (options) => {
        const { context, headers, method } = options
        const url = withoutEmptyQuery(options.url ?? '')
        const request = { method, url, body: readableBody(options.body) }
        const authorized =
          (context[SECOND] as Authorized | undefined) ?? (await authorizer.authorize(request))
        // A signature is good once: should got try yet again, it gets another.
        context[SECOND] = undefined
        context[SENT] = { request, authorized } satisfies Sent
        for (const name of CREDENTIAL_HEADERS) headers[name] = undefined
        for (const [name, value] of authorized.headers) headers[name.toLowerCase()] = value
        options.followRedirect = false
      },
    ],
    afterResponse: [
      async (response, retry) => {
        const { context } = response.request.options
        const sent = context[SENT] as Sent | undefined
        if (response.statusCode !== 401 || !sent) return response
        const second = await authorizer.reauthorize(sent.request, sent.authorized)
        // got leaves this hook out of the second try.
        return second === undefined ? response : retry({ context: { ...context, [SECOND]: second } })
      },
    ],
  }
}
