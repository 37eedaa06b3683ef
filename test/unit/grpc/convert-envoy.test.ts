import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Decision } from '../../../src/core/decision/decision.ts'
import { DENY_REASONS, type DenyReason } from '../../../src/core/decision/deny-reason.ts'
import { AttributeContext } from '../../../src/gen/envoy/service/auth/v3/attribute_context.ts'
import { CheckResponse } from '../../../src/gen/envoy/service/auth/v3/external_auth.ts'
import { fromWireCheck } from '../../../src/grpc/convert-envoy-request.ts'
import { toWireCheck } from '../../../src/grpc/convert-envoy-response.ts'
import { formatPem } from '../../../src/core/pem.ts'

const invalid = { name: 'DomainError', reason: 'FIELD_INVALID' }
const field = (name: string) => (error: unknown) =>
  (error as { metadata: Record<string, string> }).metadata['field'] === name

interface Sent {
  readonly method?: string
  readonly protocol?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly rawBody?: string
  readonly body?: string
  readonly certificate?: string
  readonly extensions?: Record<string, string>
}

/** What Envoy sends with the configuration of docs/recipes/envoy-ext-authz.yaml. */
function attributes(sent: Sent = {}): AttributeContext {
  return AttributeContext.fromPartial({
    source: { certificate: sent.certificate ?? '' },
    request: {
      http: {
        method: sent.method ?? 'GET',
        path: '/users/7?full=1',
        host: 'bob.example',
        scheme: 'https',
        protocol: sent.protocol ?? 'HTTP/2',
        headerMap: {
          headers: [[':method', sent.method ?? 'GET'] as const, ...(sent.headers ?? [])].map(
            ([key, value]) => ({
              key,
              rawValue: Buffer.from(value, 'latin1'),
            }),
          ),
        },
        rawBody: Buffer.from(sent.rawBody ?? ''),
        body: sent.body ?? '',
      },
    },
    contextExtensions: sent.extensions ?? { required_scopes: 'bob.user.read' },
  })
}

function signedPart(sent: Sent) {
  const { credential } = fromWireCheck(attributes(sent))
  assert.equal(credential?.kind, 'http_signature')
  return credential.request
}

describe("what Envoy's route demands", () => {
  it('is read from its context extensions', () => {
    const input = fromWireCheck(
      attributes({ extensions: { required_scopes: ' bob.a  bob.b ', match: 'any', audience: 'bob' } }),
    )
    assert.deepEqual([input.requiredScopes, input.match, input.audience], [['bob.a', 'bob.b'], 'any', 'bob'])
  })

  it('may be authentication only, if it says so', () => {
    assert.deepEqual(fromWireCheck(attributes({ extensions: { required_scopes: '' } })).requiredScopes, [])
  })

  const wrong: Record<string, Record<string, string>> = {
    'context_extensions.required_scopes': { audience: 'bob' },
    'context_extensions.match': { required_scopes: '', match: 'ANY' },
    'context_extensions.credential': { required_scopes: '', credential: 'none' },
    'context_extensions.bearer': { required_scopes: '', bearer: 'yes' },
    'context_extensions.audiance': { required_scopes: '', audiance: 'bob' },
  }
  for (const [name, extensions] of Object.entries(wrong)) {
    it(`is no demand with a wrong ${name}`, () => {
      assert.throws(() => fromWireCheck(attributes({ extensions })), field(name))
    })
  }

  it('is nothing without an HTTP request', () => {
    assert.throws(() => fromWireCheck(undefined), invalid)
    assert.throws(() => fromWireCheck(AttributeContext.fromPartial({ request: {} })), invalid)
  })
})

