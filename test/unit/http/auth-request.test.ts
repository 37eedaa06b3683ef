import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Caller } from '../../../src/authority/ports.ts'
import type { VerifyRequestInput } from '../../../src/core/decision/read-query.ts'
import type { Decision } from '../../../src/core/decision/decision.ts'
import { DENY_REASONS, type DenyReason } from '../../../src/core/decision/deny-reason.ts'
import { DomainError, ERROR_REASONS, type ErrorReason } from '../../../src/core/errors.ts'
import type { AuthQuestion } from '../../../src/http/auth-question.ts'
import { createAuthRoute } from '../../../src/http/auth-request.ts'
import { callerOf } from '../../support/build-use-cases.ts'
import { silentLog } from '../../support/fakes.ts'

const ORIGINAL = {
  'X-Original-Method': 'GET',
  'X-Original-URI': '/users/7?full=1',
  'X-Original-Host': 'bob.example',
}
const FORWARDED = {
  'X-Forwarded-Method': 'GET',
  'X-Forwarded-Uri': '/users/8',
  'X-Forwarded-Host': 'carol.example',
}

type Pairs = readonly (readonly [string, string])[]
type Headers = Readonly<Record<string, string>> | Pairs

function question(query = '', headers: Headers = ORIGINAL, change: Partial<AuthQuestion> = {}): AuthQuestion {
  const pairs = (Array.isArray(headers) ? headers : Object.entries(headers)) as Pairs
  return {
    method: 'GET',
    path: '/auth',
    query,
    headers: pairs.map(([name, value]) => ({ name, value: Buffer.from(value, 'latin1') })),
    hasBody: false,
    chainDer: undefined,
    peer: 'test',
    ...change,
  }
}

const ALLOW: Decision = {
  decision: 'ALLOW',
  denyReason: undefined,
  message: 'The request may be served.',
  principal: {
    clientId: 'alice',
    spiffeId: 'spiffe://chancery.example/client/alice',
    authorityId: 'issuing-1',
    serialNumber: '01',
    certificateSha256: new Uint8Array(32),
    tokenId: undefined,
    notAfter: new Date(0),
  },
  grantedScopes: ['bob.user.read', 'bob.user.write'],
  missingScopes: [],
  validUntil: new Date(0),
  evaluatedAt: undefined,
  checks: [],
}

function deny(reason: DenyReason): Decision {
  return { ...ALLOW, decision: 'DENY', denyReason: reason, message: 'Secret detail.', validUntil: undefined }
}

/** What the route answers, and what it asked the engine. */
async function ask(
  asked: AuthQuestion,
  outcome: Decision | Error = ALLOW,
  caller: Caller | Error = callerOf('edge'),
) {
  const inputs: VerifyRequestInput[] = []
  const route = createAuthRoute({
    authenticate: () => (caller instanceof Error ? Promise.reject(caller) : Promise.resolve(caller)),
    decide: (_, input) => {
      inputs.push(input)
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome)
    },
    log: silentLog,
  })
  return { ...(await route(asked)), input: inputs[0] }
}

