import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AuthenticatedCaller } from '../../../../src/authority/authenticate-caller.ts'
import type { OAuthCredentials } from '../../../../src/authority/authenticate-oauth-client.ts'
import type { Introspection } from '../../../../src/authority/introspect-token.ts'
import { DomainError } from '../../../../src/core/errors.ts'
import { MAX_OAUTH_IN_FLIGHT } from '../../../../src/core/token-limits.ts'
import { parseAccessToken } from '../../../../src/core/token/access-token.ts'
import type { HttpQuestion } from '../../../../src/http/answer.ts'
import { createIntrospectionEndpoint } from '../../../../src/http/oauth/introspection-endpoint.ts'
import { StoreError } from '../../../../src/store/store.ts'
import { callerOf } from '../../../support/build-use-cases.ts'
import { generateFixtureKeys } from '../../../support/decision-fixture.ts'
import { silentLog } from '../../../support/fakes.ts'
import { httpQuestion } from '../../../support/http-question.ts'
import { FIXTURE_AUDIENCE, FIXTURE_ISSUER, NOW_SECONDS, signToken } from '../../../support/token-fixture.ts'

const FORM = 'application/x-www-form-urlencoded'
const JWT = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const GOOD = { token: 'the.access.token', client_assertion_type: JWT, client_assertion: 'a.b.c' }
const THUMBPRINT = 'A'.repeat(43)
const keys = generateFixtureKeys()

function active(claims: Readonly<Record<string, unknown>> = {}): Introspection {
  const token = parseAccessToken(signToken(keys, { claims }))
  return { active: true, token, scopes: token.scopes! }
}

const INACTIVE: Introspection = { active: false, reason: 'TOKEN_REVOKED', message: 'a secret' }

interface Told {
  readonly authenticate?: Error
  readonly introspect?: Error | Introspection
}

interface Seen {
  credentials?: OAuthCredentials
  token?: string
  readonly counted: (readonly string[])[]
}

/** Asks an endpoint over a use case that does as it is told. */
async function ask(
  form: Readonly<Record<string, string>> | string,
  change: Partial<HttpQuestion> = {},
  { authenticate, introspect = active() }: Told = {},
) {
  const seen: Seen = { counted: [] }
  const route = createIntrospectionEndpoint({
    authenticate(credentials) {
      seen.credentials = credentials
      if (authenticate) return Promise.reject(authenticate)
      return Promise.resolve({ caller: callerOf('bob') as AuthenticatedCaller, hasShownCertificate: false })
    },
    introspect(caller, token) {
      assert.equal(caller.clientId, 'bob')
      seen.token = token
      return introspect instanceof Error ? Promise.reject(introspect) : Promise.resolve(introspect)
    },
    log: silentLog,
    metrics: { oauthAnswered: (path, error, reason) => void seen.counted.push([path, error, reason]) },
  })
  const { status, headers, body } = await route(questionOf(form, change))
  assert.equal(headers['cache-control'], 'no-store')
  assert.equal(headers['content-type'], 'application/json')
  const json = JSON.parse(body as string) as Record<string, unknown>
  return { status, headers, body: body as string, json, seen }
}

function questionOf(form: Parameters<typeof ask>[0], change: Partial<HttpQuestion> = {}): HttpQuestion {
  const body = Buffer.from(typeof form === 'string' ? form : new URLSearchParams(form).toString())
  return httpQuestion({ method: 'POST', path: '/oauth2/introspect', contentType: FORM, body, ...change })
}