describe('the request that Envoy describes', () => {
  it('keeps its line and its header octet by octet, without pseudo-header fields', () => {
    const request = signedPart({
      headers: [
        ['x-a', '\xff\x00'],
        ['x-a', 'two'],
      ],
    })
    assert.deepEqual(
      [request.method, request.target, request.authority],
      ['GET', '/users/7?full=1', 'bob.example'],
    )
    assert.deepEqual(
      request.headers.map(({ name, value }) => [name, Buffer.from(value).toString('latin1')]),
      [
        ['x-a', '\xff\x00'],
        ['x-a', 'two'],
      ],
    )
  })

  it('has the scheme that Envoy saw', () => {
    const context = attributes()
    for (const scheme of ['http', 'https'] as const) {
      context.request!.http!.scheme = scheme
      const { credential } = fromWireCheck(context)
      assert.equal(credential?.kind === 'http_signature' ? credential.scheme : undefined, scheme)
    }
  })

  it('is read from the joined headers when Envoy does not send the raw ones', () => {
    const context = attributes()
    const http = context.request!.http!
    http.headerMap = undefined
    http.headers = { ':path': '/', 'x-nonce': 'abc' }
    const { credential } = fromWireCheck(context)
    assert.equal(credential?.kind, 'http_signature')
    assert.deepEqual(credential.request.headers, [{ name: 'x-nonce', value: Buffer.from('abc') }])
  })

  const whole = ['x-envoy-auth-partial-body', 'false'] as const
  const cut = ['x-envoy-auth-partial-body', 'true'] as const
  const bodies: { name: string; sent: Sent; truncated: boolean }[] = [
    { name: 'GET without a body', sent: {}, truncated: false },
    { name: 'a whole body', sent: { method: 'POST', rawBody: 'abc', headers: [whole] }, truncated: false },
    {
      name: 'a whole body of its length',
      sent: { method: 'POST', rawBody: 'abc', headers: [whole, ['content-length', '3']] },
      truncated: false,
    },
    { name: 'a body cut off', sent: { method: 'POST', rawBody: 'abc', headers: [cut] }, truncated: true },
    {
      name: 'a body cut off, and a client that says it is not',
      sent: { method: 'POST', rawBody: 'abc', headers: [whole, cut] },
      truncated: true,
    },
    {
      name: 'a body of another length',
      sent: { method: 'POST', rawBody: 'abc', headers: [whole, ['content-length', '4']] },
      truncated: true,
    },
    { name: 'a body and no word on it', sent: { method: 'POST', rawBody: 'abc' }, truncated: true },
    { name: 'a length and no body', sent: { headers: [['content-length', '9']] }, truncated: true },
    {
      name: 'a length and no body, and a client that says it is whole',
      sent: { headers: [['content-length', '9'], whole] },
      truncated: true,
    },
    { name: 'a length of 0', sent: { method: 'POST', headers: [['content-length', '0']] }, truncated: false },
    {
      name: 'chunks and no body',
      sent: { protocol: 'HTTP/1.1', headers: [['transfer-encoding', 'chunked']] },
      truncated: true,
    },
    {
      name: 'POST over HTTP/1.1 without either',
      sent: { method: 'POST', protocol: 'HTTP/1.1' },
      truncated: false,
    },
    { name: 'POST over HTTP/2 without a length', sent: { method: 'POST' }, truncated: true },
  ]
  for (const { name, sent, truncated } of bodies) {
    it(`counts as ${truncated ? 'cut off' : 'whole'}: ${name}`, () => {
      assert.equal(signedPart(sent).bodyTruncated, truncated)
    })
  }

  it('is refused with a body as text, which is not the body', () => {
    assert.throws(() => fromWireCheck(attributes({ body: 'abc' })), field('attributes.request.http.body'))
  })
})

