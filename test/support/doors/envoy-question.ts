import type { OfferedCertificate } from '../../../src/core/decision/offered-credential.ts'
import { formatPem } from '../../../src/core/pem.ts'
import { CheckRequest, type CheckResponse } from '../../../src/gen/envoy/service/auth/v3/external_auth.ts'
import { header } from '../decision-fixture.ts'
import type { Answer } from './answer.ts'
import type { Question } from './questions.ts'
import { authorizationOf } from './token-questions.ts'

/** Why Envoy, configured as the recipe has it, cannot ask this; `explain`, which changes no decision, it leaves out. */
export function cannotCheck({ input }: Question): string | undefined {
  const { credential, freshness, requiredScopes } = input
  if (freshness) return 'ext_authz has no word for freshness'
  if (requiredScopes.some((scope) => scope === '' || scope.includes(' ')))
    return 'scopes stand between blanks in the context extensions'
  switch (credential?.kind) {
    case 'http_signature':
      if (credential.profile !== 'unspecified') return 'the profile is found by the headers'
      return credential.request.body.kind === 'sha256' ? 'Envoy sends the body, not its digest' : undefined
    case 'presented_certificate':
      return cannotPresent(credential)
    case 'bearer_token':
      if (authorizationOf(credential.token) === undefined) return 'no header field carries this token'
      return credential.certificate && cannotPresent(credential.certificate)
    default:
      return 'ext_authz is about HTTP'
  }
}

function cannotPresent({ forwarded, chain }: OfferedCertificate): string | undefined {
  if (forwarded)
    return forwarded.header.toLowerCase() === 'x-forwarded-client-cert'
      ? undefined
      : 'the only header of proxies that a route can name is Envoy’s own'
  return chain.length > 1 ? 'Envoy sends the leaf alone' : undefined
}

/** The question as Envoy asks it: names in lower case, values as octets, a body with the word whether it is whole. */
export function toWireCheckRequest({ input, acceptsTokens }: Question): CheckRequest {
  const { credential, requiredScopes, match, audience } = input
  const bearer = credential?.kind === 'bearer_token' ? credential : undefined
  const presented = credential?.kind === 'presented_certificate' ? credential : bearer?.certificate
  const request = credential?.kind === 'http_signature' ? credential.request : undefined
  const body = request?.body.kind === 'bytes' ? request.body.bytes : new Uint8Array(0)
  const headers = [
    ...(request?.headers ?? []),
    ...(bearer ? [header('authorization', authorizationOf(bearer.token)!)] : []),
    ...(presented?.forwarded ? [{ name: presented.forwarded.header, value: presented.forwarded.value }] : []),
    ...bodyHeaders(body.length, request?.bodyTruncated === true),
  ]
  return CheckRequest.fromPartial({
    attributes: {
      source: {
        certificate: encodeURIComponent(
          presented?.chain.map((der) => formatPem('CERTIFICATE', der)).join('') ?? '',
        ),
      },
      request: {
        http: {
          method: request?.method ?? 'GET',
          path: request?.target ?? '/',
          host: request?.authority ?? 'bob.example',
          scheme: credential?.kind === 'http_signature' ? (credential.scheme ?? 'https') : 'https',
          protocol: 'HTTP/1.1',
          headerMap: {
            headers: headers.map(({ name, value }) => ({
              key: name.toLowerCase(),
              rawValue: Buffer.from(value),
            })),
          },
          rawBody: Buffer.from(body),
        },
      },
      contextExtensions: {
        required_scopes: requiredScopes.join(' '),
        match,
        ...(audience !== '' && { audience }),
        credential: routeCredential(presented),
        ...(acceptsTokens && { bearer: 'accept' }),
      },
    },
  })
}

function routeCredential(presented: { readonly forwarded: unknown } | undefined): string {
  if (!presented) return 'signature'
  return presented.forwarded ? 'x-forwarded-client-cert' : 'certificate'
}

/** RFC 9112 section 6.3: of a body that Envoy did not see, the framing alone tells. */
function bodyHeaders(length: number, truncated: boolean) {
  if (length > 0) return [header('x-envoy-auth-partial-body', String(truncated))]
  return truncated ? [header('transfer-encoding', 'chunked')] : []
}

export function answerOfCheck({ dynamicMetadata = {} }: CheckResponse): Answer {
  const text = (name: string) => String(dynamicMetadata[name])
  const scopes = (name: string) =>
    text(name)
      .split(' ')
      .filter((scope) => scope !== '')
  const reason = text('deny_reason')
  return {
    verdict: reason === '' ? text('decision') : reason,
    granted: scopes('granted_scopes'),
    missing: scopes('missing_scopes'),
  }
}
