/** What a route answers; the listener does the rest. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
}

/** What a route may look at. */
export interface HttpQuestion {
  readonly method: string
  /** Path of the request target, as sent: no decoding takes place. */
  readonly path: string
  readonly ifNoneMatch: string | undefined
  readonly ifModifiedSince: string | undefined
  readonly contentType: string | undefined
  readonly authorization: string | undefined
  /** Set by browsers, for requests that a web page makes. */
  readonly origin: string | undefined
  /** The certificates that the client's TLS showed, leaf first; empty if it showed none, or there is no TLS. */
  readonly chainDer: readonly Uint8Array[]
  /** `host:port`, for the log. */
  readonly peer: string
  /** Empty unless the listener allows a body on this path. */
  readonly body: Uint8Array
}

/** Answers one request. Must not throw for anything a client sends. */
export type HttpRoute = (question: HttpQuestion) => HttpAnswer | Promise<HttpAnswer>

/** One line for people, never cached. */
export function plainAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: `${text}\n`,
  }
}

/** 405 with the one `Allow` that these endpoints have. */
export function methodNotAllowed(): HttpAnswer {
  return plainAnswer(405, 'Only GET and HEAD are served here.', { allow: 'GET, HEAD' })
}
