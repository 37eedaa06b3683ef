import { fieldInvalid } from '../authority/fields.ts'
import type { VerifyRequestInput } from '../core/decision/read-query.ts'
import type { OfferedCertificate, OfferedCredential } from '../core/decision/offered-credential.ts'
import { MalformedError } from '../core/errors.ts'
import { MAX_FORWARDED_BYTES } from '../core/limits.ts'
import { parseEscapedPem } from '../core/request/forwarded-certificate/escaped-pem.ts'
import {
  type HeaderField,
  METHODS_WITHOUT_BODY,
  type RequestBody,
  joinField,
} from '../core/request/http-request.ts'
import { findBearerToken, isSigned } from '../core/request/offered-proof.ts'
import type {
  AttributeContext,
  AttributeContext_HttpRequest as HttpRequest,
} from '../gen/envoy/service/auth/v3/attribute_context.ts'

/** Keys of a route's `context_extensions`. */
const EXTENSIONS: ReadonlySet<string> = new Set([
  'required_scopes',
  'match',
  'audience',
  'credential',
  'bearer',
])

/** What a request may prove itself by beside a signature, as the route's configuration says. */
const CREDENTIALS = ['signature', 'certificate', 'x-forwarded-client-cert'] as const
type RouteCredential = (typeof CREDENTIALS)[number]

/**
 * Turns Envoy's description of a request into the question that VerifyRequest asks. What serving it needs comes from the route's
 * configuration alone.
 *
 * @throws {@link DomainError} FIELD_INVALID: Envoy is not configured as docs/operations.md has it.
 */
export function fromWireCheck(attributes: AttributeContext | undefined): VerifyRequestInput {
  const http = attributes?.request?.http
  if (http === undefined) {
    throw fieldInvalid('attributes.request.http', 'Only HTTP requests are decided; use the HTTP filter.')
  }
  const route = readRoute(attributes!.contextExtensions)
  const headers = readHeaders(http)
  const certificate = attributes!.source?.certificate ?? ''
  return {
    credential: readCredential(route, http, headers, certificate),
    requiredScopes: route.requiredScopes,
    match: route.match,
    audience: route.audience,
    freshness: undefined,
    explain: false,
  }
}

/** A request that tries to be signed is judged by its signature, whatever else the route accepts. */
function readCredential(
  { credential, acceptsTokens }: Route,
  http: HttpRequest,
  headers: readonly HeaderField[],
  peerCertificate: string,
): OfferedCredential {
  const token = acceptsTokens ? findBearerToken(headers) : undefined
  if (token !== undefined) {
    // What a token may be bound to is the certificate that Envoy's TLS proved, unless the route takes another's word for it.
    const beside = credential === 'signature' ? 'certificate' : credential
    return { kind: 'bearer_token', token, certificate: readCertificate(beside, peerCertificate, headers) }
  }
  return credential === 'signature' || isSigned(headers)
    ? readSigned(http, headers)
    : readCertificate(credential, peerCertificate, headers)
}

type Route = ReturnType<typeof readRoute>

/** Every key must be known and the scopes there, so that a slip in a route's configuration refuses all instead of demanding less. */
function readRoute(extensions: Readonly<Record<string, string>>) {
  for (const name of Object.keys(extensions)) {
    if (!EXTENSIONS.has(name)) {
      throw fieldInvalid(`context_extensions.${name.slice(0, 64)}`, 'This context extension is not known.')
    }
  }
  const { required_scopes: scopes, match = 'all', audience = '' } = extensions
  const { credential = 'signature', bearer = 'refuse' } = extensions
  if (scopes === undefined) {
    throw fieldInvalid(
      'context_extensions.required_scopes',
      'context_extensions.required_scopes must be set for the route; empty asks for authentication only.',
    )
  }
  if (match !== 'all' && match !== 'any') {
    throw fieldInvalid('context_extensions.match', 'match must be `all` or `any`.')
  }
  const known = CREDENTIALS.find((one) => one === credential)
  if (known === undefined) {
    throw fieldInvalid(
      'context_extensions.credential',
      `credential must be one of ${CREDENTIALS.join(', ')}.`,
    )
  }
  if (bearer !== 'refuse' && bearer !== 'accept') {
    throw fieldInvalid('context_extensions.bearer', 'bearer must be `refuse` or `accept`.')
  }
  const acceptsTokens = bearer === 'accept'
  const requiredScopes = scopes.split(' ').filter((scope) => scope !== '')
  return { requiredScopes, match, audience, credential: known, acceptsTokens } as const
}