describe('the question that a proxy asks', () => {
  it('is read from its own headers and query', async () => {
    const headers = { ...ORIGINAL, 'X-Nonce': 'n\xe9' }
    const { input } = await ask(
      question('scope=bob.user.read,bob.a&scope=bob.b&match=any&audience=bob', headers),
    )
    assert.deepEqual(input, {
      credential: {
        kind: 'http_signature',
        profile: 'unspecified',
        scheme: 'https',
        request: {
          method: 'GET',
          target: '/users/7?full=1',
          authority: 'bob.example',
          headers: question('', headers).headers,
          body: { kind: 'absent' },
          bodyTruncated: false,
        },
      },
      requiredScopes: ['bob.user.read', 'bob.a', 'bob.b'],
      match: 'any',
      audience: 'bob',
      freshness: undefined,
      explain: false,
    })
  })

  it('is authentication only without scopes, and needs all of several', async () => {
    const { input } = await ask(question())
    assert.deepEqual(input?.requiredScopes, [])
    assert.equal(input.match, 'all')
    assert.equal(input.audience, '')
  })

  it('is read from the headers that go with the path, whatever else is there', async () => {
    const both = { ...ORIGINAL, ...FORWARDED }
    const line = async (path: string) => {
      const credential = (await ask(question('', both, { path }))).input?.credential
      assert.equal(credential?.kind, 'http_signature')
      return credential.request.target
    }
    assert.equal(await line('/auth'), '/users/7?full=1')
    assert.equal(await line('/forward-auth'), '/users/8')
  })

  it('has the scheme that the proxy names, and https if it names none', async () => {
    const scheme = async (headers: Headers, path = '/auth') => {
      const credential = (await ask(question('', headers, { path }))).input?.credential
      assert.equal(credential?.kind, 'http_signature')
      return credential.scheme
    }
    assert.equal(await scheme({ ...ORIGINAL, 'X-Original-Proto': 'http' }), 'http')
    assert.equal(await scheme({ ...ORIGINAL, 'X-Original-Proto': 'https' }), 'https')
    assert.equal(await scheme({ ...ORIGINAL, 'X-Forwarded-Proto': 'http' }), 'https')
    assert.equal(await scheme({ ...FORWARDED, 'X-Forwarded-Proto': 'http' }, '/forward-auth'), 'http')
    assert.equal(await scheme({ ...FORWARDED, 'X-Forwarded-Proto': 'ws' }, '/forward-auth'), 'http')
    assert.equal(await scheme({ ...FORWARDED, 'X-Forwarded-Proto': 'wss' }, '/forward-auth'), 'https')
  })

  describe('is no question, and answered 500,', () => {
    const cases: readonly (readonly [string, AuthQuestion])[] = [
      ...Object.keys(ORIGINAL).flatMap((name) => {
        const pairs = Object.entries(ORIGINAL)
        return [
          [
            `without ${name}`,
            question(
              '',
              pairs.filter(([one]) => one !== name),
            ),
          ],
          [
            `with a second ${name}, which the stranger sent`,
            question('', [...pairs, [name.toLowerCase(), 'x']]),
          ],
        ] as const
      }),
      ['with the headers of the other path', question('', FORWARDED)],
      ['with a scheme that is none', question('', { ...ORIGINAL, 'X-Original-Proto': 'HTTP' })],
      [
        'with a second scheme, which the stranger sent',
        question('', [
          ...Object.entries(ORIGINAL),
          ['X-Original-Proto', 'https'],
          ['x-original-proto', 'http'],
        ]),
      ],
      ['with a misspelt demand', question('scopes=bob.user.read')],
      ['with two ways to match', question('match=any&match=all')],
      ['with an unknown way to match', question('match=ANY')],
      ['with two audiences', question('audience=a&audience=b')],
      ['with two certificates', question('certificate=client-cert&certificate=client-cert')],
    ]
    for (const [name, asked] of cases) {
      it(name, async () => {
        const { status, headers, input } = await ask(asked)
        assert.equal(status, 500)
        assert.equal(headers['x-chancery-error'], 'FIELD_INVALID')
        assert.equal(input, undefined)
      })
    }
  })

  describe('counts the body as not seen', () => {
    const cases: readonly (readonly [string, AuthQuestion])[] = [
      ...['POST', 'PUT', 'PATCH', 'OPTIONS', 'get', 'QUERY'].map(
        (method) => [`of ${method}`, question('', { ...ORIGINAL, 'X-Original-Method': method })] as const,
      ),
      ['that came with the sub-request', question('', ORIGINAL, { hasBody: true })],
      ['of a length', question('', { ...ORIGINAL, 'X-Original-Content-Length': '5' })],
      [
        'of two lengths',
        question('', [
          ...Object.entries(ORIGINAL),
          ['X-Original-Content-Length', '0'],
          ['X-Original-Content-Length', '5'],
        ]),
      ],
      ['of a length that is not one', question('', { ...ORIGINAL, 'X-Original-Content-Length': '+0' })],
      ['in chunks', question('', { ...ORIGINAL, 'X-Original-Transfer-Encoding': 'chunked' })],
    ]
    for (const [name, asked] of cases) {
      it(name, async () => {
        const credential = (await ask(asked)).input?.credential
        assert.equal(credential?.kind === 'http_signature' && credential.request.bodyTruncated, true)
      })
    }

    it('but not of GET, HEAD and DELETE, nor of length 0', async () => {
      for (const method of ['GET', 'HEAD', 'DELETE']) {
        const headers = { ...ORIGINAL, 'X-Original-Method': method, 'X-Original-Content-Length': '0' }
        const credential = (await ask(question('', headers))).input?.credential
        assert.equal(credential?.kind === 'http_signature' && credential.request.bodyTruncated, false)
      }
    })
  })

  describe('about a forwarded certificate', () => {
    const forwarded = async (query: string, headers: Headers) => {
      const credential = (await ask(question(query, headers))).input?.credential
      assert.equal(credential?.kind, 'presented_certificate')
      assert.deepEqual(credential.chain, [])
      const { header, value, chainValue } = credential.forwarded!
      return [header, Buffer.from(value).toString('latin1'), Buffer.from(chainValue).toString('latin1')]
    }

    it('takes the header that the query names, and its chain', async () => {
      const headers = { 'Client-Cert': ':a:', 'Client-Cert-Chain': ':b:', 'X-SSL-Client-Cert': 'c' }
      assert.deepEqual(await forwarded('certificate=Client-Cert', headers), ['Client-Cert', ':a:', ':b:'])
      assert.deepEqual(await forwarded('certificate=x-ssl-client-cert', headers), [
        'x-ssl-client-cert',
        'c',
        '',
      ])
    })

    it('has an empty one where the header is missing, and joins lines, for the parser to refuse', async () => {
      assert.deepEqual(await forwarded('certificate=client-cert', {}), ['client-cert', '', ''])
      assert.deepEqual(
        await forwarded('certificate=client-cert', [
          ['Client-Cert', ':a:'],
          ['client-cert', ':b:'],
        ]),
        ['client-cert', ':a:,:b:', ''],
      )
    })

    it('is not asked because a header is there', async () => {
      const { input } = await ask(question('', { ...ORIGINAL, 'Client-Cert': ':a:' }))
      assert.equal(input?.credential?.kind, 'http_signature')
    })
  })
})

