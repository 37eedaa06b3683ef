import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FIXTURE_NOW } from '../../../test/support/decision-fixture.ts'
import { signToken } from '../../../test/support/token-fixture.ts'
import { createRequestVerifier } from '../src/verifier/request-verifier.ts'
import {
  BODY,
  GET,
  HOST,
  JSON_TYPE,
  POST,
  bearer,
  context,
  describeEach,
  fixture,
  jti,
  sign,
} from './support/guarded-by-each.ts'
import { knowingWorld } from './support/known-world.ts'
import { rawRequest } from './support/raw-http.ts'

describeEach('with guarded routes', (guarded) => {
  it('serves what alice signed, in either profile, once', async () => {
    for (const profile of ['rfc9421', 'simple'] as const) {
      const request = rawRequest(GET, [HOST, ...(await sign({}, profile))])
      const answer = await guarded.ask(request)
      assert.equal(answer.status, 200, answer.body)
      assert.deepEqual(JSON.parse(answer.body), { client: 'alice' })
      await guarded.refused(request, 'NONCE_REPLAYED')
    }
  })

  it('serves a signed body, which the handler finds parsed, by length and in chunks', async () => {
    const headers = [HOST, JSON_TYPE, ...(await sign({ method: 'POST', body: BODY }))]
    const whole = await guarded.ask(
      rawRequest(POST, [...headers, ['Content-Length', String(BODY.length)]], BODY),
    )
    assert.deepEqual(
      [whole.status, JSON.parse(whole.body)],
      [200, { client: 'alice', body: { name: 'Eve' } }],
    )
    const again = [HOST, JSON_TYPE, ...(await sign({ method: 'POST', body: BODY }))]
    const chunks = `5\r\n${BODY.slice(0, 5)}\r\n9\r\n${BODY.slice(5)}\r\n0\r\n\r\n`
    const chunked = await guarded.ask(rawRequest(POST, [...again, ['Transfer-Encoding', 'chunked']], chunks))
    assert.deepEqual(
      [chunked.status, JSON.parse(chunked.body)],
      [200, { client: 'alice', body: { name: 'Eve' } }],
    )
  })

  it('serves a token, and its body is read by nobody but the handler', async () => {
    const token = signToken(fixture.keys, jti())
    const length = ['Content-Length', String(BODY.length)] as const
    const answer = await guarded.ask(rawRequest(POST, [HOST, JSON_TYPE, length, bearer(token)], BODY))
    assert.deepEqual(
      [answer.status, JSON.parse(answer.body)],
      [200, { client: 'alice', body: { name: 'Eve' } }],
    )
  })

  it('answers 401 with both challenges, and tells nothing of what was wrong', async () => {
    const bare = await guarded.refused(rawRequest(GET, [HOST]), 'CREDENTIAL_MISSING')
    assert.equal(bare.headers.get('www-authenticate'), 'Signature realm="chancery", Bearer realm="chancery"')
    assert.equal(bare.headers.get('content-type'), 'application/problem+json')
    assert.equal(bare.headers.get('cache-control'), 'no-store')
    const body = { type: 'about:blank', title: 'Unauthorized', status: 401, code: 'CREDENTIAL_REFUSED' }
    assert.deepEqual(JSON.parse(bare.body), body)
    const expired = signToken(fixture.keys, { claims: { exp: FIXTURE_NOW.getTime() / 1000 } })
    const answer = await guarded.refused(rawRequest(GET, [HOST, bearer(expired)]), 'TOKEN_EXPIRED')
    assert.equal(
      answer.headers.get('www-authenticate'),
      'Signature realm="chancery", Bearer realm="chancery", error="invalid_token"',
    )
    assert.deepEqual(JSON.parse(answer.body), body)
  })

  it('answers 403 with the scopes that are needed to whom it knows', async () => {
    const other = { method: 'GET', target: '/other' }
    const token = bearer(signToken(fixture.keys, jti()))
    const answer = await guarded.refused(rawRequest(other, [HOST, token]), 'SCOPE_INSUFFICIENT', 403)
    assert.equal(
      answer.headers.get('www-authenticate'),
      'Bearer realm="chancery", error="insufficient_scope", scope="bob.admin.all"',
    )
    assert.deepEqual(JSON.parse(answer.body), {
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      code: 'SCOPE_INSUFFICIENT',
      required_scopes: ['bob.admin.all'],
    })
    const signed = await guarded.refused(
      rawRequest(other, [HOST, ...(await sign(other))]),
      'SCOPE_INSUFFICIENT',
      403,
    )
    assert.equal(signed.headers.get('www-authenticate'), undefined)
  })

  it('answers 503 where there is no decision', async () => {
    const answer = await guarded.refused(
      rawRequest(GET, [HOST, ...(await sign())]),
      undefined,
      503,
      guarded.undecided,
    )
    assert.equal(answer.headers.get('retry-after'), '1')
    assert.equal((JSON.parse(answer.body) as { code: string }).code, 'NO_DECISION')
  })
})

describe('a route that demands what cannot be', () => {
  it('is refused when it is made', async () => {
    const { createAuthorize } = await import('../src/express.ts')
    const verifier = createRequestVerifier({ mode: 'local', ...knowingWorld(() => context) })
    const authorize = createAuthorize(verifier)
    assert.throws(() => authorize({ scopes: ['Bob Read'] }), { reason: 'SCOPE_MALFORMED' })
    assert.throws(() => authorize({ audience: 'b b' }), { reason: 'FIELD_INVALID' })
    const foreign = { audience: 'bob', scopes: ['bob.user.read', 'carol.user.read'] }
    assert.throws(() => authorize(foreign), { reason: 'FIELD_INVALID', metadata: { field: 'audience' } })
    const proxy = { addresses: ['10.0.0.0/8/8'] }
    assert.throws(() => createAuthorize(verifier, { proxy })(), TypeError)
  })
})