/** The header as it came if Envoy sends that, else its joined and cleaned form. Pseudo-header fields are no fields of the request. */
function readHeaders({ headerMap, headers }: HttpRequest): readonly HeaderField[] {
  const fields =
    headerMap === undefined
      ? Object.entries(headers).map(([name, value]) => ({ name, value: Buffer.from(value) }))
      : headerMap.headers.map(({ key, value, rawValue }) => ({
          name: key,
          value: rawValue.length > 0 ? rawValue : Buffer.from(value),
        }))
  return fields.filter(({ name }) => !name.startsWith(':'))
}

function readSigned(http: HttpRequest, headers: readonly HeaderField[]): OfferedCredential {
  return {
    kind: 'http_signature',
    profile: 'unspecified',
    scheme: http.scheme === 'http' ? 'http' : 'https',
    request: {
      method: http.method,
      target: http.path,
      authority: http.host,
      headers,
      ...readBody(http, headers),
    },
  }
}

/**
 * The body, and whether Envoy saw all of it. Without `with_request_body` in its configuration Envoy sends none, for a request that has one just as
 * for one that has none; what cannot be told to have none counts as cut off.
 */
function readBody(
  http: HttpRequest,
  headers: readonly HeaderField[],
): { readonly body: RequestBody; readonly bodyTruncated: boolean } {
  if (http.body !== '') {
    throw fieldInvalid('attributes.request.http.body', 'Set pack_as_bytes: a body as text is not the body.')
  }
  const lengths = valuesOf(headers, 'content-length')
  if (http.rawBody.length === 0)
    return { body: { kind: 'absent' }, bodyTruncated: !isBodiless(http, headers) }
  const partial = valuesOf(headers, 'x-envoy-auth-partial-body')
  const isWhole =
    partial.length > 0 &&
    partial.every((value) => value === 'false') &&
    lengths.every((length) => length === String(http.rawBody.length))
  return { body: { kind: 'bytes', bytes: http.rawBody }, bodyTruncated: !isWhole }
}

function isBodiless({ method, protocol }: HttpRequest, headers: readonly HeaderField[]): boolean {
  const lengths = valuesOf(headers, 'content-length')
  if (valuesOf(headers, 'transfer-encoding').length > 0) return false
  if (lengths.length > 0) return lengths.every((length) => length === '0')
  // RFC 9112 section 6.3: a request without either field has no body. HTTP/2 and 3 need neither to send one.
  return protocol.startsWith('HTTP/1.') || METHODS_WITHOUT_BODY.has(method)
}

function valuesOf(headers: readonly HeaderField[], name: string): readonly string[] {
  return headers
    .filter((field) => field.name.toLowerCase() === name)
    .map(({ value }) => Buffer.from(value).toString('latin1'))
}

function readCertificate(
  credential: Exclude<RouteCredential, 'signature'>,
  escapedPem: string,
  headers: readonly HeaderField[],
): OfferedCertificate {
  if (credential === 'certificate') {
    return { kind: 'presented_certificate', chain: readChain(escapedPem), forwarded: undefined }
  }
  const forwarded = {
    header: credential,
    value: joinField(headers, credential),
    chainValue: new Uint8Array(0),
  }
  return { kind: 'presented_certificate', chain: [], forwarded }
}

/** Envoy's own TLS proved the key, so that nothing in here is the stranger's but the certificate itself. None: the client showed none. */
function readChain(escapedPem: string): readonly Uint8Array[] {
  const field = 'attributes.source.certificate'
  if (escapedPem === '') return []
  if (escapedPem.length > MAX_FORWARDED_BYTES) {
    throw fieldInvalid(field, `${field} must be at most ${MAX_FORWARDED_BYTES} octets.`)
  }
  try {
    return parseEscapedPem(escapedPem)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    throw fieldInvalid(field, `${field} cannot be read: ${error.message}.`)
  }
}
