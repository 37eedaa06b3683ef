import assert from 'node:assert/strict'
import { X509Certificate, createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import {
  AuthorizationServiceService as Authorization,
  RevokeCertificateRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { ClientServiceService } from '../../src/gen/chancery/v1/client_service.ts'
import {
  IssueTokenRequest,
  TokenKeyRotation,
  TokenServiceService,
} from '../../src/gen/chancery/v1/token_service.ts'
import { type OAuthAnswer, postForm, withAssertion } from '../support/oauth-client.ts'
import {
  type RunningService,
  type TestIdentity,
  call,
  startRunningService,
} from '../support/running-service.ts'

const ISSUER = 'spiffe://chancery.example'
const INACTIVE = '{"active":false}'

describe('introspection over the wire', () => {
  let running: RunningService
  /** A resource server. */
  let bob: TestIdentity

  before(async () => {
    running = await startRunningService({ CHANCERY_OAUTH: '127.0.0.1:0' })
    bob = await running.enrol('bob', ['chancery.requests.verify'])
  })
  after(() => running.close())

  const issue = async (client: TestIdentity, change: Partial<IssueTokenRequest> = {}) =>
    (await call(running, client, TokenServiceService.issueToken, IssueTokenRequest.fromPartial(change))).token

  /** Asks as bob does, by his certificate. */
  const introspect = (token: string, form: Readonly<Record<string, string>> = {}): Promise<OAuthAnswer> =>
    postForm(running, { client_id: 'bob', token, ...form }, { path: '/oauth2/introspect', shown: bob })

  async function isActive(token: string): Promise<boolean> {
    const { status, text, json, headers } = await introspect(token)
    assert.deepEqual([status, headers['cache-control']], [200, 'no-store'])
    if (json['active'] !== true) assert.equal(text, INACTIVE)
    return json['active'] === true
  }

  it('says what is in a live token, to who authenticates by certificate or by an assertion', async () => {
    const alice = await running.enrol('alice', ['bob.user.read', 'bob.user.write'])
    const token = await issue(alice, { scopes: ['bob.user.read'], audience: 'bob' })
    const { status, json, headers } = await introspect(token)
    assert.deepEqual([status, headers['content-type']], [200, 'application/json'])
    const { exp, iat, jti, ...claims } = json
    const digest = createHash('sha256').update(new X509Certificate(alice.certificatePem).raw)
    assert.deepEqual(claims, {
      active: true,
      scope: 'bob.user.read',
      client_id: 'alice',
      token_type: 'Bearer',
      sub: 'alice',
      aud: 'bob',
      iss: ISSUER,
      cnf: { 'x5t#S256': digest.digest('base64url') },
    })
    assert.deepEqual([Number(exp) - Number(iat), typeof jti], [300, 'string'])
    const asserted = { ...withAssertion(running, 'bob', bob), token }
    const byAssertion = await postForm(running, asserted, { path: '/oauth2/introspect' })
    assert.deepEqual(byAssertion.json, json)
    const again = await postForm(running, asserted, { path: '/oauth2/introspect' })
    assert.deepEqual([again.status, again.json['error']], [400, 'invalid_client'])
  })

  it('goes by what is now: the token revoked, its client locked or removed, its certificate revoked, a scope taken', async () => {
    const { admin } = running
    const ends: Readonly<
      Record<
        string,
        (identity: Awaited<ReturnType<RunningService['enrol']>>, token: string) => Promise<unknown>
      >
    > = {
      revoked: (identity, token) =>
        call(running, identity, TokenServiceService.revokeToken, {
          target: { $case: 'token', value: token },
        }),
      locked: () =>
        call(running, admin, ClientServiceService.lockClient, { clientId: 'locked', message: '' }),
      removed: () =>
        call(running, admin, ClientServiceService.removeClient, {
          clientId: 'removed',
          etag: '',
          dryRun: false,
        }),
      narrowed: () =>
        call(running, admin, ClientServiceService.setClientScopes, {
          clientId: 'narrowed',
          grantedScopes: ['bob.other'],
          etag: '',
          dryRun: false,
        }),
      unbound: ({ issued }) =>
        call(
          running,
          admin,
          Authorization.revokeCertificate,
          RevokeCertificateRequest.fromPartial({
            target: { $case: 'certificateDer', value: issued.certificateDer },
          }),
        ),
    }
    for (const [clientId, end] of Object.entries(ends)) {
      const identity = await running.enrol(clientId, ['bob.user.read'])
      const [bound, free] = [await issue(identity), await issue(identity, { unbound: true })]
      assert.deepEqual([await isActive(bound), await isActive(free)], [true, true], clientId)
      await end(identity, bound)
      assert.equal(await isActive(bound), false, clientId)
      // What is over is the token alone, or the certificate that it is bound to: others go on.
      assert.equal(await isActive(free), clientId === 'revoked' || clientId === 'unbound', clientId)
    }
  })

  it('goes by the keys as they are: rotated ones verify, compromised ones do not', async () => {
    const dora = await running.enrol('dora', ['bob.user.read'])
    const rotate = (rotation: TokenKeyRotation) =>
      call(running, running.admin, TokenServiceService.rotateTokenKey, { rotation })
    const before = await issue(dora)
    await rotate(TokenKeyRotation.TOKEN_KEY_ROTATION_AT_ONCE)
    const after = await issue(dora)
    assert.deepEqual([await isActive(before), await isActive(after)], [true, true])
    await rotate(TokenKeyRotation.TOKEN_KEY_ROTATION_COMPROMISED)
    assert.deepEqual([await isActive(before), await isActive(after)], [false, false])
    assert.equal(await isActive(await issue(dora)), true)
  })

  it('answers alike to whatever is no live token of this service', async () => {
    const erin = await running.enrol('erin', ['bob.user.read'])
    const token = await issue(erin)
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const elsewhere = await startRunningService()
    try {
      const stranger = await elsewhere.enrol('erin', ['bob.user.read'])
      const { token: foreign } = await call(
        elsewhere,
        stranger,
        TokenServiceService.issueToken,
        IssueTokenRequest.fromPartial({}),
      )
      const none = Buffer.from('{"alg":"none","typ":"at+jwt","kid":"x"}').toString('base64url')
      const answers = await Promise.all(
        [
          'nonsense',
          'a'.repeat(60_000),
          foreign,
          `${header}.${payload}.${'A'.repeat(86)}`,
          `${header}.${payload}.`,
          `${none}.${payload}.${signature}`,
          `${token}\n`,
          withAssertion(running, 'erin', erin)['client_assertion']!,
        ].map((text) => introspect(text)),
      )
      for (const { status, text } of answers) assert.deepEqual([status, text], [200, INACTIVE])
      const headersOf = ({ headers }: OAuthAnswer) => ({ ...headers, date: '' })
      for (const answer of answers) assert.deepEqual(headersOf(answer), headersOf(answers[0]!))
      assert.equal(await isActive(token), true)
    } finally {
      await elsewhere.close()
    }
  })

  it('tells who has no right to ask nothing, not of its own tokens either', async () => {
    const frank = await running.enrol('frank', ['bob.user.read', 'chancery.tokens.revoke'])
    for (const token of [await issue(frank), 'nonsense']) {
      const options = { path: '/oauth2/introspect', shown: frank }
      const { status, json, headers } = await postForm(running, { client_id: 'frank', token }, options)
      assert.deepEqual([status, json['error']], [403, 'unauthorized_client'])
      assert.equal(headers['cache-control'], 'no-store')
    }
    const anonymous = await postForm(
      running,
      { token: 'x', client_id: 'bob' },
      { path: '/oauth2/introspect' },
    )
    assert.deepEqual([anonymous.status, anonymous.json['error']], [400, 'invalid_client'])
  })

  it('is found by the metadata, bounded, and counted with its reasons', async () => {
    const { text } = await postForm(running, '', {
      method: 'GET',
      path: '/.well-known/oauth-authorization-server',
    })
    const metadata = JSON.parse(text) as Record<string, unknown>
    const token = String(metadata['token_endpoint'])
    assert.equal(metadata['introspection_endpoint'], token.replace(/token$/, 'introspect'))
    for (const part of ['auth_methods_supported', 'auth_signing_alg_values_supported'])
      assert.deepEqual(metadata[`introspection_endpoint_${part}`], metadata[`token_endpoint_${part}`])
    assert.equal((await introspect('a'.repeat(70_000))).status, 413)
    const metrics = await (await fetch(`http://${running.service.adminAddress}/metrics`)).text()
    for (const reason of ['TOKEN_REVOKED', 'CLIENT_LOCKED', 'CERTIFICATE_REVOKED', 'TOKEN_KEY_UNKNOWN'])
      assert.match(
        metrics,
        new RegExp(
          `chancery_oauth_answers_total\\{endpoint="introspect",error="",reason="${reason}"\\} [1-9]`,
        ),
      )
  })
})
