import type { KeyObject } from 'node:crypto'
import { formatBase64 } from '../../src/core/bytes.ts'
import { bodyDigest } from '../../src/core/request/body-digest.ts'
import type { Credential } from '../../src/core/request/credential.ts'
import { type HttpRequest, indexHeaders } from '../../src/core/request/http-request.ts'
import {
  SIGNATURE_TAG,
  certificateKeyId,
  messageSignatureBase,
} from '../../src/core/request/rfc9421/message-profile.ts'
import { parseInnerList } from '../../src/core/request/structured-field/parse-field.ts'
import type { NamedAlgorithm } from '../../src/core/x509/named-signature.ts'
import {
  type DecisionFixture,
  FIXTURE_NONCE,
  FIXTURE_NOW,
  type KeyName,
  defaultAlgorithmOf,
  header,
  signAs,
} from './decision-fixture.ts'
import { signEcdsa } from './deterministic-signature.ts'

export const MESSAGE_BODY = Buffer.from('{"name":"Bob"}')
const SECONDS = FIXTURE_NOW.getTime() / 1000

export interface MessageOptions {
  readonly method?: string
  readonly target?: string
  readonly authority?: string
  readonly scheme?: 'https' | 'http'
  readonly body?: HttpRequest['body']
  /** Components as text, without parentheses. */
  readonly components?: string
  /** Parameters in place of the good ones; empty text leaves one out. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Signs by this one, and says so unless `parameters` say otherwise. */
  readonly algorithm?: NamedAlgorithm
  readonly chain?: readonly Uint8Array[]
  /** Further headers, there before signing. */
  readonly headers?: readonly (readonly [string, string])[]
  /** In place of the Content-Digest of the body; empty for none. */
  readonly contentDigest?: string
}

export const ALL_COMPONENTS = '"@method" "@authority" "@path" "@query" "x-client-cert" "content-digest"'

/** An HTTP request signed by our profile of RFC 9421 by one of the fixture's clients. */
export function signMessage(
  fixture: DecisionFixture,
  key: KeyName = 'ed25519',
  options: MessageOptions = {},
): { readonly request: HttpRequest; readonly scheme: 'https' | 'http' } {
  const {
    method = 'POST',
    target = '/users/7?full=1',
    authority = 'bob.example:8443',
    scheme = 'https',
  } = options
  const body = options.body ?? { kind: 'bytes', bytes: MESSAGE_BODY }
  const algorithm = options.algorithm ?? defaultAlgorithmOf(key)
  const chain = options.chain ?? [fixture.client(key)]
  const digest = options.contentDigest ?? `sha-256=:${formatBase64(bodyDigest(body))}:`
  const headers = [
    header('Content-Type', 'application/json'),
    ...(digest === '' ? [] : [header('Content-Digest', digest)]),
    header('X-Client-Cert', chain.map(formatBase64).join(',')),
    ...(options.headers ?? []).map(([name, value]) => header(name, value)),
  ]
  const parameters = {
    created: String(SECONDS),
    expires: String(SECONDS + 60),
    nonce: `"${FIXTURE_NONCE}"`,
    keyid: `"${chain[0] ? certificateKeyId(chain[0]) : ''}"`,
    alg: `"${algorithm}"`,
    tag: `"${SIGNATURE_TAG}"`,
    ...options.parameters,
  }
  const written = Object.entries(parameters).map(([name, value]) => (value === '' ? '' : `;${name}=${value}`))
  const input = `(${options.components ?? ALL_COMPONENTS})${written.join('')}`
  const base = messageSignatureBase(parseInnerList(input), {
    method,
    target,
    authority,
    scheme,
    headers: indexHeaders(headers),
  })
  const signature = signMessageAs(fixture.keys[key], algorithm, base)
  return {
    scheme,
    request: {
      method,
      target,
      authority,
      headers: [
        ...headers,
        header('Signature-Input', `sig=${input}`),
        header('Signature', `sig=:${formatBase64(signature)}:`),
      ],
      body,
      bodyTruncated: false,
    },
  }
}

/** The signed request as a credential, changed after it was signed. */
export function message(
  fixture: DecisionFixture,
  key: KeyName = 'ed25519',
  options: MessageOptions = {},
  tamper: (request: HttpRequest) => HttpRequest = (request) => request,
): Extract<Credential, { kind: 'rfc9421' }> {
  const { request, scheme } = signMessage(fixture, key, options)
  return { kind: 'rfc9421', scheme, request: tamper(request) }
}

/** Signs as RFC 9421 has it: ECDSA as two integers side by side. */
function signMessageAs(key: KeyObject, algorithm: NamedAlgorithm, base: Uint8Array): Uint8Array {
  switch (algorithm) {
    case 'ecdsa-p256-sha256':
      return signEcdsa(key, 'sha256', base)
    case 'ecdsa-p384-sha384':
      return signEcdsa(key, 'sha384', base)
    default:
      return signAs(key, algorithm, base)
  }
}
