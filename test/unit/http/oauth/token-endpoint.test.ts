import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OAuthCredentials } from '../../../../src/authority/authenticate-oauth-client.ts'
import type { AuthenticatedCaller } from '../../../../src/authority/authenticate-caller.ts'
import type { IssueTokenRequest } from '../../../../src/authority/issue-token.ts'
import { DomainError } from '../../../../src/core/errors.ts'
import { MAX_OAUTH_IN_FLIGHT } from '../../../../src/core/token-limits.ts'
import type { HttpQuestion } from '../../../../src/http/answer.ts'
import { createTokenEndpoint } from '../../../../src/http/oauth/token-endpoint.ts'
import { SignerError } from '../../../../src/signer/signer.ts'
import { StoreError } from '../../../../src/store/store.ts'
import { callerOf } from '../../../support/build-use-cases.ts'
import { silentLog } from '../../../support/fakes.ts'
import { httpQuestion } from '../../../support/http-question.ts'

const NOW = new Date('2026-06-01T12:00:00Z')
const EVERYONE = 'spiffe://chancery.example'
const FORM = 'application/x-www-form-urlencoded'
const JWT = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const GOOD = {
  grant_type: 'client_credentials',
  client_assertion_type: JWT,
  client_assertion: 'a.b.c',
}

interface Seen {
  credentials?: OAuthCredentials
  request?: IssueTokenRequest
  readonly counted: (readonly string[])[]
}

/** An endpoint over use cases that do as they are told. */
function endpoint(fail?: { readonly authenticate?: Error; readonly issue?: Error }) {
  const seen: Seen = { counted: [] }
  const route = createTokenEndpoint({
    everyone: EVERYONE,
    authenticate(credentials) {
      seen.credentials = credentials
      if (fail?.authenticate) return Promise.reject(fail.authenticate)
      const caller = callerOf('alice') as AuthenticatedCaller
      return Promise.resolve({ caller, hasShownCertificate: credentials.chain.length > 0 })
    },
    issue(_caller, request) {
      seen.request = request
      if (fail?.issue) return Promise.reject(fail.issue)
      return Promise.resolve({
        token: 'the.access.token',
        tokenId: 'id',
        expiresAt: new Date(NOW.getTime() + 299_500),
        scopes: ['bob.user.read', 'bob.user.write'],
        boundTo: undefined,
        warnings: [],
      })
    },
    clock: { now: () => NOW },
    log: silentLog,
    metrics: { oauthAnswered: (path, error, reason) => void seen.counted.push([path, error, reason]) },
  })
  return { route, seen }
}

async function ask(
  form: Readonly<Record<string, string>> | string,
  change: Partial<HttpQuestion> = {},
  fail?: Parameters<typeof endpoint>[0],
) {
  const { route, seen } = endpoint(fail)
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString()
  const answer = await route(
    httpQuestion({
      method: 'POST',
      path: '/oauth2/token',
      contentType: FORM,
      body: Buffer.from(body),
      ...change,
    }),
  )
  const json = JSON.parse(answer.body as string) as Record<string, unknown>
  return { ...answer, json, seen }
}

const refusal = async (...question: Parameters<typeof ask>) => {
  const { status, json, headers } = await ask(...question)
  assert.equal(headers['cache-control'], 'no-store')
  assert.equal(headers['content-type'], 'application/json')
  return [status, json['error']]
}

