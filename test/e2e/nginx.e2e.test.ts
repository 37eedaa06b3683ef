import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, before, it } from 'node:test'
import {
  AuthorizationServiceService as Authorization,
  RevokeCertificateRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { describeWithSystemTool } from '../support/external-tool.ts'
import {
  type RunningProxy,
  assertRefused,
  readRecipe,
  sendOverHttp2,
  sendTo,
  startNginx,
  startUpstream,
} from '../support/proxy.ts'
import {
  type RunningService,
  type TestIdentity,
  call,
  startRunningService,
} from '../support/running-service.ts'
import { REQUEST_LINE, signAsClient } from '../support/sign-as-client.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../support/temporary-folder.ts'

/** Header fields of a request signed in the simple profile. */
const sign = (identity: TestIdentity, change: { method?: string } = {}, body = '') =>
  signAsClient(identity, change, body, 'simple')

/** Where nginx listens and finds things, in a folder of the test. */
function placeServer(folder: TemporaryFolder, identity: TestIdentity): Record<string, string> {
  writeFileSync(folder.file('server.crt'), identity.certificatePem)
  writeFileSync(folder.file('server.key'), identity.keyPem, { mode: 0o600 })
  return {
    'listen 443 ssl': `listen unix:${folder.file('nginx.sock')} ssl http2`,
    '/etc/nginx/bob.example.crt': folder.file('server.crt'),
    '/etc/nginx/bob.example.key': folder.file('server.key'),
  }
}

describeWithSystemTool('nginx', 'nginx with auth_request over mTLS', (path) => {
  const folder = createTemporaryFolder()
  let running: RunningService
  let upstream: Awaited<ReturnType<typeof startUpstream>>
  let nginx: RunningProxy
  let proxy: Awaited<ReturnType<RunningService['enrol']>>
  let alice: TestIdentity
  let carol: TestIdentity

  before(async () => {
    running = await startRunningService({ CHANCERY_AUTH: '127.0.0.1:0' })
    upstream = await startUpstream()
    proxy = await running.enrol('edge', ['chancery.requests.verify'])
    alice = await running.enrol('alice', ['bob.user.read'])
    carol = await running.enrol('carol', ['bob.other'])
    for (const [name, pem] of [
      ['cert.pem', proxy.certificatePem],
      ['key.pem', proxy.keyPem],
      ['ca.pem', running.caPem],
    ] as const) {
      writeFileSync(folder.file(name), pem, { mode: 0o600 })
    }
    nginx = await startNginx(
      path,
      readRecipe('nginx-signed-requests.conf', {
        ...placeServer(folder, alice),
        '127.0.0.1:8444': running.service.authAddress!,
        '/etc/nginx/chancery': folder.path,
        '127.0.0.1:8081': `127.0.0.1:${upstream.port}`,
      }),
    )
  })
  after(async () => {
    await running.close()
    await upstream.close()
    folder.remove()
  })

  const send = (options: Parameters<typeof sendTo>[1]) => sendTo(folder.file('nginx.sock'), options)

  it('passes a signed request on, with who sent it', async () => {
    const headers = { ...(await sign(alice)), 'X-Chancery-Client-Id': 'admin', 'X-Chancery-Scopes': 'a.b' }
    assert.equal((await send({ headers })).status, 200)
    const seen = upstream.seen.at(-1)!
    assert.equal(seen.url, REQUEST_LINE.target)
    assert.equal(seen.headers['x-chancery-client-id'], 'alice')
    assert.equal(seen.headers['x-chancery-scopes'], 'bob.user.read')
  })

  it('answers 401 to a request that is not signed, signed for another, or sent twice', async () => {
    const count = upstream.seen.length
    assertRefused(await send({}), 401)
    const other = await sign(alice, { method: 'DELETE' })
    assertRefused(await send({ headers: other }), 401)
    const headers = await sign(alice)
    assert.equal((await send({ headers })).status, 200)
    assertRefused(await send({ headers }), 401)
    assert.equal(upstream.seen.length, count + 1)
  })

  it("takes nothing of the question from the stranger's headers", async () => {
    const headers = {
      ...(await sign(alice)),
      'X-Original-URI': REQUEST_LINE.target,
      'X-Original-Method': REQUEST_LINE.method,
      'X-Original-Host': REQUEST_LINE.authority,
      'X-Forwarded-Uri': REQUEST_LINE.target,
      'X-Required-Scopes': '',
    }
    assertRefused(await send({ headers, target: '/admin' }), 401)
    const certificate = Buffer.from(alice.certificatePem.split('-----')[2]!, 'base64').toString('base64')
    for (const name of ['Client-Cert', 'X-Forwarded-Client-Cert', 'X-SSL-Client-Cert']) {
      const value =
        name === 'Client-Cert' ? `:${certificate}:` : `Cert="${encodeURIComponent(alice.certificatePem)}"`
      assertRefused(await send({ headers: { [name]: value } }), 401)
    }
  })

  it('answers 403 to a client without the scope', async () => {
    assertRefused(await send({ headers: await sign(carol) }), 403)
  })

  it('refuses requests with a body, signed or not, because it did not come through the door', async () => {
    const headers = await sign(alice, { method: 'POST' }, 'hello')
    assertRefused(await send({ method: 'POST', headers, body: 'hello' }), 401)
    const chunked = { ...(await sign(alice)), 'Transfer-Encoding': 'chunked' }
    assertRefused(await send({ headers: chunked, body: 'hello' }), 401)
    const withLength = { ...(await sign(alice)), 'Content-Length': '5' }
    assertRefused(await send({ headers: withLength, body: 'hello' }), 401)
  })

  it('lets no body through that HTTP/2 carries without saying so in a header', async () => {
    const status = await sendOverHttp2(folder.file('nginx.sock'), await sign(alice), 'hello')
    assert.equal(status, 200)
    assert.equal(upstream.seen.at(-1)?.body, '')
    assert.equal(upstream.seen.at(-1)?.headers['content-length'], undefined)
  })

  it('answers 500 when its own certificate is revoked, which is no fault of the client', async () => {
    await call(
      running,
      running.admin,
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial({
        target: { $case: 'certificateDer', value: proxy.issued.certificateDer },
        reason: 1,
      }),
    )
    assertRefused(await send({ headers: await sign(alice) }), 500)
  })

  it('answers 500 when the service is down, and has the reasons of all refusals in its own log', async () => {
    const count = upstream.seen.length
    await running.service.close()
    assertRefused(await send({ headers: await sign(alice) }), 500)
    assert.equal(upstream.seen.length, count)
    const log = await nginx.stop()
    for (const line of [
      'GET 401 CREDENTIAL_MISSING',
      'GET 401 SIGNATURE_INVALID',
      'GET 401 NONCE_REPLAYED',
      'GET 403 SCOPE_INSUFFICIENT',
      'POST 401 BODY_TRUNCATED',
      'GET 401 BODY_TRUNCATED',
    ]) {
      assert.ok(log.includes(line), `${line} in:\n${log}`)
    }
  })
})

describeWithSystemTool(
  'nginx',
  "nginx that ends the client's TLS, with auth_request over a Unix socket",
  (path) => {
    const folder = createTemporaryFolder()
    let running: RunningService
    let upstream: Awaited<ReturnType<typeof startUpstream>>
    let nginx: RunningProxy
    let alice: TestIdentity
    let carol: TestIdentity

    before(async () => {
      running = await startRunningService({
        CHANCERY_AUTH_SOCKET: folder.file('auth.sock'),
        CHANCERY_TRUSTED_PROXIES: 'unix:auth',
      })
      upstream = await startUpstream()
      alice = await running.enrol('alice', ['bob.user.read'])
      carol = await running.enrol('carol', ['bob.other'])
      nginx = await startNginx(
        path,
        readRecipe('nginx-client-certificates.conf', {
          ...placeServer(folder, alice),
          '/run/chancery/auth.sock': folder.file('auth.sock'),
          '127.0.0.1:8081': `127.0.0.1:${upstream.port}`,
        }),
      )
    })
    after(async () => {
      await nginx.stop()
      await running.close()
      await upstream.close()
      folder.remove()
    })

    const send = (options: Parameters<typeof sendTo>[1]) => sendTo(folder.file('nginx.sock'), options)

    it('passes a request of a client with the scope on, body and all', async () => {
      assert.equal((await send({ identity: alice, method: 'POST', body: 'hello' })).status, 200)
      const seen = upstream.seen.at(-1)!
      assert.equal(seen.headers['x-chancery-client-id'], 'alice')
      assert.equal(seen.body, 'hello')
    })

    it('answers 401 without a certificate, also when its header is sent by hand', async () => {
      assertRefused(await send({}), 401)
      const headers = { 'X-SSL-Client-Cert': encodeURIComponent(alice.certificatePem) }
      assertRefused(await send({ headers }), 401)
      assertRefused(await send({ headers, identity: carol }), 403)
    })

    it('answers 403 to a client without the scope', async () => {
      assertRefused(await send({ identity: carol }), 403)
    })

    it('answers 500 while the service is down, and goes on when it is back', async () => {
      await running.service.close()
      assertRefused(await send({ identity: alice }), 500)
      await running.restart()
      assert.equal((await send({ identity: alice })).status, 200)
    })
  },
)
