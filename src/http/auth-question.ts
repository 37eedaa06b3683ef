import { fieldInvalid } from '../authority/fields.ts'
import type { VerifyRequestInput } from '../core/decision/read-query.ts'
import type { OfferedCertificate, OfferedCredential } from '../core/decision/offered-credential.ts'
import { type HeaderField, METHODS_WITHOUT_BODY, joinField } from '../core/request/http-request.ts'
import type { RequestScheme } from '../core/request/rfc9421/http-message.ts'
import { findBearerToken } from '../core/request/offered-proof.ts'

/** One sub-request of a proxy, as it came. */
export interface AuthQuestion {
  readonly method: string
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  readonly headers: readonly HeaderField[]
  /** True if the proxy says that the original request has a body, or sent it along. */
  readonly hasBody: boolean
  /** What the proxy's TLS showed, leaf first; empty for none, `undefined` over the Unix socket. */
  readonly chainDer: readonly Uint8Array[] | undefined
  /** For the log. */
  readonly peer: string
}

/** Where the line of the original request stands. Fixed by the path, so that nobody else's header can take the place of the proxy's. */
export interface AuthPath {
  readonly method: string
  readonly target: string
  readonly authority: string
  /** By which the client reached the proxy; absent: `https`. */
  readonly scheme: string
  /** True if the proxy keeps the headers of a refusal to itself. Traefik and Caddy send the whole answer to their client. */
  readonly hidesAnswer: boolean
}

/** The paths that are served. */
export const AUTH_PATHS: ReadonlyMap<string, AuthPath> = new Map([
  [
    '/auth',
    {
      method: 'x-original-method',
      target: 'x-original-uri',
      authority: 'x-original-host',
      scheme: 'x-original-proto',
      hidesAnswer: true,
    },
  ],
  [
    '/forward-auth',
    {
      method: 'x-forwarded-method',
      target: 'x-forwarded-uri',
      authority: 'x-forwarded-host',
      scheme: 'x-forwarded-proto',
      hidesAnswer: false,
    },
  ],
])

const PARAMETERS: ReadonlySet<string> = new Set(['scope', 'match', 'audience', 'certificate', 'bearer'])

/**
 * Turns a sub-request into the question that VerifyRequest asks. What is demanded stands in the query, which the proxy's configuration
 * fixes: `scope` (repeated, or separated by commas), `match`, `audience`, and `certificate`, the name of the header in which the proxy forwards
 * the certificate that its own TLS proved; with `bearer=accept` a request may bring a token in place of what else is asked. Nothing that decides what is asked is read from a header: most of them are the stranger's.
 *
 * Without `certificate` the original request must be signed. Its body does not come through here, so only requests that have none can be
 * allowed; all others are as good as truncated.
 *
 * @throws {@link DomainError} FIELD_INVALID: the proxy is not configured as docs/operations.md has it.
 */
export function readAuthQuestion(path: AuthPath, question: AuthQuestion): VerifyRequestInput {
  const query = new URLSearchParams(question.query)
  for (const name of query.keys()) {
    // A demand that is misspelt must not be a demand that is dropped.
    if (!PARAMETERS.has(name)) throw fieldInvalid('query', `The query has a parameter ${name.slice(0, 32)}.`)
  }
  const match = single(query, 'match') ?? 'all'
  if (match !== 'all' && match !== 'any') throw fieldInvalid('match', 'match must be `all` or `any`.')
  const certificate = single(query, 'certificate')
  const bearer = single(query, 'bearer') ?? 'refuse'
  if (bearer !== 'refuse' && bearer !== 'accept')
    throw fieldInvalid('bearer', 'bearer must be `refuse` or `accept`.')
  const token = bearer === 'accept' ? findBearerToken(question.headers) : undefined
  return {
    credential: readCredential(path, question, certificate, token),
    requiredScopes: query.getAll('scope').flatMap((scopes) => scopes.split(',')),
    match,
    audience: single(query, 'audience') ?? '',
    freshness: undefined,
    explain: false,
  }
}

function readCredential(
  path: AuthPath,
  question: AuthQuestion,
  header: string | undefined,
  token: string | undefined,
): OfferedCredential {
  const certificate = header === undefined ? undefined : readForwarded(header, question)
  if (token !== undefined) return { kind: 'bearer_token', token, certificate }
  return certificate ?? readSigned(path, question)
}

function readSigned(path: AuthPath, { headers, hasBody }: AuthQuestion): OfferedCredential {
  const method = lineHeader(headers, path.method)
  return {
    kind: 'http_signature',
    profile: 'unspecified',
    scheme: readScheme(headers, path.scheme),
    request: {
      method,
      target: lineHeader(headers, path.target),
      authority: lineHeader(headers, path.authority),
      headers,
      body: { kind: 'absent' },
      bodyTruncated: hasBody || saysBody(headers) || !METHODS_WITHOUT_BODY.has(method),
    },
  }
}

// Traefik names WebSockets by a scheme of their own; what is signed is the HTTP request that opens them.
const SCHEMES: ReadonlyMap<string, RequestScheme> = new Map([
  ['https', 'https'],
  ['wss', 'https'],
  ['http', 'http'],
  ['ws', 'http'],
])

function readScheme(headers: readonly HeaderField[], name: string): RequestScheme {
  if (!headers.some((field) => field.name.toLowerCase() === name)) return 'https'
  const scheme = SCHEMES.get(lineHeader(headers, name))
  if (!scheme) throw fieldInvalid(name, `The header ${name} must be https or http.`)
  return scheme
}

/** What the proxy says of the original request's body. Can only lead to a denial, so it does not matter who wrote it. */
function saysBody(headers: readonly HeaderField[]): boolean {
  return headers.some(({ name, value }) => {
    const lower = name.toLowerCase()
    if (lower === 'x-original-content-length') return Buffer.from(value).toString('latin1') !== '0'
    return lower === 'x-original-transfer-encoding'
  })
}

function readForwarded(header: string, { headers }: AuthQuestion): OfferedCertificate {
  const chainValue =
    header.toLowerCase() === 'client-cert' ? joinField(headers, 'client-cert-chain') : new Uint8Array(0)
  const value = joinField(headers, header.toLowerCase())
  return { kind: 'presented_certificate', chain: [], forwarded: { header, value, chainValue } }
}

/** The proxy sets it, so it is there once: a second one is what its client sent, and not overwritten. */
function lineHeader(headers: readonly HeaderField[], name: string): string {
  const [field, ...others] = headers.filter((one) => one.name.toLowerCase() === name)
  if (!field || others.length > 0) {
    throw fieldInvalid(name, `The proxy must send the header ${name} exactly once.`)
  }
  return Buffer.from(field.value).toString('latin1')
}

function single(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name)
  if (values.length > 1) throw fieldInvalid(name, `${name} must not be there twice.`)
  return values[0]
}
