import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AuthenticatedCaller } from '../../../../src/authority/authenticate-caller.ts'
import type { OAuthCredentials } from '../../../../src/authority/authenticate-oauth-client.ts'
import type { RevokeTokenRequest, RevokeTokenResult } from '../../../../src/authority/revoke-token.ts'
import { DomainError } from '../../../../src/core/errors.ts'
import { MAX_OAUTH_IN_FLIGHT } from '../../../../src/core/token-limits.ts'
import type { HttpQuestion } from '../../../../src/http/answer.ts'
import { createRevocationEndpoint } from '../../../../src/http/oauth/revocation-endpoint.ts'
import { StoreError } from '../../../../src/store/store.ts'
import { callerOf } from '../../../support/build-use-cases.ts'
import { silentLog } from '../../../support/fakes.ts'
import { httpQuestion } from '../../../support/http-question.ts'

const FORM = 'application/x-www-form-urlencoded'
const JWT = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const GOOD = { token: 'the.access.token', client_assertion_type: JWT, client_assertion: 'a.b.c' }

interface Told {
  readonly authenticate?: Error
  readonly revoke?: Error
  readonly outcome?: RevokeTokenResult['outcome']
}

interface Seen {
  credentials?: OAuthCredentials
  request?: RevokeTokenRequest
  readonly counted: (readonly string[])[]
}

/** Asks an endpoint over use cases that do as they are told. */
async function ask(
  form: Readonly<Record<string, string>> | string,
  change: Partial<HttpQuestion> = {},
  told: Told = {},
) {
  const seen: Seen = { counted: [] }
  const route = createRevocationEndpoint({
    authenticate(credentials) {
      seen.credentials = credentials
      if (told.authenticate) return Promise.reject(told.authenticate)
      return Promise.resolve({ caller: callerOf('alice') as AuthenticatedCaller, hasShownCertificate: false })
    },
    revoke(caller, request) {
      assert.equal(caller.clientId, 'alice')
      seen.request = request
      if (told.revoke) return Promise.reject(told.revoke)
      return Promise.resolve({ outcome: told.outcome ?? 'revoked', tokenId: 'id', crlNumber: 7n })
    },
    log: silentLog,
    metrics: { oauthAnswered: (path, error, reason) => void seen.counted.push([path, error, reason]) },
  })
  return { ...(await route(questionOf(form, change))), seen }
}

function questionOf(form: Parameters<typeof ask>[0], change: Partial<HttpQuestion> = {}): HttpQuestion {
  const body = Buffer.from(typeof form === 'string' ? form : new URLSearchParams(form).toString())
  return httpQuestion({ method: 'POST', path: '/oauth2/revoke', contentType: FORM, body, ...change })
}

async function refusal(...question: Parameters<typeof ask>) {
  const { status, body, headers, seen } = await ask(...question)
  assert.equal(headers['cache-control'], 'no-store')
  assert.equal(headers['content-type'], 'application/json')
  const { error } = JSON.parse(body as string) as { error: string }
  return { told: [status, error], headers, body: body as string, seen }
}

