import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, before, it } from 'node:test'
import {
  BEARER_CASES,
  type Bearers,
  type ProxyRequest,
  enrolBearers,
  requestOf,
} from '../support/bearer-cases.ts'
import { type Envoy, startEnvoy } from '../support/envoy.ts'
import { describeWithSystemTool, describeWithTool } from '../support/external-tool.ts'
import { type RunningProxy, readRecipe, sendTo, startNginx, startUpstream } from '../support/proxy.ts'
import { type RunningService, startRunningService } from '../support/running-service.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../support/temporary-folder.ts'
import { makeThrowawayCa } from '../support/tls-material.ts'

const CHALLENGE = 'Signature realm="chancery", Bearer realm="chancery"'
type Upstream = Awaited<ReturnType<typeof startUpstream>>

describeWithSystemTool('nginx', 'nginx that accepts bearer tokens by auth_request', (path) => {
  const folder = createTemporaryFolder()
  let running: RunningService
  let upstream: Upstream
  let bearers: Bearers
  let nginx: RunningProxy

  before(async () => {
    running = await startRunningService({
      CHANCERY_AUTH_SOCKET: folder.file('auth.sock'),
      CHANCERY_TRUSTED_PROXIES: 'unix:auth',
    })
    upstream = await startUpstream()
    bearers = await enrolBearers(running)
    const places = {
      'listen 443 ssl': `listen unix:${folder.file('nginx.sock')} ssl`,
      '/etc/nginx/bob.example.crt': folder.file('server.crt'),
      '/etc/nginx/bob.example.key': folder.file('server.key'),
      '/run/chancery/auth.sock': folder.file('auth.sock'),
      '127.0.0.1:8081': `127.0.0.1:${upstream.port}`,
      '&certificate=x-ssl-client-cert': '&certificate=x-ssl-client-cert&bearer=accept',
    }
    placeServer(folder)
    nginx = await startNginx(path, readRecipe('nginx-client-certificates.conf', places))
  })
  after(async () => {
    await running.close()
    await upstream.close()
    folder.remove()
  })

  const ask = ({ path: target, headers, identity }: ProxyRequest) =>
    sendTo(folder.file('nginx.sock'), { target, headers, ...(identity && { identity }) })

  for (const one of BEARER_CASES) {
    it(`answers ${one.status} to ${one.name}`, async () => {
      const count = upstream.seen.length
      const { status, headers, body } = await ask(requestOf(one, bearers))
      assert.equal(status, one.status)
      assert.equal(upstream.seen.length, one.status === 200 ? count + 1 : count)
      if (one.status === 200) assert.equal(upstream.seen.at(-1)!.headers['x-chancery-client-id'], 'alice')
      else assert.doesNotMatch(body, /chancery|token|certificate/i)
      assert.equal(headers['www-authenticate'], one.status === 401 ? CHALLENGE : undefined)
    })
  }

  it('takes no word of the client for the certificate that a token is bound to', async () => {
    const { headers } = requestOf({ token: 'bound' }, bearers)
    const forged = { ...headers, 'X-SSL-Client-Cert': encodeURIComponent(bearers.alice.certificatePem) }
    assert.equal((await ask({ path: '/x', headers: forged, identity: undefined })).status, 401)
    assert.equal((await ask({ path: '/x', headers: forged, identity: bearers.carol })).status, 401)
  })

  it('has the reason of each refusal in its own log, in order', async () => {
    const log = await nginx.stop()
    const said = log
      .trim()
      .split('\n')
      .map((line) => line.split(' ').slice(1).join(' '))
    assert.deepEqual(said, [
      ...BEARER_CASES.map(({ status, reason }) => `${status} ${reason ?? ''}`),
      ...Array.from({ length: 2 }, () => '401 TOKEN_BINDING_MISMATCH'),
    ])
  })
})

describeWithTool('envoy', 'Envoy that accepts bearer tokens by ext_authz', (program) => {
  const folder = createTemporaryFolder()
  let running: RunningService
  let upstream: Upstream
  let bearers: Bearers
  let envoy: Envoy

  before(async () => {
    running = await startRunningService()
    upstream = await startUpstream()
    bearers = await enrolBearers(running)
    const own = await running.enrol('envoy', ['chancery.requests.verify'])
    placeServer(folder)
    for (const [name, text] of [
      ['ca.pem', running.caPem],
      ['cert.pem', own.certificatePem],
      ['key.pem', own.keyPem],
    ] as const)
      writeFileSync(folder.file(name), text, { mode: 0o600 })
    envoy = await startEnvoy(
      program,
      folder.path,
      { chancery: running.port, upstream: upstream.port },
      accept,
    )
  })
  after(async () => {
    await envoy.stop()
    await running.close()
    await upstream.close()
    folder.remove()
  })

  for (const one of BEARER_CASES) {
    it(`answers ${one.status} to ${one.name}, and has the reason in its own log`, async () => {
      const count = upstream.seen.length
      const { path, headers, identity } = requestOf(one, bearers)
      const answer = await sendTo(envoy.port, { target: path, headers, ...(identity && { identity }) })
      assert.equal(answer.status, one.status)
      assert.equal(upstream.seen.length, one.status === 200 ? count + 1 : count)
      if (one.status === 200) assert.equal(upstream.seen.at(-1)!.headers['x-chancery-client-id'], 'alice')
      assert.equal(answer.headers['www-authenticate'], one.status === 401 ? CHALLENGE : undefined)
      assert.equal((await envoy.nextAccess())['deny_reason'], one.reason ?? '')
    })
  }

  it('accepts none on a route that does not say so', async () => {
    const { headers } = requestOf({ token: 'unbound' }, bearers)
    const answer = await sendTo(envoy.port, { target: '/status', headers })
    assert.equal(answer.status, 401)
    assert.equal(answer.headers['www-authenticate'], 'Signature realm="chancery"')
    assert.equal((await envoy.nextAccess())['deny_reason'], 'CREDENTIAL_MISSING')
  })
})

/** The recipe's route for signed requests, with the line that takes tokens too. */
function accept(recipe: string): string {
  const line = 'audience: bob\n'
  const indent = ' '.repeat(
    recipe
      .split('\n')
      .find((one) => one.endsWith('audience: bob'))!
      .indexOf('a'),
  )
  return recipe.replace(line, `${line}${indent}bearer: accept\n`)
}

function placeServer(folder: TemporaryFolder): void {
  const front = makeThrowawayCa('front').issue({
    commonName: 'bob.example',
    extensions: 'subjectAltName=DNS:bob.example',
  })
  for (const name of ['server.crt', 'server.pem']) writeFileSync(folder.file(name), front.certificateChainPem)
  writeFileSync(folder.file('server.key'), front.privateKeyPem, { mode: 0o600 })
}
