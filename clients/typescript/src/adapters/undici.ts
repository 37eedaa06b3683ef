import { stringify } from 'node:querystring'
import { type Authorized, type RequestAuthorizer, readableBody } from '../authorizer.ts'
import { mergeRecord } from './node-http.ts'

interface DispatchOptions {
  readonly origin?: unknown
  readonly path: string
  readonly method: string
  readonly query?: Record<string, unknown> | undefined
  readonly headers?: unknown
  readonly body?: unknown
}

interface Handler {
  onRequestStart?(controller: unknown, context: unknown): void
  onRequestUpgrade?(...parameters: unknown[]): void
  onResponseStart?(controller: unknown, status: number, ...rest: unknown[]): void
  onResponseData?(...parameters: unknown[]): void
  onResponseEnd?(...parameters: unknown[]): void
  onResponseError?(controller: unknown, error: unknown): void
}

type Dispatch = (options: never, handler: never) => boolean

/**
 * An interceptor for `dispatcher.compose(...)` of undici 7 and later: every request gets a credential. Compose retries outside of it, so that each of them is signed anew, and no
 * redirects: a signature is for one target.
 *
 * A request whose token is refused with 401 is sent once more with another credential, unless its body is a stream. What the authorizer rejects with, the request does. `fetch` of undici
 * sends bodies as streams: use {@link chanceryFetch} with it.
 */
export function undiciInterceptor(authorizer: RequestAuthorizer): (dispatch: Dispatch) => Dispatch {
  return (dispatch) => {
    async function send(options: DispatchOptions, handler: Handler): Promise<void> {
      const target = targetOf(options)
      const request = { method: options.method, url: target.url, body: readableBody(options.body) }
      const sendAs = (authorized: Authorized, next: Handler) =>
        dispatch(
          {
            ...options,
            path: target.path,
            query: undefined,
            headers: mergeRecord(toRecord(options.headers), authorized),
          } as never,
          next as never,
        )
      const authorized = await authorizer.authorize(request)
      const refused = (letStand: () => void) => {
        authorizer.reauthorize(request, authorized).then(
          (second) => {
            if (second === undefined) letStand()
            else sendAs(second, handler)
          },
          (error: unknown) => handler.onResponseError?.(null, error),
        )
      }
      sendAs(authorized, holdRefusal(handler, refused))
    }
    return (options: DispatchOptions, handler: Handler) => {
      send(options, handler).catch((error: unknown) => handler.onResponseError?.(null, error))
      return true
    }
  }
}

/** A refusal says why in a few octets; one with more chunks is passed on, and stands. */
const MAX_HELD_CHUNKS = 64

/** Keeps the answer from the handler while it is a 401, and says so when it is whole. */
function holdRefusal(handler: Handler, refused: (letStand: () => void) => void): Handler {
  let start: unknown[] | undefined
  let data: unknown[][] = []
  const passOn = () => {
    handler.onResponseStart?.(...(start as [unknown, number]))
    for (const parameters of data) handler.onResponseData?.(...parameters)
    start = undefined
    data = []
  }
  return {
    onRequestStart: (...parameters) => handler.onRequestStart?.(...parameters),
    onRequestUpgrade: (...parameters) => handler.onRequestUpgrade?.(...parameters),
    onResponseStart(controller, status, ...rest) {
      if (status === 401) start = [controller, status, ...rest]
      else handler.onResponseStart?.(controller, status, ...rest)
    },
    onResponseData(...parameters) {
      if (start !== undefined && data.length === MAX_HELD_CHUNKS) passOn()
      if (start === undefined) handler.onResponseData?.(...parameters)
      else data.push(parameters)
    },
    onResponseEnd(...parameters) {
      const end = () => handler.onResponseEnd?.(...parameters)
      if (start === undefined) end()
      else
        refused(() => {
          passOn()
          end()
        })
    },
    onResponseError: (...parameters) => handler.onResponseError?.(...parameters),
  }
}

/** The path as it is sent: undici would send the text as it is, a signature is over what URL makes of it. */
function targetOf({ origin, path, query }: DispatchOptions): { readonly url: string; readonly path: string } {
  const text = query === undefined ? '' : stringify(query as Record<string, string>)
  const url = new URL(`${String(origin)}${path}${text === '' ? '' : `?${text}`}`)
  url.hash = ''
  return { url: url.href, path: url.href.slice(url.origin.length) }
}

function toRecord(headers: unknown): Parameters<typeof mergeRecord>[0] {
  if (headers === undefined || headers === null) return {}
  if (Array.isArray(headers)) return headers as string[]
  if (typeof headers === 'object' && Symbol.iterator in headers)
    return Object.fromEntries(headers as Iterable<[string, string]>)
  return headers as Record<string, string>
}