describe('the revocation endpoint', () => {
  for (const outcome of ['revoked', 'already_revoked', 'expired'] as const) {
    it(`answers nothing but 200, which no cache keeps: ${outcome}`, async () => {
      const { status, headers, body, seen } = await ask(GOOD, {}, { outcome })
      assert.deepEqual([status, body, headers['cache-control']], [200, '', 'no-store'])
      assert.deepEqual(seen.credentials, { clientId: undefined, assertion: 'a.b.c', chain: [] })
      assert.deepEqual(seen.request, { kind: 'token', token: GOOD.token })
      assert.deepEqual(seen.counted, [['revoke', '', '']])
    })
  }

  it('authenticates by the certificate of the connection', async () => {
    const chainDer = [Uint8Array.of(1)]
    const { status, seen } = await ask({ token: 'x', client_id: 'alice' }, { chainDer })
    assert.equal(status, 200)
    assert.deepEqual(seen.credentials, { clientId: 'alice', assertion: undefined, chain: chainDer })
  })

  it('passes over hints and whatever else it does not know', async () => {
    for (const hint of ['access_token', 'refresh_token', 'nonsense']) {
      const { status, seen } = await ask({ ...GOOD, token_type_hint: hint, grant_type: 'x' })
      assert.equal(status, 200)
      assert.deepEqual(seen.request, { kind: 'token', token: GOOD.token })
    }
  })

  it('answers 200 to what is no token of ours, and counts why', async () => {
    const revoke = new DomainError('FIELD_INVALID', 'not ours', { field: 'token' })
    const { status, body, seen } = await ask(GOOD, {}, { revoke })
    assert.deepEqual([status, body], [200, ''])
    assert.deepEqual(seen.counted, [['revoke', '', 'FIELD_INVALID']])
  })

  const text = new URLSearchParams(GOOD).toString()
  for (const [name, form, change, status, error] of [
    ['a GET', GOOD, { method: 'GET' }, 405, 'invalid_request'],
    ['a web page', GOOD, { origin: 'https://evil.example' }, 403, 'invalid_request'],
    ['a token in the URL', GOOD, { path: '/oauth2/revoke?token=x' }, 400, 'invalid_request'],
    ['another content type', GOOD, { contentType: 'application/json' }, 400, 'invalid_request'],
    ['two tokens', `${text}&token=x`, {}, 400, 'invalid_request'],
    ['no token', { ...GOOD, token: '' }, {}, 400, 'invalid_request'],
    ['another assertion type', { ...GOOD, client_assertion_type: 'x' }, {}, 400, 'invalid_request'],
    ['a type without an assertion', { ...GOOD, client_assertion: '' }, {}, 400, 'invalid_request'],
    ['a secret', { ...GOOD, client_secret: 'x' }, {}, 400, 'invalid_client'],
    ['an Authorization header', GOOD, { authorization: 'Bearer a.b.c' }, 401, 'invalid_client'],
  ] as const) {
    it(`refuses ${name} before anybody is asked who sent it: ${error}`, async () => {
      const { told, headers, seen } = await refusal(form, change)
      assert.deepEqual(told, [status, error])
      assert.deepEqual([seen.credentials, seen.request], [undefined, undefined])
      assert.equal('www-authenticate' in headers, status === 401)
      assert.equal('allow' in headers, status === 405)
      assert.deepEqual(seen.counted, [['revoke', error, 'REQUEST_INVALID']])
    })
  }

  for (const [reason, metadata, status, error] of [
    ['CALLER_UNAUTHENTICATED', { deny_reason: 'NONCE_REPLAYED' }, 400, 'invalid_client'],
    ['CALLER_REVOKED', { deny_reason: 'CERTIFICATE_REVOKED' }, 400, 'invalid_client'],
    ['NONCE_STORE_FULL', {}, 503, 'temporarily_unavailable'],
    // Only the use case says what is no token: from here it is not good news.
    ['FIELD_INVALID', { field: 'token' }, 400, 'invalid_scope'],
  ] as const) {
    it(`revokes nothing for who fails authentication with ${reason}: ${error}`, async () => {
      const failure = new DomainError(reason, 'a sentence with a secret in it', metadata)
      const { told, body, seen } = await refusal(GOOD, {}, { authenticate: failure })
      assert.deepEqual(told, [status, error])
      assert.equal(seen.request, undefined)
      assert.ok(!body.includes('secret'))
      const counted: string = 'deny_reason' in metadata ? metadata.deny_reason : reason
      assert.deepEqual(seen.counted, [['revoke', error, counted]])
    })
  }

  for (const [reason, status, error] of [
    ['CALLER_NOT_ALLOWED', 400, 'invalid_grant'],
    ['CLIENT_LOCKED', 400, 'invalid_client'],
    ['RATE_LIMITED', 429, 'temporarily_unavailable'],
    ['SHUTTING_DOWN', 503, 'temporarily_unavailable'],
    ['LINT_FAILED', 500, 'server_error'],
  ] as const) {
    it(`calls ${reason} of the use case ${error}`, async () => {
      const failure = new DomainError(reason, 'a sentence with a secret in it')
      const { told, body, seen } = await refusal(GOOD, {}, { revoke: failure })
      assert.deepEqual(told, [status, error])
      assert.ok(!body.includes('secret'))
      assert.deepEqual(seen.counted, [['revoke', error, reason]])
    })
  }

  it('does not say 200 while nothing is durable', async () => {
    const away = await refusal(GOOD, {}, { revoke: new StoreError('/secret/place') })
    assert.deepEqual([away.told, away.headers['retry-after']], [[503, 'temporarily_unavailable'], '1'])
    const failed = await refusal(GOOD, {}, { revoke: new Error('/secret/place') })
    assert.deepEqual(failed.told, [500, 'server_error'])
    for (const { body } of [away, failed]) assert.ok(!body.includes('secret'))
  })

  it('works on so many requests at once, and refuses more', async () => {
    let release: () => void = () => undefined
    const gate = new Promise<never>((_, reject) => (release = () => reject(new StoreError('over'))))
    const route = createRevocationEndpoint({
      authenticate: () => gate,
      revoke: () => Promise.reject(new Error('not reached')),
      log: silentLog,
      metrics: { oauthAnswered: () => undefined },
    })
    const held = Array.from({ length: MAX_OAUTH_IN_FLIGHT }, async () => route(questionOf(GOOD)))
    const more = await route(questionOf(GOOD))
    assert.deepEqual([more.status, more.headers['retry-after']], [503, '1'])
    release()
    await Promise.all(held)
  })
})
