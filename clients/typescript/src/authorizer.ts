import type { HeaderPair } from '../../../src/identity/request-line.ts'

/** Stands for a body that only comes with the request. */
export const UNREAD = { unread: true } as const

/** A request that is about to be sent, as it will be sent. */
export interface OutgoingRequest {
  /** As sent: methods are case-sensitive. */
  readonly method: string
  /** Whole URL, `http:` or `https:`. */
  readonly url: string | URL
  /**
   * The body: text as UTF-8, octets, or the SHA-256 of octets that are elsewhere. Absent: none. {@link UNREAD} for one that nobody can look at
   * beforehand, such as a stream: a token can go with it, a signature cannot.
   */
  readonly body?: string | Uint8Array | { readonly sha256: Uint8Array } | typeof UNREAD | undefined
}

/** True if nobody can look at the body of a request before it is sent, nor send it again. */
export function isUnread(body: OutgoingRequest['body']): body is typeof UNREAD {
  return typeof body === 'object' && 'unread' in body
}

/** What proves to a resource server who sends a request. */
export interface Authorized {
  readonly credential: 'token' | 'certificate'
  /** Header fields to send with it, in place of any of {@link CREDENTIAL_HEADERS} that are there. */
  readonly headers: readonly HeaderPair[]
}

/** Gives requests their credential. Made by {@link createRequestSigner} and {@link createCredentialSource}; the adapters take either. */
export interface RequestAuthorizer {
  authorize(request: OutgoingRequest): Promise<Authorized>
  /**
   * After a 401: what to send the request with once more, or `undefined` to let the 401 stand, as for a body that is {@link UNREAD}: nobody has it any more. Called
   * once at most for a request.
   */
  reauthorize(request: OutgoingRequest, refused: Authorized): Promise<Authorized | undefined>
}

/** Header fields, lower case, that carry credentials: only one kind may be there, and nothing left over from a try before. */
export const CREDENTIAL_HEADERS = [
  'authorization',
  'x-client-cert',
  'content-digest',
  'signature-input',
  'signature',
  'x-timestamp',
  'x-nonce',
  'x-signature',
] as const

/** The URL as node:http sends it, and what is built on it: without the question mark of an empty query. */
export function withoutEmptyQuery(url: string | URL): string {
  const copy = new URL(url)
  if (copy.search === '') copy.search = ''
  return copy.href
}

/** What the adapters may look at of a body before it is sent. */
export function readableBody(body: unknown): OutgoingRequest['body'] {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  return body instanceof ArrayBuffer ? new Uint8Array(body) : UNREAD
}