describe('the introspection endpoint', () => {
  it('says of a live token all that resource servers go by', async () => {
    const { status, json, seen } = await ask(GOOD)
    assert.equal(status, 200)
    assert.deepEqual(json, {
      active: true,
      scope: 'bob.user.read bob.user.write',
      client_id: 'alice',
      token_type: 'Bearer',
      exp: NOW_SECONDS + 240,
      iat: NOW_SECONDS - 60,
      sub: 'alice',
      aud: FIXTURE_AUDIENCE,
      iss: FIXTURE_ISSUER,
      jti: 'token-1',
    })
    assert.equal(seen.token, GOOD.token)
    assert.deepEqual(seen.credentials, { clientId: undefined, assertion: 'a.b.c', chain: [] })
    assert.deepEqual(seen.counted, [['introspect', '', '']])
  })

  it('says what a token is bound to, from when on it is good and each that it is for, if it does', async () => {
    const cnf = { 'x5t#S256': THUMBPRINT }
    const introspect = active({ cnf, nbf: NOW_SECONDS - 5, aud: ['bob', 'carol'], scope: '' })
    const { json } = await ask(GOOD, {}, { introspect })
    assert.deepEqual(
      [json['cnf'], json['nbf'], json['aud'], json['scope']],
      [cnf, NOW_SECONDS - 5, ['bob', 'carol'], ''],
    )
  })

  it('says nothing but that of one that is not active, and counts why', async () => {
    const { status, body, seen } = await ask(GOOD, {}, { introspect: INACTIVE })
    assert.deepEqual([status, body], [200, '{"active":false}'])
    assert.deepEqual(seen.counted, [['introspect', '', 'TOKEN_REVOKED']])
  })

  it('authenticates by the certificate of the connection, and passes over hints', async () => {
    const chainDer = [Uint8Array.of(1)]
    const form = { token: 'x', client_id: 'bob', token_type_hint: 'refresh_token' }
    const { status, seen } = await ask(form, { chainDer })
    assert.deepEqual([status, seen.token], [200, 'x'])
    assert.deepEqual(seen.credentials, { clientId: 'bob', assertion: undefined, chain: chainDer })
  })

  const text = new URLSearchParams(GOOD).toString()
  for (const [name, form, change, status, error] of [
    ['a GET', GOOD, { method: 'GET' }, 405, 'invalid_request'],
    ['a web page', GOOD, { origin: 'https://evil.example' }, 403, 'invalid_request'],
    ['a token in the URL', GOOD, { path: '/oauth2/introspect?token=x' }, 400, 'invalid_request'],
    ['another content type', GOOD, { contentType: 'application/json' }, 400, 'invalid_request'],
    ['two tokens', `${text}&token=x`, {}, 400, 'invalid_request'],
    ['no token', { ...GOOD, token: '' }, {}, 400, 'invalid_request'],
    ['a secret', { ...GOOD, client_secret: 'x' }, {}, 400, 'invalid_client'],
    ['an Authorization header', GOOD, { authorization: 'Bearer a.b.c' }, 401, 'invalid_client'],
  ] as const) {
    it(`refuses ${name} before anybody is asked who sent it: ${error}`, async () => {
      const found = await ask(form, change)
      assert.deepEqual([found.status, found.json['error']], [status, error])
      assert.deepEqual([found.seen.credentials, found.seen.token], [undefined, undefined])
      assert.deepEqual(found.seen.counted, [['introspect', error, 'REQUEST_INVALID']])
    })
  }

  for (const [reason, metadata, status, error] of [
    ['CALLER_UNAUTHENTICATED', { deny_reason: 'NONCE_REPLAYED' }, 400, 'invalid_client'],
    ['CALLER_REVOKED', { deny_reason: 'CERTIFICATE_REVOKED' }, 400, 'invalid_client'],
    ['NONCE_STORE_FULL', {}, 503, 'temporarily_unavailable'],
  ] as const) {
    it(`looks into nothing for who fails authentication with ${reason}: ${error}`, async () => {
      const failure = new DomainError(reason, 'a sentence with a secret in it', metadata)
      const found = await ask(GOOD, {}, { authenticate: failure })
      assert.deepEqual([found.status, found.json['error'], found.seen.token], [status, error, undefined])
      assert.ok(!found.body.includes('secret'))
    })
  }

  it('answers 403 to a client without the right, whatever the token is', async () => {
    const introspect = new DomainError('CALLER_NOT_ALLOWED', 'a sentence with a secret in it')
    const { status, json, body, seen } = await ask(GOOD, {}, { introspect })
    assert.deepEqual([status, json['error'], 'active' in json], [403, 'unauthorized_client', false])
    assert.ok(!body.includes('secret'))
    assert.deepEqual(seen.counted, [['introspect', 'unauthorized_client', 'CALLER_NOT_ALLOWED']])
  })

  it('does not call a token inactive when it cannot tell', async () => {
    const away = await ask(GOOD, {}, { introspect: new StoreError('/secret/place') })
    assert.deepEqual([away.status, away.json['error']], [503, 'temporarily_unavailable'])
    const failed = await ask(GOOD, {}, { introspect: new Error('/secret/place') })
    assert.deepEqual([failed.status, failed.json['error']], [500, 'server_error'])
    for (const { body, json } of [away, failed]) {
      assert.ok(!body.includes('secret'))
      assert.ok(!('active' in json))
    }
  })

  it('works on so many requests at once, and refuses more', async () => {
    let release: () => void = () => undefined
    const gate = new Promise<never>((_, reject) => (release = () => reject(new StoreError('over'))))
    const route = createIntrospectionEndpoint({
      authenticate: () => gate,
      introspect: () => Promise.reject(new Error('not reached')),
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