describe('the token endpoint', () => {
  it('answers a token that no cache keeps', async () => {
    const { status, headers, json, seen } = await ask({ ...GOOD, scope: 'bob.user.read bob.user.write' })
    assert.equal(status, 200)
    assert.deepEqual(json, {
      access_token: 'the.access.token',
      token_type: 'Bearer',
      expires_in: 299,
      scope: 'bob.user.read bob.user.write',
    })
    assert.equal(headers['cache-control'], 'no-store')
    assert.deepEqual(seen.credentials, { clientId: undefined, assertion: 'a.b.c', chain: [] })
    assert.deepEqual(seen.request, {
      clientId: '',
      scopes: ['bob.user.read', 'bob.user.write'],
      audience: '',
      validitySeconds: undefined,
      unbound: true,
    })
    assert.deepEqual(seen.counted, [['token', '', '']])
  })

  it('asks for a bound token exactly where the connection shows a certificate', async () => {
    const chainDer = [Uint8Array.of(1)]
    const tls = await ask({ grant_type: 'client_credentials', client_id: 'alice' }, { chainDer })
    assert.deepEqual(tls.seen.credentials, { clientId: 'alice', assertion: undefined, chain: chainDer })
    assert.equal(tls.seen.request?.unbound, false)
    assert.equal((await ask(GOOD, { chainDer })).seen.request?.unbound, false)
  })

  it('reads audience and resource', async () => {
    const audienceOf = async (form: Readonly<Record<string, string>>) =>
      (await ask({ ...GOOD, ...form })).seen.request?.audience
    assert.equal(await audienceOf({ audience: 'bob' }), 'bob')
    assert.equal(await audienceOf({ audience: EVERYONE }), '')
    assert.equal(await audienceOf({ resource: EVERYONE }), '')
    assert.equal(await audienceOf({ resource: `${EVERYONE}/bob` }), 'bob')
    assert.equal(await audienceOf({ resource: `${EVERYONE}/bob`, audience: 'bob' }), 'bob')
    for (const form of [
      { resource: 'https://bob.example' },
      { resource: `${EVERYONE}/` },
      { resource: `${EVERYONE}.evil/bob` },
      { resource: `${EVERYONE}/bob`, audience: 'carol' },
      { resource: EVERYONE, audience: 'carol' },
    ])
      assert.deepEqual(await refusal({ ...GOOD, ...form }), [400, 'invalid_target'], JSON.stringify(form))
  })

  const text = new URLSearchParams(GOOD).toString()
  for (const [name, form, change, status, error] of [
    ['a GET', GOOD, { method: 'GET' }, 405, 'invalid_request'],
    ['a web page', GOOD, { origin: 'https://evil.example' }, 403, 'invalid_request'],
    ['parameters in the URL', GOOD, { path: '/oauth2/token?scope=a.b' }, 400, 'invalid_request'],
    ['another content type', GOOD, { contentType: 'application/json' }, 400, 'invalid_request'],
    ['no content type', GOOD, { contentType: undefined }, 400, 'invalid_request'],
    ['another charset', GOOD, { contentType: `${FORM};charset=latin1` }, 400, 'invalid_request'],
    ['a parameter twice', `${text}&scope=a.b&scope=a.c`, {}, 400, 'invalid_request'],
    ['no grant type', { ...GOOD, grant_type: '' }, {}, 400, 'invalid_request'],
    ['another grant type', { ...GOOD, grant_type: 'password' }, {}, 400, 'unsupported_grant_type'],
    ['another assertion type', { ...GOOD, client_assertion_type: 'x' }, {}, 400, 'invalid_request'],
    ['no assertion type', { ...GOOD, client_assertion_type: '' }, {}, 400, 'invalid_request'],
    ['a type without an assertion', { ...GOOD, client_assertion: '' }, {}, 400, 'invalid_request'],
    ['a secret', { ...GOOD, client_secret: 'x' }, {}, 400, 'invalid_client'],
    ['an Authorization header', GOOD, { authorization: 'Basic YTpi' }, 401, 'invalid_client'],
  ] as const) {
    it(`refuses ${name} before anybody is asked who sent it: ${error}`, async () => {
      const { seen, headers } = await ask(form, change)
      assert.equal(seen.credentials, undefined)
      assert.deepEqual(await refusal(form, change), [status, error])
      assert.equal('www-authenticate' in headers, status === 401)
      assert.equal('allow' in headers, status === 405)
      assert.deepEqual(seen.counted, [['token', error, 'REQUEST_INVALID']])
    })
  }

  for (const [reason, metadata, status, error] of [
    ['CALLER_UNAUTHENTICATED', { deny_reason: 'SIGNATURE_INVALID' }, 400, 'invalid_client'],
    ['CALLER_REVOKED', { deny_reason: 'CERTIFICATE_REVOKED' }, 400, 'invalid_client'],
    ['CLIENT_LOCKED', {}, 400, 'invalid_client'],
    ['CLIENT_NOT_FOUND', {}, 400, 'invalid_client'],
    ['VALIDITY_OUT_OF_RANGE', {}, 400, 'invalid_client'],
    ['SCOPE_MALFORMED', {}, 400, 'invalid_scope'],
    ['SCOPE_NOT_GRANTABLE', {}, 400, 'invalid_scope'],
    ['FIELD_INVALID', { field: 'scopes' }, 400, 'invalid_scope'],
    ['FIELD_INVALID', { field: 'audience' }, 400, 'invalid_target'],
    ['RATE_LIMITED', {}, 429, 'temporarily_unavailable'],
    ['NONCE_STORE_FULL', {}, 503, 'temporarily_unavailable'],
    ['LINT_FAILED', {}, 500, 'server_error'],
  ] as const) {
    it(`calls ${reason} ${error} (${Object.values(metadata).join()})`, async () => {
      const failure = new DomainError(reason, 'a sentence with a secret in it', metadata)
      const { status: got, json, body, seen } = await ask(GOOD, {}, { authenticate: failure })
      assert.deepEqual([got, json['error']], [status, error])
      assert.ok(!(body as string).includes('secret'))
      const deny: string = 'deny_reason' in metadata ? metadata.deny_reason : reason
      assert.deepEqual(seen.counted, [['token', error, deny]])
      assert.deepEqual(await refusal(GOOD, {}, { issue: failure }), [status, error])
    })
  }

  it('says that it is out of order, and nothing of why', async () => {
    for (const failure of [new StoreError('/secret/place'), new SignerError('/secret/place')]) {
      const { status, headers, body } = await ask(GOOD, {}, { issue: failure })
      assert.deepEqual([status, headers['retry-after']], [503, '1'])
      assert.ok(!(body as string).includes('secret'))
    }
    assert.deepEqual(await refusal(GOOD, {}, { issue: new Error('/secret/place') }), [500, 'server_error'])
  })

  it('says who cannot be authenticated in the same words, whatever was wrong', async () => {
    const texts = new Set<unknown>()
    for (const deny_reason of [
      'CLIENT_UNKNOWN',
      'CERTIFICATE_REVOKED',
      'NONCE_REPLAYED',
      'SIGNATURE_INVALID',
    ]) {
      const failure = new DomainError('CALLER_UNAUTHENTICATED', deny_reason, { deny_reason })
      texts.add((await ask(GOOD, {}, { authenticate: failure })).body)
    }
    assert.equal(texts.size, 1)
  })

  it('works on so many requests at once, and refuses more', async () => {
    let release: () => void = () => undefined
    const gate = new Promise<never>((_, reject) => (release = () => reject(new StoreError('over'))))
    const route = createTokenEndpoint({
      everyone: EVERYONE,
      authenticate: () => gate,
      issue: () => Promise.reject(new Error('not reached')),
      clock: { now: () => NOW },
      log: silentLog,
      metrics: { oauthAnswered: () => undefined },
    })
    const question = httpQuestion({
      method: 'POST',
      path: '/oauth2/token',
      contentType: FORM,
      body: Buffer.from(text),
    })
    const held = Array.from({ length: MAX_OAUTH_IN_FLIGHT }, async () => route(question))
    const more = await route(question)
    assert.deepEqual([more.status, more.headers['retry-after']], [503, '1'])
    release()
    await Promise.all(held)
    const after = await route(question)
    assert.match(after.body as string, /Try again/)
  })
})
