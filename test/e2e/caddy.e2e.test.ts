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
  startCaddy,
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
import { makeThrowawayCa } from '../support/tls-material.ts'

const front = makeThrowawayCa('front')

/** Where Caddy finds what it shows its clients, in a folder of the test. */
function placeServer(folder: TemporaryFolder): Record<string, string> {
  const { certificateChainPem, privateKeyPem } = front.issue({
    commonName: 'bob.example',
    extensions: 'subjectAltName=DNS:bob.example',
  })
  writeFileSync(folder.file('server.crt'), certificateChainPem)
  writeFileSync(folder.file('server.key'), privateKeyPem, { mode: 0o600 })
  return {
    '/etc/caddy/bob.example.crt': folder.file('server.crt'),
    '/etc/caddy/bob.example.key': folder.file('server.key'),
  }
}

/** A stranger's own copies of what Caddy or the service behind it goes by. */
const FORGED = {
  'X-Chancery-Client-Id': 'admin',
  'X-Chancery-Scopes': 'everything',
  'X-Chancery-Role': 'admin',
  X_Chancery_Client_Id: 'admin',
}

describeWithSystemTool('caddy', 'Caddy with forward_auth over mTLS', (path) => {
  const folder = createTemporaryFolder()
  let running: RunningService
  let upstream: Awaited<ReturnType<typeof startUpstream>>
  let caddy: RunningProxy
  let proxy: Awaited<ReturnType<RunningService['enrol']>>
  let alice: TestIdentity
  let carol: TestIdentity

  before(async () => {
    running = await startRunningService({ CHANCERY_AUTH: '127.0.0.1:0' })
    upstream = await startUpstream()
    proxy = await running.enrol('edge', ['chancery.requests.verify'])
    alice = await running.enrol('alice', ['bob.user.read'])
    carol = await running.enrol('carol', ['bob.other'])
    const own = { 'cert.pem': proxy.certificatePem, 'key.pem': proxy.keyPem, 'ca.pem': running.caPem }
    for (const [name, pem] of Object.entries(own)) writeFileSync(folder.file(name), pem, { mode: 0o600 })
    caddy = await startCaddy(
      path,
      folder.file('caddy.sock'),
      readRecipe('caddy-signed-requests.Caddyfile', {
        ...placeServer(folder),
        '/etc/caddy/chancery/': `${folder.path}/`,
        '127.0.0.1:8444': running.service.authAddress!,
        '127.0.0.1:8081': `127.0.0.1:${upstream.port}`,
      }),
    )
  })
  after(async () => {
    await caddy.stop()
    await running.close()
    await upstream.close()
    folder.remove()
  })

  const send = (options: Parameters<typeof sendTo>[1]) => sendTo(folder.file('caddy.sock'), options)

  it('passes a request on that either profile signed, with the client in headers that nobody else can set', async () => {
    for (const profile of ['rfc9421', 'simple'] as const) {
      const headers = { ...(await signAsClient(alice, {}, '', profile)), ...FORGED }
      const { status, body } = await send({ headers })
      assert.equal(status, 200)
      assert.equal(body, 'served')
      const seen = upstream.seen.at(-1)!
      assert.equal(seen.url, REQUEST_LINE.target)
      const ours = Object.entries(seen.headers).filter(([name]) => /^x.chancery/i.test(name))
      assert.deepEqual(Object.fromEntries(ours), {
        'x-chancery-client-id': 'alice',
        'x-chancery-scopes': 'bob.user.read',
      })
    }
  })

  it('answers 401 to a request that is not signed, or not as it was signed, or was there before', async () => {
    const count = upstream.seen.length
    assertRefused(await send({}), 401)
    const headers = await signAsClient(alice)
    assertRefused(await send({ headers, target: '/users/8?full=1' }), 401)
    assertRefused(await send({ headers, method: 'DELETE' }), 401)
    assert.equal(upstream.seen.length, count)
    assert.equal((await send({ headers })).status, 200)
    assertRefused(await send({ headers }), 401)
    assert.equal(upstream.seen.length, count + 1)
  })

  it("takes nothing of the question from the stranger's headers", async () => {
    const headers = {
      ...(await signAsClient(alice)),
      'X-Forwarded-Method': REQUEST_LINE.method,
      'X-Forwarded-Uri': REQUEST_LINE.target,
      'X-Forwarded-Host': REQUEST_LINE.authority,
      'X-Forwarded-Proto': 'http',
      'X-Original-URI': REQUEST_LINE.target,
    }
    assertRefused(await send({ headers, target: '/admin' }), 401)
    const certificate = Buffer.from(alice.certificatePem.split('-----')[2]!, 'base64').toString('base64')
    assertRefused(await send({ headers: { 'Client-Cert': `:${certificate}:` } }), 401)
  })

  it('answers 403 to a client without the scope', async () => {
    assertRefused(await send({ headers: await signAsClient(carol) }), 403)
  })

  it('lets no body through, signed or not, because it does not come through the door', async () => {
    const count = upstream.seen.length
    const posted = await signAsClient(alice, { method: 'POST' }, 'hello')
    assertRefused(await send({ method: 'POST', headers: posted, body: 'hello' }), 413)
    assertRefused(await send({ method: 'POST', headers: await signAsClient(alice, { method: 'POST' }) }), 401)
    const sized = { ...(await signAsClient(alice)), 'Content-Length': '5' }
    assertRefused(await send({ headers: sized, body: 'hello' }), 413)
    const chunked = { ...(await signAsClient(alice)), 'Transfer-Encoding': 'chunked' }
    assertRefused(await send({ headers: chunked, body: 'h' }), 413)
    assert.equal(await sendOverHttp2(folder.file('caddy.sock'), await signAsClient(alice), 'hello'), 413)
    assert.equal(upstream.seen.length, count)
  })

  it('answers 500 when its own certificate is revoked, which is no fault of the client', async () => {
    const target = { $case: 'certificateDer', value: proxy.issued.certificateDer } as const
    const revoke = RevokeCertificateRequest.fromPartial({ target, reason: 1 })
    await call(running, running.admin, Authorization.revokeCertificate, revoke)
    assertRefused(await send({ headers: await signAsClient(alice) }), 500)
  })

  it('answers 502 when the service is down', async () => {
    const count = upstream.seen.length
    await running.service.close()
    assertRefused(await send({ headers: await signAsClient(alice) }), 502)
    assert.equal(upstream.seen.length, count)
  })
})

