import { isWithinSubtree } from '../name.ts'
import type { GeneralName } from '../types.ts'

/** How a name lies to a subtree. `partly`: a wildcard stands for names inside and outside. */
export type SubtreeMatch = 'inside' | 'outside' | 'partly' | 'malformed'

/**
 * Compares a name with a subtree of the same type (RFC 5280 section 4.2.1.10). What cannot be compared, because either side
 * is not a name of its type, is `malformed`: an excluded subtree then counts as hit, a permitted one as missed.
 */
export function matchSubtree(name: GeneralName, subtree: GeneralName): SubtreeMatch {
  if (name.type === 'directory' && subtree.type === 'directory') {
    return isWithinSubtree(name.value, subtree.value) ? 'inside' : 'outside'
  }
  if (name.type === 'dns' && subtree.type === 'dns') return matchDns(name.value, subtree.value)
  if (name.type === 'email' && subtree.type === 'email') return matchEmail(name.value, subtree.value)
  if (name.type === 'uri' && subtree.type === 'uri') return matchUri(name.value, subtree.value)
  if (name.type === 'ip' && subtree.type === 'ip') return matchIp(name.value, subtree.value)
  // otherName, x400Address, ediPartyName, registeredID: nobody here can tell.
  return 'malformed'
}

const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?'
const HOST = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`)

function isHost(text: string): boolean {
  return text.length <= 253 && HOST.test(text)
}

function endsWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}

/** The empty subtree holds every name. A leading dot is for URIs only. */
function matchDns(name: string, subtree: string): SubtreeMatch {
  const wildcard = name.startsWith('*.')
  // One trailing dot is the root label of an absolute name.
  const host = (wildcard ? name.slice(2) : name).replace(/\.$/, '').toLowerCase()
  const domain = subtree.replace(/\.$/, '').toLowerCase()
  if (!isHost(host) || (subtree !== '' && !isHost(domain))) return 'malformed'
  if (domain === '' || endsWithin(host, domain)) return 'inside'
  // `*.example.com` also stands for `bar.example.com` (CVE-2025-61727).
  const parent = domain.slice(domain.indexOf('.') + 1)
  return wildcard && parent === host && parent !== domain ? 'partly' : 'outside'
}

interface Mailbox {
  readonly local: string
  readonly host: string
}

// The local part is compared exactly: RFC 5321 has it case-sensitive. Quoted ones are not understood.
function parseMailbox(text: string): Mailbox | undefined {
  const at = text.indexOf('@')
  const [local, host] = [text.slice(0, at), text.slice(at + 1).toLowerCase()]
  return at > 0 && /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+$/.test(local) && isHost(host)
    ? { local, host }
    : undefined
}

/** A subtree is a mailbox, a host, or a domain with a leading dot that holds the hosts below it. */
function matchEmail(name: string, subtree: string): SubtreeMatch {
  const mailbox = parseMailbox(name)
  if (mailbox === undefined) return 'malformed'
  if (subtree === '') return 'inside'
  if (subtree.includes('@')) {
    const wanted = parseMailbox(subtree)
    if (wanted === undefined) return 'malformed'
    return mailbox.local === wanted.local && mailbox.host === wanted.host ? 'inside' : 'outside'
  }
  return matchHostOrDomain(mailbox.host, subtree)
}

/** The constraint applies to the host; a URI without one, or with an address for one, cannot be judged. */
function matchUri(name: string, subtree: string): SubtreeMatch {
  const authority = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/.exec(name)?.[1]
  if (authority === undefined) return 'malformed'
  const host = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d*$/, '')
    .replace(/\.$/, '')
    .toLowerCase()
  if (!isHost(host) || /^[\d.]+$/.test(host)) return 'malformed'
  return subtree === '' ? 'inside' : matchHostOrDomain(host, subtree)
}

function matchHostOrDomain(host: string, subtree: string): SubtreeMatch {
  const wanted = subtree.toLowerCase()
  const below = wanted.startsWith('.')
  if (!isHost(below ? wanted.slice(1) : wanted)) return 'malformed'
  return (below ? host.endsWith(wanted) : host === wanted) ? 'inside' : 'outside'
}

/** The parser made sure that a range is an address and a contiguous mask. Families do not mix. */
function matchIp(address: Uint8Array, range: Uint8Array): SubtreeMatch {
  if (address.length !== 4 && address.length !== 16) return 'malformed'
  if (range.length !== 8 && range.length !== 32) return 'malformed'
  if (range.length !== 2 * address.length) return 'outside'
  for (let i = 0; i < address.length; i++) {
    if (((address[i]! ^ range[i]!) & range[address.length + i]!) !== 0) return 'outside'
  }
  return 'inside'
}
