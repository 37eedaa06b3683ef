import { MalformedError } from '../../errors.ts'
import type { RequestMessage } from './http-message.ts'

/** A request target taken apart, and the URI that it makes with the rest of the request (RFC 9110 section 7.1). */
export interface TargetParts {
  readonly form: 'origin' | 'absolute' | 'authority' | 'asterisk'
  readonly scheme: string
  /** Normalized. */
  readonly authority: string
  readonly path: string
  /** Without its question mark; absent if there is none. */
  readonly query: string | undefined
  readonly uri: string
}

/**
 * Takes the target of a request apart by the four forms of RFC 9112 section 3.2. Nothing is decoded: two spellings of one path are two
 * paths (RFC 9421 section 2.2.6).
 *
 * @throws {@link MalformedError} `component.target`; `component.authority` if an absolute target names another than the request does
 */
export function splitTarget(message: RequestMessage): TargetParts {
  const { method, target } = message
  const scheme = message.scheme.toLowerCase()
  const authority = normalizeAuthority(message.authority, scheme)
  const common = { scheme, authority }
  if (target.startsWith('/')) {
    return { ...common, form: 'origin', ...splitQuery(target), uri: `${scheme}://${authority}${target}` }
  }
  if (target === '*') {
    return { ...common, form: 'asterisk', path: '/', query: undefined, uri: `${scheme}://${authority}` }
  }
  if (method === 'CONNECT') return { ...common, form: 'authority', path: '', query: undefined, uri: target }
  return splitAbsolute(target, message.authority)
}

function splitAbsolute(target: string, givenAuthority: string): TargetParts {
  const [, name, host, rest] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]+)(.*)$/.exec(target) ?? []
  if (name === undefined || host === undefined || rest === undefined)
    throw new MalformedError('component.target', 'the target is neither a path nor a URI')
  const scheme = name.toLowerCase()
  const authority = normalizeAuthority(host, scheme)
  // RFC 9112 section 3.2.2: they must be the same, and a server that takes the other one would serve another request.
  if (givenAuthority !== '' && normalizeAuthority(givenAuthority, scheme) !== authority)
    throw new MalformedError('component.authority', 'the target names another authority than the request')
  return { form: 'absolute', scheme, authority, ...splitQuery(rest), uri: target }
}

function splitQuery(text: string): Pick<TargetParts, 'path' | 'query'> {
  const at = text.indexOf('?')
  const path = at === -1 ? text : text.slice(0, at)
  // RFC 9110 section 4.2.3: an empty path is the root.
  return { path: path === '' ? '/' : path, query: at === -1 ? undefined : text.slice(at + 1) }
}

const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ['https', '443'],
  ['http', '80'],
])

/** Lower case, without the port that the scheme has by default (RFC 9421 section 2.2.3). */
function normalizeAuthority(authority: string, scheme: string): string {
  const lower = authority.toLowerCase()
  const colon = lower.lastIndexOf(':')
  // A colon within brackets belongs to an IPv6 address.
  if (colon === -1 || colon < lower.lastIndexOf(']')) return lower
  const port = lower.slice(colon + 1)
  return port === '' || port === DEFAULT_PORTS.get(scheme) ? lower.slice(0, colon) : lower
}