describe('a question that accepts tokens', () => {
  const withToken = { ...ORIGINAL, Authorization: 'Bearer a.b.c' }
  const credentialOf = async (query: string, headers: Headers = withToken, change?: Partial<AuthQuestion>) =>
    (await ask(question(query, headers, change))).input?.credential

  it('is judged by the token, with any body and method', async () => {
    const headers = { ...withToken, 'X-Original-Method': 'POST' }
    assert.deepEqual(await credentialOf('bearer=accept', headers, { hasBody: true }), {
      kind: 'bearer_token',
      token: 'a.b.c',
      certificate: undefined,
    })
  })

  it('has the certificate that the proxy forwards beside the token', async () => {
    const headers = { ...withToken, 'Client-Cert': ':a:' }
    const credential = await credentialOf('bearer=accept&certificate=client-cert', headers)
    assert.equal(credential?.kind, 'bearer_token')
    assert.equal(credential.certificate?.forwarded?.header, 'client-cert')
  })

  it('is judged without the token if it is signed', async () => {
    const signed = { ...withToken, 'X-Signature': 'x' }
    assert.equal((await credentialOf('bearer=accept', signed))?.kind, 'http_signature')
    const query = 'bearer=accept&certificate=client-cert'
    assert.equal((await credentialOf(query, signed))?.kind, 'presented_certificate')
  })

  it('is one that says so, once and in these words', async () => {
    for (const query of ['', 'bearer=refuse'])
      assert.equal((await credentialOf(query))?.kind, 'http_signature')
    for (const query of ['bearer=', 'bearer=yes', 'bearer=accept&bearer=accept'])
      assert.equal((await ask(question(query, withToken))).status, 500)
  })

  it('names both ways in the challenge of its answer', async () => {
    const { headers } = await ask(question('bearer=accept', withToken), deny('TOKEN_EXPIRED'))
    assert.equal(headers['www-authenticate'], 'Signature realm="chancery", Bearer realm="chancery"')
    const plain = await ask(question('', withToken), deny('CREDENTIAL_MISSING'))
    assert.equal(plain.headers['www-authenticate'], 'Signature realm="chancery"')
  })
})

