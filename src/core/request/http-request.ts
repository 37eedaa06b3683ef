import { concatBytes, encodeUtf8 } from '../bytes.ts'
import { MalformedError } from '../errors.ts'

/** One header field as received; repeated ones are kept apart. */
export interface HeaderField {
  readonly name: string
  readonly value: Uint8Array
}

/** What the resource server saw of a body. `absent` is signed like an empty one. */
export type RequestBody =
  | { readonly kind: 'absent' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'sha256'; readonly digest: Uint8Array }

/** An HTTP request as the resource server received it. */
export interface HttpRequest {
  readonly method: string
  /** Request target exactly as sent. */
  readonly target: string
  /** Host and, if the client named it, port, as in the Host header or `:authority`. */
  readonly authority: string
  readonly headers: readonly HeaderField[]
  readonly body: RequestBody
  /** True if the resource server did not see the whole body. */
  readonly bodyTruncated: boolean
}

// RFC 9110 section 9.1: a method is a token.
const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
// RFC 9112 section 3.2: a target has no white space; nothing outside visible ASCII is ever sent unescaped.
const TARGET = /^[\x21-\x7e]+$/
// RFC 3986 section 3.2 without userinfo, which RFC 9110 section 4.2.4 forbids here.
const AUTHORITY = /^[A-Za-z0-9._~!$&'()*+,;=:%[\]-]+$/

/**
 * Refuses a request line that could not have come over HTTP. A line feed in any of these would let its sender move octets
 * from one line of the signature base to another, and so pass a signature for one request off as one for a second.
 *
 * @throws {@link MalformedError} `credential.method`, `credential.target`, `credential.authority`
 */
export function checkRequestLine(request: HttpRequest): void {
  if (!METHOD.test(request.method)) throw new MalformedError('credential.method', 'the method is not a token')
  if (!TARGET.test(request.target)) {
    throw new MalformedError('credential.target', 'the target has characters other than visible ASCII')
  }
  if (!AUTHORITY.test(request.authority)) {
    throw new MalformedError('credential.authority', 'the authority is not a host with an optional port')
  }
}

/** RFC 9110 section 9.3: content of these has no meaning, so that a body that nobody saw does no harm behind a proxy. */
export const METHODS_WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE'])

/** The value of a field by its lower-case name; several lines are one list (RFC 9110 section 5.3). Empty also without any. */
export function joinField(headers: readonly HeaderField[], name: string): Uint8Array {
  const values = headers.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value)
  return concatBytes(values.flatMap((value, i) => (i === 0 ? [value] : [encodeUtf8(','), value])))
}

/** The header fields of one request by lower-case name, values as text in which each character is one octet. */
export type HeaderIndex = ReadonlyMap<string, readonly string[]>

/** Collects the fields with one of the given lower-case names, or all. */
export function indexHeaders(headers: readonly HeaderField[], names?: ReadonlySet<string>): HeaderIndex {
  const index = new Map<string, string[]>()
  for (const { name, value } of headers) {
    const key = name.toLowerCase()
    if (names && !names.has(key)) continue
    const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
    const values = index.get(key)
    if (values) values.push(text)
    else index.set(key, [text])
  }
  return index
}

/**
 * The value of a field that may occur once. A second one is refused, whatever it says: two readers would take two
 * different ones for the real one.
 *
 * @throws {@link MalformedError} `credential.header_repeated`
 */
export function singleHeader(index: HeaderIndex, name: string): string | undefined {
  const values = index.get(name)
  if (values && values.length > 1) {
    throw new MalformedError('credential.header_repeated', `the header ${name} is there more than once`)
  }
  return values?.[0]
}

/**
 * The value of a field that must occur exactly once.
 *
 * @throws {@link MalformedError} `credential.header_missing`, `credential.header_repeated`
 */
export function requiredHeader(index: HeaderIndex, name: string): string {
  const value = singleHeader(index, name)
  if (value === undefined)
    throw new MalformedError('credential.header_missing', `the header ${name} is missing`)
  return value
}
