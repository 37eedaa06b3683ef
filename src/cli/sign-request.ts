import { randomBytes } from 'node:crypto'
import { signatureBase } from '../core/request/simple-profile.ts'
import { formatBase64 } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { usageError } from './cli-error.ts'
import type { Identity } from './identity.ts'
import { parsePrivateKey, signWithKey } from './private-key.ts'
import { decodePem } from './read-input.ts'

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

/** Octets of randomness in a nonce. */
export const NONCE_BYTES = 18

/** Reads method and URL as curl would send them: the default port left out, an empty path as `/`, no fragment. */
export function parseRequestLine(method: string, url: string): RequestLine {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/.test(method)) throw usageError(`${method} is no HTTP method.`)
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) {
    throw usageError(
      `${url} is no http or https URL.`,
      'Write it whole, such as https://bob.example/users/7.',
    )
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw usageError('The URL holds a user name or password, which HTTP does not send that way.')
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

/** Signs a request by the simple profile of docs/protocol.md; the result is the four header fields to send with it. */
export async function signRequest(
  identity: Identity,
  request: RequestLine,
  body: Uint8Array,
  now: Date,
): Promise<readonly HeaderPair[]> {
  const key = parsePrivateKey(identity.keyPem, `${identity.directory}/key.pem`)
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const nonce = randomBytes(NONCE_BYTES).toString('base64url')
  const signature = await signWithKey(key, signatureBase(request, sha256(body), timestamp, nonce))
  const chain = decodePem(identity.certificatePem.toString('latin1'), 'CERTIFICATE')
  return [
    ['X-Client-Cert', chain.map((der) => formatBase64(der)).join(',')],
    ['X-Timestamp', timestamp],
    ['X-Nonce', nonce],
    ['X-Signature', formatBase64(signature)],
  ]
}

/** One word for a POSIX shell, whatever it holds. */
export function quoteForShell(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** A curl command line that sends the signed request as it was signed. */
export function formatCurl(
  request: RequestLine,
  headers: readonly HeaderPair[],
  data: string | undefined,
): string {
  const url = `${request.scheme}://${request.authority}${request.target}`
  const parts = [
    // Neither may change the target: dots in paths stay, brackets are no patterns.
    'curl --path-as-is --globoff',
    `--request ${quoteForShell(request.method)}`,
    ...headers.map(([name, value]) => `--header ${quoteForShell(`${name}: ${value}`)}`),
    ...(data === undefined ? [] : [`--data-binary ${quoteForShell(data)}`]),
    quoteForShell(url),
  ]
  return `${parts.join(' \\\n  ')}\n`
}

/** Reads header lines, `Name: value`, as `request sign` prints them. Blank lines are passed over. */
export function parseHeaderLines(text: string): readonly HeaderPair[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line)
      if (match === null) throw usageError('A line of the headers is not in the form `Name: value`.')
      return [match[1]!, match[2]!] as const
    })
}