describe('the certificate that Envoy saw', () => {
  const der = Buffer.from('not looked into here')
  const certificate = encodeURIComponent(formatPem('CERTIFICATE', der))
  const extensions = { required_scopes: '', credential: 'certificate' }

  it('counts where the route says so', () => {
    const { credential } = fromWireCheck(attributes({ certificate, extensions }))
    assert.equal(credential?.kind, 'presented_certificate')
    assert.deepEqual(
      credential.chain.map((one) => Buffer.from(one)),
      [der],
    )
    assert.equal(credential.forwarded, undefined)
  })

  it('does not count where the route does not', () => {
    assert.equal(fromWireCheck(attributes({ certificate })).credential?.kind, 'http_signature')
  })

  for (const name of ['signature', 'Signature-Input', 'x-signature', 'X-Client-Cert']) {
    it(`does not count for a request with ${name}, which is judged by its signature`, () => {
      const sent = { certificate, extensions, headers: [[name, ''] as const] }
      assert.equal(fromWireCheck(attributes(sent)).credential?.kind, 'http_signature')
    })
  }

  it('is an empty chain if the client showed none', () => {
    const { credential } = fromWireCheck(attributes({ extensions }))
    assert.deepEqual(credential, { kind: 'presented_certificate', chain: [], forwarded: undefined })
  })

  for (const broken of ['%', 'not a certificate', certificate.slice(0, -9), 'a'.repeat(70_000)]) {
    it(`is an error and no denial if it cannot be read: ${broken.slice(0, 12)}`, () => {
      assert.throws(
        () => fromWireCheck(attributes({ certificate: broken, extensions })),
        field('attributes.source.certificate'),
      )
    })
  }

  it('comes from a header of a trusted proxy before Envoy if the route names it', () => {
    const sent = {
      certificate,
      extensions: { required_scopes: '', credential: 'x-forwarded-client-cert' },
      headers: [
        ['x-forwarded-client-cert', 'Hash=1'] as const,
        ['X-Forwarded-Client-Cert', 'Hash=2'] as const,
      ],
    }
    const { credential } = fromWireCheck(attributes(sent))
    assert.equal(credential?.kind, 'presented_certificate')
    assert.deepEqual(credential.chain, [])
    assert.equal(credential.forwarded?.header, 'x-forwarded-client-cert')
    assert.equal(Buffer.from(credential.forwarded.value).toString(), 'Hash=1,Hash=2')
  })
})

const principal = {
  clientId: 'alice',
  spiffeId: 'spiffe://chancery.example/client/alice',
  authorityId: 'issuing-1',
  serialNumber: '0a',
  certificateSha256: new Uint8Array(32),
  tokenId: undefined,
  notAfter: new Date('2026-07-01T00:00:00Z'),
}

function decision(change: Partial<Decision>): Decision {
  return {
    decision: 'ALLOW',
    denyReason: undefined,
    message: 'For the operator.',
    principal,
    grantedScopes: ['bob.user.read'],
    missingScopes: [],
    validUntil: undefined,
    evaluatedAt: undefined,
    checks: [],
    ...change,
  }
}

/** The answer as Envoy reads it. */
function answer(
  change: Partial<Decision>,
  headers: readonly (readonly [string, string])[] = [],
): CheckResponse {
  return CheckResponse.decode(
    CheckResponse.encode(toWireCheck(decision(change), attributes({ headers }))).finish(),
  )
}

