import assert from 'node:assert/strict'
import { X509Certificate, createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import {
  AuthorizationServiceService as Authorization,
  RevokeCertificateRequest,
  VerifyRequestRequest,
  denyReasonToJSON,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { ClientServiceService } from '../../src/gen/chancery/v1/client_service.ts'
import { parseAccessToken } from '../../src/core/token/access-token.ts'
import { postForm, tokenEndpoint, withAssertion } from '../support/oauth-client.ts'
import {
  type RunningService,
  type TestIdentity,
  call,
  startRunningService,
} from '../support/running-service.ts'

const ALLOWED = 'DENY_REASON_UNSPECIFIED'
const GRANT = { grant_type: 'client_credentials' }

describe('the OAuth listener', () => {
  let running: RunningService
  let bob: TestIdentity
  let alice: Awaited<ReturnType<RunningService['enrol']>>

  before(async () => {
    running = await startRunningService({ CHANCERY_OAUTH: '127.0.0.1:0' })
    bob = await running.enrol('bob', ['chancery.requests.verify'])
    alice = await running.enrol('alice', ['bob.user.read', 'bob.user.write'])
  })
  after(() => running.close())

  async function judge(token: unknown, certificateDer?: Uint8Array): Promise<string> {
    const presentedCertificate = { certificateChainDer: [Buffer.from(certificateDer ?? [])] }
    const { denyReason } = await call(
      running,
      bob,
      Authorization.verifyRequest,
      VerifyRequestRequest.fromPartial({
        credential: {
          $case: 'bearerToken',
          value: { token: String(token), ...(certificateDer && { presentedCertificate }) },
        },
        requiredScopes: ['bob.user.read'],
      }),
    )
    return denyReasonToJSON(denyReason)
  }
  const refusal = async (
    ...question: Parameters<typeof postForm> extends [unknown, ...infer Q] ? Q : never
  ) => {
    const { status, json } = await postForm(running, ...question)
    return [status, json['error']]
  }
  const INVALID_CLIENT = [400, 'invalid_client']

  it('gives tokens for assertions, good by themselves, each assertion once', async () => {
    const form = withAssertion(running, 'alice', alice)
    const { status, json, headers } = await postForm(running, form)
    assert.equal(status, 200)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(json['token_type'], 'Bearer')
    assert.equal(json['scope'], 'bob.user.read bob.user.write')
    assert.ok(Number(json['expires_in']) > 290)
    assert.equal(await judge(json['access_token']), ALLOWED)
    assert.deepEqual(await refusal(form), INVALID_CLIENT)
  })

  it('revokes tokens of the client that asks, at once and for good, and no others', async () => {
    const revoke = async (form: Readonly<Record<string, string>>, shown?: TestIdentity) => {
      const { status, text, json, headers } = await postForm(running, form, {
        path: '/oauth2/revoke',
        ...(shown && { shown }),
      })
      assert.equal(headers['cache-control'], 'no-store')
      return status === 200 ? [status, text] : [status, json['error']]
    }
    const get = async (shown?: TestIdentity) =>
      String(
        (await postForm(running, withAssertion(running, 'alice', alice), shown && { shown })).json[
          'access_token'
        ],
      )
    const DONE = [200, '']
    const [bearer, bound, kept] = [await get(), await get(alice), await get()]
    const der = new X509Certificate(alice.certificatePem).raw

    assert.deepEqual(await revoke({ token: bearer, client_id: 'bob' }, bob), [400, 'invalid_grant'])
    assert.deepEqual(await revoke({ token: bearer }), INVALID_CLIENT)
    assert.equal(await judge(bearer), ALLOWED)

    const asserted = { ...withAssertion(running, 'alice', alice), token: bearer }
    assert.deepEqual(await revoke({ ...asserted, token_type_hint: 'refresh_token' }), DONE)
    assert.equal(await judge(bearer), 'DENY_REASON_TOKEN_REVOKED')
    assert.deepEqual(await revoke(asserted), INVALID_CLIENT)
    const byCertificate = { client_id: 'alice', token: bound }
    assert.equal(await judge(bound, der), ALLOWED)
    for (let round = 0; round < 2; round++) assert.deepEqual(await revoke(byCertificate, alice), DONE)
    assert.equal(await judge(bound, der), 'DENY_REASON_TOKEN_REVOKED')

    for (const token of ['nonsense', `${kept.slice(0, kept.lastIndexOf('.'))}.${'A'.repeat(86)}`])
      assert.deepEqual(await revoke({ client_id: 'alice', token }, alice), DONE)
    assert.equal(await judge(kept), ALLOWED)
    await running.restart()
    assert.equal(await judge(bearer), 'DENY_REASON_TOKEN_REVOKED')
    assert.equal(await judge(kept), ALLOWED)
  })

  it('still knows an assertion that was used before a restart', async () => {
    const form = withAssertion(running, 'alice', alice, { claims: { aud: 'spiffe://chancery.example' } })
    assert.equal((await postForm(running, form)).status, 200)
    await running.restart()
    assert.deepEqual(await refusal(form), INVALID_CLIENT)
    assert.equal((await postForm(running, withAssertion(running, 'alice', alice))).status, 200)
  })

  it('gives a client that shows its certificate a token that is bound to it', async () => {
    const der = new X509Certificate(alice.certificatePem).raw
    const thumbprint = createHash('sha256').update(der).digest('base64url')
    for (const form of [{ ...GRANT, client_id: 'alice' }, withAssertion(running, 'alice', alice)]) {
      const { status, json } = await postForm(running, form, { shown: alice })
      assert.equal(status, 200)
      assert.equal(parseAccessToken(String(json['access_token'])).certificateThumbprint, thumbprint)
      assert.equal(await judge(json['access_token'], der), ALLOWED)
      assert.equal(await judge(json['access_token']), 'DENY_REASON_TOKEN_BINDING_MISMATCH')
    }
  })

  it('narrows scopes and audience, and never widens them', async () => {
    const ask = async (form: Readonly<Record<string, string>>) => {
      const { status, json } = await postForm(running, { ...withAssertion(running, 'alice', alice), ...form })
      return status === 200 ? json['scope'] : json['error']
    }
    assert.equal(await ask({ scope: 'bob.user.read' }), 'bob.user.read')
    for (const scope of [
      'carol.read',
      'bob.user.read carol.read',
      'bob.**',
      'bob.user.read  bob.user.write',
      '"',
    ])
      assert.equal(await ask({ scope }), 'invalid_scope', scope)
    assert.equal(await ask({ audience: 'bob' }), 'bob.user.read bob.user.write')
    assert.equal(await ask({ audience: 'bob.user', scope: 'bob.user.read' }), 'bob.user.read')
    assert.equal(await ask({ audience: 'carol', scope: 'bob.user.read' }), 'invalid_target')
    assert.equal(await ask({ resource: 'https://bob.example' }), 'invalid_target')
  })

  it('says where it is, on both listeners, by the issuer of its tokens', async () => {
    const path = '/.well-known/oauth-authorization-server'
    const open = await fetch(`http://${running.service.httpAddress}${path}`)
    assert.equal(open.headers.get('content-type'), 'application/json')
    const metadata = (await open.json()) as Record<string, unknown>
    const { json } = await postForm(running, '', { method: 'GET', path })
    assert.deepEqual(json, metadata)
    const { token_endpoint, issuer, jwks_uri } = metadata
    assert.equal(token_endpoint, tokenEndpoint(running))
    const issued = await postForm(running, withAssertion(running, 'alice', alice))
    assert.equal(parseAccessToken(String(issued.json['access_token'])).issuer, issuer)
    const keys = await postForm(running, '', { method: 'GET', path: new URL(String(jwks_uri)).pathname })
    const published = await fetch(`http://${running.service.httpAddress}/.well-known/jwks.json`)
    assert.equal(keys.text, await published.text())
  })

  it('counts answers by reason, which it does not tell', async () => {
    const form = withAssertion(running, 'alice', alice, { claims: { aud: 'https://other.example' } })
    const { text } = await postForm(running, form)
    assert.ok(!/aud|other\.example|alice/i.test(text))
    const metrics = await (await fetch(`http://${running.service.adminAddress}/metrics`)).text()
    const line = 'endpoint="token",error="invalid_client",reason="AUDIENCE_MISMATCH"} 1'
    assert.ok(metrics.includes(`chancery_oauth_answers_total{${line}`))
    assert.match(metrics, /chancery_tokens_issued_total\{binding="certificate"\} [1-9]/)
  })

  it('refuses a certificate that is revoked, and a client that is locked or removed, at once', async () => {
    const enrol = (clientId: string) => running.enrol(clientId, ['bob.user.read'])
    const { admin } = running
    const ends: Readonly<Record<string, (identity: typeof alice) => Promise<unknown>>> = {
      revoked: ({ issued }) =>
        call(
          running,
          admin,
          Authorization.revokeCertificate,
          RevokeCertificateRequest.fromPartial({
            target: { $case: 'certificateDer', value: issued.certificateDer },
          }),
        ),
      locked: () =>
        call(running, admin, ClientServiceService.lockClient, { clientId: 'locked', message: '' }),
      removed: () =>
        call(running, admin, ClientServiceService.removeClient, {
          clientId: 'removed',
          etag: '',
          dryRun: false,
        }),
    }
    for (const [clientId, end] of Object.entries(ends)) {
      const identity = await enrol(clientId)
      const byCertificate = [{ ...GRANT, client_id: clientId }, { shown: identity }] as const
      assert.equal((await postForm(running, withAssertion(running, clientId, identity))).status, 200)
      assert.equal((await postForm(running, ...byCertificate)).status, 200)
      await end(identity)
      assert.deepEqual(await refusal(withAssertion(running, clientId, identity)), INVALID_CLIENT)
      assert.deepEqual(await refusal(...byCertificate), INVALID_CLIENT)
    }
  })

  it('refuses clients of another authority, by assertion and by certificate', async () => {
    const elsewhere = await startRunningService({ CHANCERY_OAUTH: '127.0.0.1:0' })
    try {
      const mallory = await elsewhere.enrol('alice', ['bob.user.read'])
      const x5c = [...mallory.certificatePem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)/g)].map(
        ([, text]) => text!.replace(/\s/g, ''),
      )
      const header = { 'x5t#S256': undefined, x5c }
      assert.deepEqual(await refusal(withAssertion(running, 'alice', mallory)), INVALID_CLIENT)
      assert.deepEqual(await refusal(withAssertion(running, 'alice', mallory, { header })), INVALID_CLIENT)
      const form = { ...GRANT, client_id: 'alice' }
      assert.deepEqual(await refusal(form, { shown: mallory }), INVALID_CLIENT)
    } finally {
      await elsewhere.close()
    }
  })

  it('does not look at certificates in headers, which a proxy may set and a stranger too', async () => {
    const der = new X509Certificate(alice.certificatePem).raw.toString('base64')
    const pem = encodeURIComponent(alice.certificatePem)
    const headers = {
      'client-cert': `:${der}:`,
      'x-forwarded-client-cert': `Cert="${pem}"`,
      'x-ssl-client-cert': pem,
      'x-client-cert': der,
    }
    for (const [name, value] of Object.entries(headers))
      assert.deepEqual(
        await refusal({ ...GRANT, client_id: 'alice' }, { headers: { [name]: value } }),
        INVALID_CLIENT,
      )
  })

  it('refuses what is no token request', async () => {
    const form = { ...GRANT, client_id: 'alice' }
    const shown = alice
    const ask = (options: Parameters<typeof postForm>[2], body: Parameters<typeof postForm>[1] = form) =>
      refusal(body, { shown, ...options })
    assert.deepEqual(await ask({ method: 'PUT' }), [405, 'invalid_request'])
    assert.deepEqual(await ask({ method: 'GET', path: '/oauth2/token?grant_type=x' }), [
      405,
      'invalid_request',
    ])
    assert.deepEqual(await ask({ path: '/oauth2/token?client_id=alice' }), [400, 'invalid_request'])
    assert.deepEqual(await ask({ headers: { 'content-type': 'text/plain' } }), [400, 'invalid_request'])
    const twice = 'grant_type=client_credentials&client_id=alice&client_id=bob'
    assert.deepEqual(await ask({}, twice), [400, 'invalid_request'])
    assert.deepEqual(await ask({ headers: { authorization: 'Basic YTpi' } }), [401, 'invalid_client'])
    assert.deepEqual(await ask({}, { ...form, grant_type: 'refresh_token' }), [400, 'unsupported_grant_type'])
    assert.equal((await postForm(running, form, { path: '/oauth2/other' })).status, 400)
    assert.equal((await postForm(running, '', { method: 'GET', path: '/oauth2/other' })).status, 404)
  })
})
