import { IdentityError } from './identity-error.ts'

/** Line of an HTTP request, as it is signed and sent. */
export interface RequestLine {
  readonly method: string
  /** Path and query exactly as sent. */
  readonly target: string
  /** As in the Host header. */
  readonly authority: string
  readonly scheme: 'https' | 'http'
}

/** A header field to send. */
export type HeaderPair = readonly [name: string, value: string]

/**
 * Reads method and URL as curl and fetch send them: the default port left out, an empty path as `/`, no fragment.
 *
 * @throws IdentityError `REQUEST_UNSENDABLE`
 */
export function parseRequestLine(method: string, url: string): RequestLine {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/.test(method)) throw unsendable(`${method} is no HTTP method.`)
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) {
    throw unsendable(
      `${url} is no http or https URL.`,
      'Write it whole, such as https://bob.example/users/7.',
    )
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw unsendable('The URL holds a user name or password, which HTTP does not send that way.')
  }
  parsed.hash = ''
  return {
    method,
    // Cut from the text: `search` would lose the question mark of an empty query.
    target: parsed.href.slice(parsed.origin.length),
    authority: parsed.host,
    scheme: parsed.protocol === 'https:' ? 'https' : 'http',
  }
}

function unsendable(message: string, advice?: string): IdentityError {
  return new IdentityError('REQUEST_UNSENDABLE', message, advice)
}