describe('the answer to Envoy', () => {
  it('names the client in headers that overwrite, and removes what looks like ours', () => {
    const { status, httpResponse, dynamicMetadata } = answer({}, [
      ['X-Chancery-Client-Id', 'admin'],
      ['x_chancery_client_id', 'admin'],
      ['x-chancery-role', 'admin'],
      ['x-other', ''],
    ])
    assert.equal(status?.code, 0)
    assert.equal(httpResponse?.$case, 'okResponse')
    assert.deepEqual(
      httpResponse.value.headers.map(({ header, append }) => [header?.key, header?.value, append]),
      [
        ['x-chancery-client-id', 'alice', false],
        ['x-chancery-scopes', 'bob.user.read', false],
      ],
    )
    assert.deepEqual(httpResponse.value.headersToRemove, ['x_chancery_client_id', 'x-chancery-role'])
    assert.equal(dynamicMetadata?.['client_id'], 'alice')
  })

  it("removes the client's own scopes when there are none to name", () => {
    const { httpResponse } = answer({ grantedScopes: [] })
    assert.equal(httpResponse?.$case, 'okResponse')
    assert.deepEqual(httpResponse.value.headersToRemove, ['x-chancery-scopes'])
  })

  for (const reason of DENY_REASONS) {
    const status = ['SCOPE_INSUFFICIENT', 'AUDIENCE_MISMATCH'].includes(reason) ? 403 : 401
    it(`is ${status} for ${reason}, with the reason for the operator only`, () => {
      const { httpResponse, dynamicMetadata, ...rest } = answer({
        decision: 'DENY',
        denyReason: reason satisfies DenyReason,
      })
      assert.equal(rest.status?.code, status === 403 ? 7 : 16)
      assert.equal(httpResponse?.$case, 'deniedResponse')
      assert.equal(httpResponse.value.status?.code, status)
      assert.doesNotMatch(
        JSON.stringify([rest.status, httpResponse.value]),
        new RegExp(`${reason}|alice|operator`),
      )
      assert.equal(dynamicMetadata?.['deny_reason'], reason)
      assert.equal(dynamicMetadata['message'], 'For the operator.')
    })
  }

  it('never lets a request pass that nobody was named for', () => {
    assert.equal(answer({ principal: undefined }).httpResponse?.$case, 'deniedResponse')
  })
})

describe('a route that accepts tokens', () => {
  const extensions = { required_scopes: 'bob.user.read', bearer: 'accept' }
  const certificate = encodeURIComponent(formatPem('CERTIFICATE', Buffer.from('leaf')))
  const authorization = ['Authorization', 'Bearer a.b.c'] as const
  const credentialOf = (sent: Sent) => fromWireCheck(attributes({ extensions, ...sent })).credential

  it('judges by the token, beside the certificate that the TLS of Envoy proved', () => {
    const credential = credentialOf({ headers: [authorization], certificate })
    assert.equal(credential?.kind, 'bearer_token')
    assert.equal(credential.token, 'a.b.c')
    assert.deepEqual(
      credential.certificate?.chain.map((der) => Buffer.from(der).toString()),
      ['leaf'],
    )
  })

  it('takes the certificate from the header of a proxy before Envoy if the route says so', () => {
    const credential = credentialOf({
      headers: [authorization, ['x-forwarded-client-cert', 'Cert=x']],
      extensions: { ...extensions, credential: 'x-forwarded-client-cert' },
      certificate,
    })
    assert.equal(credential?.kind, 'bearer_token')
    assert.equal(credential.certificate?.forwarded?.header, 'x-forwarded-client-cert')
  })

  it('judges a signed request by its signature, and one without a token as if there were none', () => {
    assert.equal(credentialOf({ headers: [authorization, ['X-Signature', 'x']] })?.kind, 'http_signature')
    assert.equal(credentialOf({ headers: [['authorization', 'Basic a']] })?.kind, 'http_signature')
    const either = { ...extensions, credential: 'certificate' }
    assert.equal(credentialOf({ extensions: either, certificate })?.kind, 'presented_certificate')
    assert.equal(
      credentialOf({ extensions: either, headers: [authorization, ['signature', 'x']] })?.kind,
      'http_signature',
    )
  })

  it('is one that says so: others look at no token', () => {
    for (const bearer of [{}, { bearer: 'refuse' }]) {
      const sent = { headers: [authorization], extensions: { required_scopes: '', ...bearer } }
      assert.equal(credentialOf(sent)?.kind, 'http_signature')
    }
  })

  it('names both ways in its challenge', () => {
    const challengeOf = (context: AttributeContext) => {
      const response = toWireCheck(decision({ decision: 'DENY', denyReason: 'TOKEN_EXPIRED' }), context)
      assert.equal(response.httpResponse?.$case, 'deniedResponse')
      return response.httpResponse.value.headers[0]?.header?.value
    }
    assert.equal(
      challengeOf(attributes({ extensions })),
      'Signature realm="chancery", Bearer realm="chancery"',
    )
    assert.equal(challengeOf(attributes()), 'Signature realm="chancery"')
  })
})
