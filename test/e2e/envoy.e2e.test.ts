import assert from 'node:assert/strict'
import { createHash, randomBytes, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { OutgoingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { after, before, it } from 'node:test'
import { type Envoy, type Upstream, startEnvoy, startUpstream } from '../support/envoy.ts'
import { describeWithTool } from '../support/external-tool.ts'
import { type RunningService, startRunningService, type TestIdentity } from '../support/running-service.ts'
import { signAsClient } from '../support/sign-as-client.ts'
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'
import { makeThrowawayCa } from '../support/tls-material.ts'

interface Asked {
  readonly method?: string
  readonly path: string
  readonly body?: Buffer
  /** Header fields beside the signature. */
  readonly headers?: OutgoingHttpHeaders
  readonly signer?: TestIdentity
  /** What the signature is over, if not `body`. */
  readonly signedBody?: Buffer
  /** Who the TLS connection proves. */
  readonly tls?: TestIdentity
  /** Sends the body without its length. */
  readonly chunked?: boolean
}

describeWithTool('envoy', 'a real Envoy that asks by ext_authz', (program) => {
  const ca = makeThrowawayCa('front')
  let folder: TemporaryFolder
  let running: RunningService
  let upstream: Upstream
  let envoy: Envoy
  let partial: Envoy
  let alice: TestIdentity
  let carol: TestIdentity

  before(async () => {
    folder = createTemporaryFolder()
    running = await startRunningService()
    upstream = await startUpstream()
    alice = await running.enrol('alice', ['bob.user.read'])
    carol = await running.enrol('carol', ['bob.other'])
    const own = await running.enrol('envoy', ['chancery.requests.verify'])
    const front = ca.issue({ commonName: 'bob.example', extensions: 'subjectAltName=DNS:bob.example' })
    const files = {
      'server.pem': front.certificateChainPem,
      'server.key': front.privateKeyPem,
      'ca.pem': running.caPem,
      'cert.pem': own.certificatePem,
      'key.pem': own.keyPem,
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(folder.file(name), text, { mode: 0o600 })
    const ports = { chancery: running.port, upstream: upstream.port }
    envoy = await startEnvoy(program, folder.path, ports)
    partial = await startEnvoy(program, folder.path, ports, (config) =>
      config.replace('1048576, allow_partial_message: false', '1024, allow_partial_message: true'),
    )
  })
  after(async () => {
    await envoy.stop()
    await partial.stop()
    await upstream.close()
    await running.close()
    folder.remove()
  })

  function signatureHeaders(asked: Asked): OutgoingHttpHeaders {
    const { signer, method = 'GET', path } = asked
    if (signer === undefined) return {}
    const timestamp = String(Math.floor(Date.now() / 1000))
    const nonce = randomBytes(12).toString('hex')
    const digest = createHash('sha256')
      .update(asked.signedBody ?? asked.body ?? '')
      .digest('hex')
    const base = [method, path, 'bob.example', digest, timestamp, nonce].join('\n')
    const [leaf] = signer.certificatePem.split('-----END CERTIFICATE-----')
    return {
      'x-client-cert': leaf!.replace('-----BEGIN CERTIFICATE-----', '').replace(/\s/g, ''),
      'x-timestamp': timestamp,
      'x-nonce': nonce,
      'x-signature': sign('sha256', Buffer.from(base), signer.keyPem).toString('base64'),
    }
  }

  function ask(asked: Asked, through = envoy) {
    const { method = 'GET', path, body, tls } = asked
    const headers: OutgoingHttpHeaders = {
      host: 'bob.example',
      ...signatureHeaders(asked),
      ...(body && asked.chunked !== true && { 'content-length': body.length }),
      ...asked.headers,
    }
    return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
      (resolve, reject) => {
        const request = httpsRequest(
          {
            host: '127.0.0.1',
            port: through.port,
            servername: 'bob.example',
            ca: ca.certificatePem,
            method,
            path,
            headers,
            agent: false,
            ...(tls && { key: tls.keyPem, cert: tls.certificatePem }),
          },
          (response) => {
            let text = ''
            response.setEncoding('utf8').on('data', (part: string) => (text += part))
            response.on('end', () => {
              resolve({ status: response.statusCode!, headers: response.headers, text })
            })
          },
        )
        request.on('error', reject)
        request.end(body)
      },
    )
  }

  it('passes a signed request on, and says to the service behind it who asks', async () => {
    const answer = await ask({ path: '/users/7?full=1', signer: alice })
    assert.equal(answer.status, 200)
    assert.equal(answer.text, 'served')
    const passed = upstream.requests.at(-1)!
    assert.equal(passed.url, '/users/7?full=1')
    assert.equal(passed.headers['x-chancery-client-id'], 'alice')
    assert.equal(passed.headers['x-chancery-scopes'], 'bob.user.read')
    assert.deepEqual(await envoy.nextAccess(), {
      path: '/users/7?full=1',
      status: 200,
      client_id: 'alice',
      deny_reason: '',
    })
  })

  it('passes a signed request with a body on, with its length and without', async () => {
    const body = Buffer.from('{"name":"Eve"}')
    for (const chunked of [false, true]) {
      const answer = await ask({ method: 'POST', path: '/users', body, signer: alice, chunked })
      assert.equal(answer.status, 200, `chunked: ${chunked}`)
      await envoy.nextAccess()
    }
  })

  it('passes a request on that is signed by RFC 9421, with a body and without, and not once it is changed', async () => {
    for (const text of ['', '{"name":"Eve"}']) {
      const method = text === '' ? 'GET' : 'POST'
      const body = Buffer.from(text)
      const asked = {
        method,
        path: '/users/7?full=1',
        headers: await signAsClient(alice, { method }, text),
        ...(text !== '' && { body }),
      }
      const changes = [
        { path: '/users/8?full=1', reason: 'SIGNATURE_INVALID' },
        { headers: { ...asked.headers, 'x-client-cert': '' }, reason: 'CREDENTIAL_MALFORMED' },
        ...(text === '' ? [] : [{ body: Buffer.from('{"name":"Mallory"}'), reason: 'DIGEST_MISMATCH' }]),
      ]
      for (const { reason, ...change } of changes) {
        assert.equal((await ask({ ...asked, ...change })).status, 401)
        assert.equal((await envoy.nextAccess())['deny_reason'], reason)
      }
      assert.equal((await ask(asked)).status, 200)
      assert.equal((await envoy.nextAccess())['client_id'], 'alice')
      assert.equal((await ask(asked)).status, 401)
      assert.equal((await envoy.nextAccess())['deny_reason'], 'NONCE_REPLAYED')
    }
  })

  it("overwrites and removes a client's own copies of our headers", async () => {
    const headers = {
      'x-chancery-client-id': ['root', 'admin'],
      'X-Chancery-Scopes': ['everything', 'and.more'],
      'x-chancery-role': 'admin',
      x_chancery_client_id: 'admin',
    }
    const answer = await ask({ path: '/users/7', signer: alice, headers })
    assert.equal(answer.status, 200)
    await envoy.nextAccess()
    const passed = upstream.requests.at(-1)!.rawHeaders
    const ours = passed.flatMap((name, i) =>
      i % 2 === 0 && /^x.chancery/i.test(name) ? [[name.toLowerCase(), passed[i + 1]]] : [],
    )
    assert.deepEqual(
      new Map(ours as [string, string][]),
      new Map([
        ['x-chancery-client-id', 'alice'],
        ['x-chancery-scopes', 'bob.user.read'],
      ]),
    )
    assert.equal(ours.length, 2)
  })

  const denials: { name: string; asked: () => Asked; status: number; reason: string }[] = [
    {
      name: 'without a signature',
      asked: () => ({ path: '/users/7' }),
      status: 401,
      reason: 'CREDENTIAL_MISSING',
    },
    {
      name: 'whose body was changed',
      asked: () => ({
        method: 'POST',
        path: '/users',
        body: Buffer.from('{"name":"Mallory"}'),
        signedBody: Buffer.from('{"name":"Eve"}'),
        signer: alice,
      }),
      status: 401,
      reason: 'SIGNATURE_INVALID',
    },
    {
      name: 'of a client without the scope',
      asked: () => ({ path: '/users/7', signer: carol }),
      status: 403,
      reason: 'SCOPE_INSUFFICIENT',
    },
  ]
  for (const { name, asked, status, reason } of denials) {
    it(`refuses a request ${name} with ${status}, and tells the reason to its log only`, async () => {
      const before = upstream.requests.length
      const answer = await ask(asked())
      assert.equal(answer.status, status)
      assert.equal(
        answer.headers['www-authenticate'],
        status === 401 ? 'Signature realm="chancery"' : undefined,
      )
      assert.equal(answer.text, '')
      assert.doesNotMatch(JSON.stringify(answer.headers), new RegExp(`${reason}|alice|carol`, 'i'))
      assert.equal(upstream.requests.length, before)
      const access = await envoy.nextAccess()
      assert.equal(access['deny_reason'], reason)
    })
  }

  it('accepts the certificate of the TLS connection where the route says so, and nowhere else', async () => {
    assert.equal((await ask({ path: '/status', tls: alice })).status, 200)
    assert.equal((await envoy.nextAccess())['client_id'], 'alice')
    assert.equal((await ask({ path: '/users/7', tls: alice })).status, 401)
    assert.equal((await envoy.nextAccess())['deny_reason'], 'CREDENTIAL_MISSING')
    assert.equal((await ask({ path: '/status' })).status, 401)
    assert.equal((await envoy.nextAccess())['deny_reason'], 'CREDENTIAL_MISSING')
    assert.equal((await ask({ path: '/status', tls: carol })).status, 403)
    assert.equal((await envoy.nextAccess())['deny_reason'], 'SCOPE_INSUFFICIENT')
  })

  it('judges a bad signature by itself, although the connection has a good certificate', async () => {
    const headers = { 'x-signature': 'AAAA' }
    assert.equal((await ask({ path: '/status', tls: alice, headers })).status, 401)
    await envoy.nextAccess()
  })

  it('refuses a certificate of another authority', async () => {
    const stranger = ca.issue({ commonName: 'alice' })
    const tls = {
      keyPem: stranger.privateKeyPem,
      certificatePem: stranger.certificateChainPem,
    } as TestIdentity
    assert.equal((await ask({ path: '/status', tls })).status, 401)
    assert.equal((await envoy.nextAccess())['deny_reason'], 'ISSUER_UNKNOWN')
  })

  it('refuses a body over its limit before it asks', async () => {
    const body = Buffer.alloc(1024 * 1024 + 1)
    assert.equal((await ask({ method: 'POST', path: '/users', body, signer: alice })).status, 413)
    await envoy.nextAccess()
  })

  it('is denied a body of which it sends the beginning only, also one that was signed so', async () => {
    const body = Buffer.alloc(2048, 'a')
    for (const signedBody of [body, body.subarray(0, 1024)]) {
      const asked = { method: 'POST', path: '/users', body, signedBody, signer: alice, chunked: true }
      const headers = { 'x-envoy-auth-partial-body': 'false' }
      assert.equal((await ask({ ...asked, headers }, partial)).status, 401)
      assert.equal((await partial.nextAccess())['deny_reason'], 'BODY_TRUNCATED')
    }
    const whole = { method: 'POST', path: '/users', body: Buffer.alloc(1000, 'a'), signer: alice }
    assert.equal((await ask(whole, partial)).status, 200)
    await partial.nextAccess()
  })

  it('refuses a route that nobody has said the scopes of', async () => {
    assert.equal((await ask({ path: '/elsewhere', signer: alice })).status, 503)
    await envoy.nextAccess()
  })

  it('refuses everything while the service is down', async () => {
    const before = upstream.requests.length
    await running.service.close()
    assert.equal((await ask({ path: '/users/7', signer: alice })).status, 503)
    assert.equal(upstream.requests.length, before)
    await envoy.nextAccess()
  })
})
