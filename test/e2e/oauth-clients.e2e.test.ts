import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import * as jose from 'jose'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { Agent, fetch as undiciFetch } from 'undici'
import { sha256 } from '../../src/core/crypto.ts'
import {
  TokenKeyRotation,
  TokenRevocationStatus,
  TokenServiceService,
} from '../../src/gen/chancery/v1/token_service.ts'
import { describeWithSystemTool, describeWithTool } from '../support/external-tool.ts'
import { verifyAcrossRotation } from '../support/key-rotation.ts'
import { postForm, tokenEndpoint, withAssertion } from '../support/oauth-client.ts'
import {
  type RunningService,
  type TestIdentity,
  call,
  startRunningService,
} from '../support/running-service.ts'

const ISSUER = 'https://pki.example'
const AUDIENCE = 'spiffe://chancery.example'
const SCOPE = 'bob.user.read'
const EXPECTED = { issuer: ISSUER, audience: AUDIENCE, typ: 'at+jwt', algorithms: ['ES256'] }

describe('OAuth clients and JWT libraries of others', () => {
  let running: RunningService
  let alice: TestIdentity
  let bob: TestIdentity
  let key: jose.CryptoKey
  /** What each library is told of the key. */
  let kid: string

  before(async () => {
    running = await startRunningService({ CHANCERY_OAUTH: '127.0.0.1:0', CHANCERY_PUBLIC_URL: ISSUER })
    alice = await running.enrol('alice', [SCOPE, 'bob.user.write'])
    bob = await running.enrol('bob', ['carol.read', 'chancery.requests.verify'])
    key = await jose.importPKCS8(alice.keyPem, 'ES256')
    kid = kidOf(alice)
  })
  after(() => running.close())

  /** `fetch` for a deployment in which the issuer's host leads to the OAuth listener, over TLS with the certificate of `shown` if there is one. */
  function fetchAs(shown?: TestIdentity): (url: string, options: object) => Promise<Response> {
    const connect = {
      ca: running.caPem,
      ...(shown && { key: shown.keyPem, cert: shown.certificatePem }),
    }
    const dispatcher = new Agent({ connect })
    const here = new URL(tokenEndpoint(running)).origin
    return async (url, options) => {
      const answer = await undiciFetch(url.replace(ISSUER, here), { ...options, dispatcher })
      return new Response(await answer.text(), { status: answer.status, headers: [...answer.headers] })
    }
  }

  const thumbprintOf = (token: string) =>
    (jose.decodeJwt(token)['cnf'] as { 'x5t#S256'?: string } | undefined)?.['x5t#S256']

  for (const [method, binding] of [
    ['private_key_jwt', 'nothing'],
    ['tls_client_auth', 'the certificate'],
  ] as const) {
    it(`oauth4webapi gets a token by ${method}, bound to ${binding}`, async () => {
      const isTls = method === 'tls_client_auth'
      const options = { [oauth.customFetch]: fetchAs(isTls ? alice : undefined) }
      const issuer = new URL(ISSUER)
      const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...options })
      const server = await oauth.processDiscoveryResponse(issuer, discovered)
      const client = { client_id: 'alice' }
      const authentication = isTls ? oauth.TlsClientAuth() : oauth.PrivateKeyJwt({ key, kid })
      const ask = (scope: string) =>
        oauth
          .clientCredentialsGrantRequest(server, client, authentication, { scope }, options)
          .then((response) => oauth.processClientCredentialsResponse(server, client, response))
      const answer = await ask(SCOPE)
      assert.deepEqual([answer.token_type, answer.scope], ['bearer', SCOPE])
      assert.equal(thumbprintOf(answer.access_token), isTls ? kid : undefined)
      await assert.rejects(
        ask('carol.read'),
        (error) => error instanceof oauth.ResponseBodyError && error.error === 'invalid_scope',
      )
    })

    it(`oauth4webapi revokes a token by ${method}, at the endpoint that it found`, async () => {
      const isTls = method === 'tls_client_auth'
      const options = { [oauth.customFetch]: fetchAs(isTls ? alice : undefined) }
      const issuer = new URL(ISSUER)
      const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...options })
      const server = await oauth.processDiscoveryResponse(issuer, discovered)
      assert.deepEqual(
        server.revocation_endpoint_auth_methods_supported,
        server.token_endpoint_auth_methods_supported,
      )
      const authentication = isTls ? oauth.TlsClientAuth() : oauth.PrivateKeyJwt({ key, kid })
      const { json } = await postForm(running, withAssertion(running, 'alice', alice))
      const token = String(json['access_token'])
      const client = { client_id: 'alice' }
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(server, client, authentication, token, options),
      )
      const { status } = await call(running, alice, TokenServiceService.revokeToken, {
        target: { $case: 'token', value: token },
      })
      assert.equal(status, TokenRevocationStatus.TOKEN_REVOCATION_STATUS_ALREADY_REVOKED)
    })

    it(`oauth4webapi looks into tokens by ${method}: live, revoked, of nobody`, async () => {
      const isTls = method === 'tls_client_auth'
      const options = { [oauth.customFetch]: fetchAs(isTls ? bob : undefined) }
      const issuer = new URL(ISSUER)
      const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...options })
      const server = await oauth.processDiscoveryResponse(issuer, discovered)
      const client = { client_id: 'bob' }
      const bobKey = { key: await jose.importPKCS8(bob.keyPem, 'ES256'), kid: kidOf(bob) }
      const authentication = isTls ? oauth.TlsClientAuth() : oauth.PrivateKeyJwt(bobKey)
      const ask = async (token: string) => {
        const response = await oauth.introspectionRequest(server, client, authentication, token, options)
        return oauth.processIntrospectionResponse(server, client, response)
      }
      const { json } = await postForm(running, withAssertion(running, 'alice', alice), { shown: alice })
      const token = String(json['access_token'])
      const { active, iss, sub, scope, cnf, exp } = await ask(token)
      assert.deepEqual([active, iss, sub, scope], [true, ISSUER, 'alice', `${SCOPE} bob.user.write`])
      assert.deepEqual([cnf?.['x5t#S256'], exp], [kid, jose.decodeJwt(token).exp])
      await call(running, alice, TokenServiceService.revokeToken, {
        target: { $case: 'token', value: token },
      })
      assert.deepEqual(await ask(token), { active: false })
      assert.deepEqual(await ask('no token'), { active: false })
    })

    const discoverByOpenid = async (clientId: string, identity: TestIdentity) => {
      const isTls = method === 'tls_client_auth'
      const own = { key: await jose.importPKCS8(identity.keyPem, 'ES256'), kid: kidOf(identity) }
      const authentication = isTls ? openid.TlsClientAuth() : openid.PrivateKeyJwt(own)
      return openid.discovery(new URL(ISSUER), clientId, undefined, authentication, {
        algorithm: 'oauth2',
        [openid.customFetch]: fetchAs(isTls ? identity : undefined),
      })
    }

    it(`openid-client gets a token by ${method}, bound to ${binding}`, async () => {
      const config = await discoverByOpenid('alice', alice)
      const answer = await openid.clientCredentialsGrant(config, { scope: SCOPE })
      assert.equal(answer.scope, SCOPE)
      assert.equal(thumbprintOf(answer.access_token), method === 'tls_client_auth' ? kid : undefined)
    })

    it(`openid-client revokes its tokens by ${method}, is content with one that is revoked or none, and cannot end another client's`, async () => {
      const config = await discoverByOpenid('alice', alice)
      const { access_token: token } = await openid.clientCredentialsGrant(config)
      const { access_token: kept } = await openid.clientCredentialsGrant(config)
      const standing = async (text: string) => {
        const target = { $case: 'token', value: text } as const
        return (await call(running, alice, TokenServiceService.revokeToken, { target })).status
      }
      await openid.tokenRevocation(config, token, { token_type_hint: 'access_token' })
      await openid.tokenRevocation(config, token)
      await openid.tokenRevocation(config, 'no token')
      assert.equal(await standing(token), TokenRevocationStatus.TOKEN_REVOCATION_STATUS_ALREADY_REVOKED)
      assert.equal(await standing(kept), TokenRevocationStatus.TOKEN_REVOCATION_STATUS_REVOKED)
      const { json } = await postForm(running, withAssertion(running, 'bob', bob))
      await assert.rejects(
        openid.tokenRevocation(config, String(json['access_token'])),
        (error) => error instanceof openid.ResponseBodyError && error.error === 'invalid_grant',
      )
    })

    it(`openid-client looks into tokens by ${method}, and is told that a client has no right to`, async () => {
      const [own, asking] = [await discoverByOpenid('alice', alice), await discoverByOpenid('bob', bob)]
      const { access_token: token } = await openid.clientCredentialsGrant(own, { scope: SCOPE })
      const { active, client_id: clientId, scope } = await openid.tokenIntrospection(asking, token)
      assert.deepEqual([active, clientId, scope], [true, 'alice', SCOPE])
      await openid.tokenRevocation(own, token)
      assert.deepEqual(await openid.tokenIntrospection(asking, token), { active: false })
      await assert.rejects(
        openid.tokenIntrospection(own, token),
        (error) => error instanceof openid.ResponseBodyError && error.error === 'unauthorized_client',
      )
    })
  }

  it('oauth4webapi is told that its key is not that of the certificate', async () => {
    const { privateKey } = await jose.generateKeyPair('ES256')
    const options = { [oauth.customFetch]: fetchAs() }
    const server = { issuer: ISSUER, token_endpoint: tokenEndpoint(running) }
    const client = { client_id: 'alice' }
    const authentication = oauth.PrivateKeyJwt({ key: privateKey, kid })
    const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, {}, options)
    await assert.rejects(
      oauth.processClientCredentialsResponse(server, client, response),
      (error) => error instanceof oauth.ResponseBodyError && error.error === 'invalid_client',
    )
  })

  describeWithSystemTool('curl', 'curl', (path) => {
    it('gets a token by certificate, and by an assertion', async () => {
      const files = {
        ca: running.file('ca.pem'),
        cert: running.file('cert.pem'),
        key: running.file('key.pem'),
      }
      writeFileSync(files.ca, running.caPem)
      writeFileSync(files.cert, alice.certificatePem)
      writeFileSync(files.key, alice.keyPem, {
        mode: 0o600,
      })
      const ask = async (...args: readonly string[]) => {
        const { stdout } = await run(path, ['-s', '--cacert', files.ca, tokenEndpoint(running), ...args])
        return JSON.parse(stdout) as { access_token: string }
      }
      const mutual = ['--cert', files.cert, '--key', files.key, '-d', 'grant_type=client_credentials']
      assert.equal(thumbprintOf((await ask(...mutual, '-d', 'client_id=alice')).access_token), kid)
      const form = Object.entries(withAssertion(running, 'alice', alice))
      const parameters = form.flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`])
      assert.equal(thumbprintOf((await ask(...parameters)).access_token), undefined)
    })
  })

  it('jose verifies our tokens before, during and after a rotation, and none of a key that was withdrawn', async () => {
    await verifyAcrossRotation(running, alice, async (token, jwks) => {
      const keys = jose.createLocalJWKSet(JSON.parse(jwks) as jose.JSONWebKeySet)
      const verdict = jose.jwtVerify(token, keys, EXPECTED)
      return verdict.then(
        ({ payload }) => payload['client_id'] === 'alice',
        () => false,
      )
    })
  })

  it('jose looks for the keys again when it meets one that it does not have', async () => {
    const keys = jose.createRemoteJWKSet(new URL(`${ISSUER}/.well-known/jwks.json`), {
      [jose.customFetch]: fetchAs(),
      cooldownDuration: 0,
    })
    const client = { client_id: 'alice' }
    const options = { [oauth.customFetch]: fetchAs(alice) }
    const server = { issuer: ISSUER, token_endpoint: tokenEndpoint(running) }
    for (const rotation of [undefined, TokenKeyRotation.TOKEN_KEY_ROTATION_AT_ONCE]) {
      if (rotation !== undefined)
        await call(running, running.admin, TokenServiceService.rotateTokenKey, { rotation })
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        client,
        oauth.TlsClientAuth(),
        {},
        options,
      )
      const { access_token } = await oauth.processClientCredentialsResponse(server, client, response)
      const { payload } = await jose.jwtVerify(access_token, keys, EXPECTED)
      assert.equal(payload.sub, 'alice')
    }
  })

  for (const [command, library] of [
    ['token-reader-go', "Go's go-jose"],
    ['token-reader-python', "Python's PyJWT"],
  ] as const) {
    describeWithTool(command, library, (path) => {
      it('verifies our tokens before, during and after a rotation, and none of a key that was withdrawn', async () => {
        const file = running.file('jwks.json')
        await verifyAcrossRotation(running, alice, async (token, jwks) => {
          writeFileSync(file, jwks)
          const { status, stdout } = await run(path, [file, ISSUER, AUDIENCE], token)
          assert.ok(status === 0 || status === 1)
          return status === 0 && stdout.trim() === 'alice'
        })
      })
    })
  }
})

/** What libraries are told of the key: the certificate. */
function kidOf({ certificatePem }: TestIdentity): string {
  return Buffer.from(sha256(new X509Certificate(certificatePem).raw)).toString('base64url')
}

/** Runs a program to its end. */
function run(path: string, args: readonly string[], input = '') {
  return new Promise<{ status: number | null; stdout: string }>((resolve, reject) => {
    const child = execFile(path, [...args], { timeout: 30_000 }, (_error, stdout) => {
      resolve({ status: child.exitCode, stdout })
    })
    child.on('error', reject)
    child.stdin?.end(input)
  })
}
