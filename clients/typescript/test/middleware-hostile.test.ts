import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { it } from 'node:test'
import { formatBase64 } from '../../../src/core/bytes.ts'
import { encodePem } from '../../../src/core/pem.ts'
import { FIXTURE_NOW } from '../../../test/support/decision-fixture.ts'
import { boundTo, signToken } from '../../../test/support/token-fixture.ts'
import { createRequestSigner } from '../src/signing/request-signer.ts'
import {
  BODY,
  GET,
  HOST,
  JSON_TYPE,
  MAX_BODY,
  POST,
  bearer,
  describeEach,
  fixture,
  identity,
  jti,
  sign,
} from './support/guarded-by-each.ts'
import { rawRequest, sendRaw } from './support/raw-http.ts'

describeEach('under attack', (guarded) => {
  it('judges what was sent, octet for octet: no other target, method, body or host is as good', async () => {
    const signed = await sign()
    for (const target of [
      '/users/7',
      '/users/7?full=1&',
      '/users/7?full=2',
      '/users/%37?full=1',
      '/users/8?full=1',
    ]) {
      await guarded.refused(rawRequest({ method: 'GET', target }, [HOST, ...signed]), 'SIGNATURE_INVALID')
    }
    await guarded.refused(rawRequest(GET, [['Host', 'mallory.example'], ...signed]), 'SIGNATURE_INVALID')
    const override = ['X-HTTP-Method-Override', 'GET'] as const
    const post = rawRequest(POST, [HOST, JSON_TYPE, override, ['Content-Length', '2'], ...signed], '{}')
    await guarded.refused(post, 'COVERAGE_INSUFFICIENT')
    const posted = await sign({ method: 'POST', body: BODY })
    const other = BODY.replace('Eve', 'Bob')
    const length = ['Content-Length', String(other.length)] as const
    await guarded.refused(rawRequest(POST, [HOST, JSON_TYPE, length, ...posted], other), 'DIGEST_MISMATCH')
    assert.equal((await guarded.ask(rawRequest(GET, [HOST, ...signed]))).status, 200)
  })

  it('takes a header that is there twice, or joined, for nothing good', async () => {
    const simple = await sign({}, 'simple')
    for (const [field, value] of simple) {
      await guarded.refused(rawRequest(GET, [HOST, ...simple, [field, value]]), 'CREDENTIAL_MALFORMED')
      const isJoined = field.toLowerCase() === 'x-client-cert' ? [] : simple
      const joined = isJoined.map(([one, its]) => [one, one === field ? `${its}, ${its}` : its] as const)
      const reason = field.toLowerCase() === 'x-nonce' ? 'NONCE_INVALID' : 'CREDENTIAL_MALFORMED'
      if (joined.length > 0) await guarded.refused(rawRequest(GET, [HOST, ...joined]), reason)
    }
    const signed = await sign()
    const certificate = signed.find(([field]) => field.toLowerCase() === 'x-client-cert')!
    await guarded.refused(rawRequest(GET, [HOST, ...signed, certificate]), 'CREDENTIAL_MALFORMED')
    const token = bearer(signToken(fixture.keys, jti()))
    await guarded.refused(rawRequest(GET, [HOST, token, token]), 'TOKEN_MALFORMED')
    await guarded.refused(rawRequest(GET, [HOST, token, ['Authorization', 'Basic eDp5']]), 'TOKEN_MALFORMED')
  })

  it('serves nobody under two hosts', async () => {
    const answers = await sendRaw(
      guarded.server.port,
      rawRequest(GET, [HOST, ['Host', 'mallory.example'], ...(await sign())]),
    )
    assert.ok([400, 401].includes(answers[0]!.status), String(answers[0]!.status))
  })

  it('judges a target that is a whole URI as what it is, and never by another host', async () => {
    const signed = await sign()
    const target = 'http://mallory.example/users/7?full=1'
    await guarded.refused(rawRequest({ method: 'GET', target }, [HOST, ...signed]), 'CREDENTIAL_MALFORMED')
    const own = await guarded.ask(
      rawRequest({ method: 'GET', target: 'http://bob.example/users/7?full=1' }, [HOST, ...signed]),
    )
    assert.equal(own.reason, 'COVERAGE_INSUFFICIENT')
  })

  it('takes what follows a body for another request', async () => {
    const headers = [HOST, JSON_TYPE, ...(await sign({ method: 'POST', body: BODY }))]
    const first = rawRequest(POST, [...headers, ['Content-Length', String(BODY.length)]], BODY)
    const answers = await sendRaw(guarded.server.port, first + rawRequest(GET, [HOST]), 2)
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 401],
    )
  })

  it('does not let a token make a signature good, nor the other way round', async () => {
    const token = bearer(signToken(fixture.keys, jti()))
    const broken = (await sign()).map(
      ([field, value]) =>
        [field, field.toLowerCase() === 'signature' ? value.replace(/=:$/, 'A:') : value] as const,
    )
    const answer = await guarded.ask(rawRequest(GET, [HOST, token, ...broken]))
    assert.equal(answer.status, 401)
    assert.ok(/^(SIGNATURE_INVALID|CREDENTIAL_MALFORMED)$/.test(answer.reason ?? ''), answer.reason)
    await guarded.refused(rawRequest(GET, [HOST, token, ['X-Signature', 'AA==']]), 'CREDENTIAL_MISSING')
    const both = await guarded.ask(rawRequest(GET, [HOST, bearer('garbage'), ...(await sign())]))
    assert.equal(both.reason, 'ALLOW')
  })

  it('believes no header about a certificate unless a trusted proxy sends it', async () => {
    const der = fixture.client('p256')
    const forwarded = [
      ['Client-Cert', `:${formatBase64(der)}:`],
      ['X-Forwarded-Client-Cert', `Cert="${encodeURIComponent(encodePem('CERTIFICATE', [der]))}"`],
      ['X-SSL-Client-Cert', encodeURIComponent(encodePem('CERTIFICATE', [der]))],
    ] as const
    for (const field of forwarded) await guarded.refused(rawRequest(GET, [HOST, field]), 'CREDENTIAL_MISSING')
    await guarded.refused(rawRequest(GET, [HOST, forwarded[1]]), 'CREDENTIAL_MISSING', 401, guarded.proxied)
    const good = await guarded.ask(rawRequest(GET, [HOST, forwarded[0]]), guarded.proxied)
    assert.equal(good.reason, 'ALLOW')
    await guarded.refused(
      rawRequest(GET, [HOST, forwarded[0], forwarded[0]]),
      'CREDENTIAL_MALFORMED',
      401,
      guarded.proxied,
    )
    const bound = bearer(signToken(fixture.keys, { claims: { jti: randomUUID(), ...boundTo(der) } }))
    await guarded.refused(rawRequest(GET, [HOST, bound, forwarded[0]]), 'TOKEN_BINDING_MISMATCH')
    assert.equal(
      (await guarded.ask(rawRequest(GET, [HOST, bound, forwarded[0]]), guarded.proxied)).reason,
      'ALLOW',
    )
  })

  it('takes the host that a trusted proxy names, and that alone', async () => {
    const forwarded = ['X-Forwarded-Host', 'bob.example'] as const
    const inner = ['Host', 'inner'] as const
    const signer = createRequestSigner({ identity: await identity, now: () => FIXTURE_NOW })
    const { headers } = await signer.authorize({ method: 'GET', url: 'https://bob.example/users/7?full=1' })
    await guarded.refused(rawRequest(GET, [inner, forwarded, ...headers]), 'SIGNATURE_INVALID')
    const twice = rawRequest(GET, [inner, forwarded, forwarded, ...headers])
    await guarded.refused(twice, 'CREDENTIAL_MALFORMED', 401, guarded.proxied)
    assert.equal(
      (await guarded.ask(rawRequest(GET, [inner, forwarded, ...headers]), guarded.proxied)).reason,
      'ALLOW',
    )
  })

  it('reads no more of a body than it may, whatever is announced', async () => {
    const large = 'x'.repeat(MAX_BODY + 1)
    const signed = await sign({ method: 'POST', body: large })
    const announced = await guarded.ask(
      rawRequest(POST, [HOST, ['Content-Length', String(10 ** 12)], ...signed]),
    )
    assert.equal(announced.status, 413)
    const chunks = `${large.length.toString(16)}\r\n${large}\r\n`
    const endless = await guarded.ask(
      rawRequest(POST, [HOST, ['Transfer-Encoding', 'chunked'], ...signed], chunks),
    )
    assert.equal(endless.status, 413)
    assert.equal(endless.reason, undefined)
    assert.equal((JSON.parse(endless.body) as { code: string }).code, 'BODY_TOO_LARGE')
  })

  it('waits for a body no longer than it may', async () => {
    const signed = await sign({ method: 'POST', body: BODY })
    const length = ['Content-Length', String(BODY.length)] as const
    const slow = await guarded.ask(rawRequest(POST, [HOST, JSON_TYPE, length, ...signed], BODY.slice(1)))
    assert.deepEqual([slow.status, slow.reason], [408, undefined])
    assert.equal((JSON.parse(slow.body) as { code: string }).code, 'BODY_TOO_SLOW')
  })

  it('answers 400 to more header fields than anybody sends', async () => {
    const many = Array.from({ length: 130 }, (_, i) => [`X-${i}`, 'a'] as const)
    await guarded.refused(rawRequest(GET, [HOST, ...many, ...(await sign())]), undefined, 400)
  })
})