describeWithSystemTool(
  'caddy',
  "Caddy that ends the client's TLS, with forward_auth over a Unix socket",
  (path) => {
    const folder = createTemporaryFolder()
    let running: RunningService
    let upstream: Awaited<ReturnType<typeof startUpstream>>
    let caddy: RunningProxy
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
      caddy = await startCaddy(
        path,
        folder.file('caddy.sock'),
        readRecipe('caddy-client-certificates.Caddyfile', {
          ...placeServer(folder),
          '/run/chancery/auth.sock': folder.file('auth.sock'),
          '127.0.0.1:8081': `127.0.0.1:${upstream.port}`,
        }),
      )
    })
    after(async () => {
      await caddy.stop()
      await running.close()
      await upstream.close()
      folder.remove()
    })

    const send = (options: Parameters<typeof sendTo>[1]) => sendTo(folder.file('caddy.sock'), options)
    const certificateOf = ({ certificatePem }: TestIdentity) =>
      Buffer.from(certificatePem.split('-----')[2]!, 'base64').toString('base64')

    it('passes requests of a client with the scope on, body and all', async () => {
      for (const method of ['GET', 'POST']) {
        const headers = { ...FORGED, 'Client-Cert': 'x', 'Client-Cert-Chain': 'x', 'Content-Length': '5' }
        assert.equal((await send({ identity: alice, method, headers, body: 'hello' })).status, 200)
        const seen = upstream.seen.at(-1)!
        assert.equal(seen.headers['x-chancery-client-id'], 'alice')
        assert.equal(seen.headers['x_chancery_client_id'], undefined)
        assert.equal(seen.headers['client-cert'], undefined)
        assert.equal(seen.body, 'hello')
      }
    })

    it('answers 401 without a certificate, also when its header is sent by hand', async () => {
      assertRefused(await send({}), 401)
      const headers = { 'Client-Cert': `:${certificateOf(alice)}:` }
      assertRefused(await send({ headers }), 401)
      assertRefused(await send({ headers, identity: carol }), 403)
      assertRefused(await send({ headers: { 'Client-Cert-Chain': headers['Client-Cert'] } }), 401)
    })

    it('answers 401 to a certificate of another authority, and 403 to a client without the scope', async () => {
      const { privateKeyPem: keyPem, certificateChainPem } = front.issue({ commonName: 'alice' })
      assertRefused(await send({ identity: { keyPem, certificatePem: certificateChainPem } }), 401)
      assertRefused(await send({ identity: carol }), 403)
    })

    it('answers 502 while the service is down, and goes on when it is back', async () => {
      await running.service.close()
      assertRefused(await send({ identity: alice }), 502)
      await running.restart()
      assert.equal((await send({ identity: alice })).status, 200)
    })
  },
)