describe('the answer to a proxy', () => {
  it('to ALLOW is 200 with client and scopes', async () => {
    const { status, headers } = await ask(question())
    assert.equal(status, 200)
    assert.equal(headers['x-chancery-client-id'], 'alice')
    assert.equal(headers['x-chancery-scopes'], 'bob.user.read bob.user.write')
    assert.equal(headers['cache-control'], 'no-store')
  })

  it('to every reason for DENY is 403 where scopes are missing, else 401 with a challenge', async () => {
    for (const reason of DENY_REASONS) {
      const { status, headers, body } = await ask(question(), deny(reason))
      const forbidden = reason === 'SCOPE_INSUFFICIENT' || reason === 'AUDIENCE_MISMATCH'
      assert.equal(status, forbidden ? 403 : 401)
      assert.equal(headers['www-authenticate'] !== undefined, !forbidden)
      assert.equal(headers['x-chancery-deny-reason'], reason)
      assert.equal(headers['x-chancery-client-id'], undefined)
      assert.doesNotMatch(String(body), new RegExp(`Secret|${reason}`))
    }
  })

  it('names no reason where the proxy would pass it on to its client', async () => {
    const asked = question('', FORWARDED, { path: '/forward-auth' })
    for (const outcome of [
      deny('NONCE_REPLAYED'),
      deny('SCOPE_INSUFFICIENT'),
      new DomainError('INTERNAL', 'x'),
    ]) {
      const { headers } = await ask(asked, outcome)
      assert.deepEqual(
        Object.keys(headers).filter((name) => name.startsWith('x-chancery')),
        [],
      )
    }
  })

  it('to every error is 500 or 503, never one that speaks of the client', async () => {
    const passing = new Set<ErrorReason>([
      'NONCE_STORE_FULL',
      'RATE_LIMITED',
      'REVOCATION_STATE_STALE',
      'SHUTTING_DOWN',
      'SIGNER_UNAVAILABLE',
      'STORE_UNAVAILABLE',
    ])
    for (const reason of ERROR_REASONS) {
      const { status, headers, body } = await ask(question(), new DomainError(reason, 'Secret detail.'))
      assert.equal(status, passing.has(reason) ? 503 : 500)
      assert.equal(headers['x-chancery-error'], reason)
      assert.doesNotMatch(String(body), /Secret/)
    }
    const { status, headers, body } = await ask(question(), new Error('Secret detail.'))
    assert.equal(status, 503)
    assert.equal(headers['x-chancery-error'], 'INTERNAL')
    assert.doesNotMatch(String(body), /Secret/)
  })

  it('is 500 to a proxy that is not known, before its question is read', async () => {
    const stranger = new DomainError('CALLER_UNAUTHENTICATED', 'x')
    const { status, input } = await ask(question(), ALLOW, stranger)
    assert.equal(status, 500)
    assert.equal(input, undefined)
  })

  it('is 404 and 405 to anything else', async () => {
    for (const path of ['/', '', '/auth/', '/Auth', '/auth%20', '//auth', '/livez']) {
      assert.equal((await ask(question('', ORIGINAL, { path }))).status, 404)
    }
    for (const method of ['POST', 'HEAD', 'PUT', 'OPTIONS']) {
      assert.equal((await ask(question('', ORIGINAL, { method }))).status, 405)
    }
  })
})
