import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, before, it } from 'node:test'
import {
  AuthorizationServiceService as Authorization,
  Decision,
  VerifyRequestRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { describeWithSystemTool } from '../support/external-tool.ts'
import { refusalOf } from '../support/grpc-fixture.ts'
import {
  type RunningProxy,
  type SeenRequest,
  readRecipe,
  sendTo,
  startHaproxy,
  startUpstream,
} from '../support/proxy.ts'
import {
  type RunningService,
  type TestIdentity,
  call,
  startRunningService,
} from '../support/running-service.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

describeWithSystemTool('haproxy', 'HAProxy that forwards Client-Cert (RFC 9440)', (path) => {
  const folder = createTemporaryFolder()
  let running: RunningService
  let upstream: Awaited<ReturnType<typeof startUpstream>>
  let haproxy: RunningProxy
  let bob: TestIdentity
  let dave: TestIdentity
  let alice: TestIdentity
  let carol: TestIdentity

  function verify(server: TestIdentity, { headers }: SeenRequest) {
    const value = Buffer.from(String(headers['client-cert'] ?? ''), 'latin1')
    return call(
      running,
      server,
      Authorization.verifyRequest,
      VerifyRequestRequest.fromPartial({
        credential: {
          $case: 'presentedCertificate',
          value: { forwarded: { header: 'Client-Cert', value } },
        },
        requiredScopes: ['bob.user.read'],
      }),
    )
  }

  before(async () => {
    running = await startRunningService({ CHANCERY_TRUSTED_PROXIES: 'bob' })
    bob = await running.enrol('bob', ['chancery.requests.verify'])
    dave = await running.enrol('dave', ['chancery.requests.verify'])
    alice = await running.enrol('alice', ['bob.user.read'])
    carol = await running.enrol('carol', ['bob.other'])
    upstream = await startUpstream(async (seen) => {
      const { decision } = await verify(bob, seen)
      return decision === Decision.DECISION_ALLOW ? 200 : 401
    })
    writeFileSync(folder.file('server.pem'), alice.certificatePem + alice.keyPem, { mode: 0o600 })
    writeFileSync(folder.file('ca.pem'), running.caPem)
    haproxy = await startHaproxy(
      path,
      readRecipe('haproxy-client-cert.cfg', {
        'bind :443': `bind unix@${folder.file('haproxy.sock')}`,
        '/etc/haproxy/bob.example.pem': folder.file('server.pem'),
        '/etc/haproxy/chancery/ca.pem': folder.file('ca.pem'),
        '127.0.0.1:8081': `127.0.0.1:${upstream.port}`,
      }),
    )
  })
  after(async () => {
    await haproxy.stop()
    await upstream.close()
    await running.close()
    folder.remove()
  })

  const send = (options: Parameters<typeof sendTo>[1]) => sendTo(folder.file('haproxy.sock'), options)

  it('serves a client with the scope, and refuses one without it', async () => {
    assert.equal((await send({ identity: alice })).status, 200)
    assert.equal((await send({ identity: carol })).status, 401)
  })

  it('refuses a request without a certificate, and one that writes the header by hand', async () => {
    const der = alice.certificatePem.split('-----')[2]!.replaceAll('\n', '')
    assert.equal((await send({})).status, 401)
    assert.equal((await send({ headers: { 'Client-Cert': `:${der}:` } })).status, 401)
    assert.equal((await send({ headers: { 'Client-Cert': `:${der}:` }, identity: carol })).status, 401)
  })

  it('is believed through the resource server that the operator names, and through no other', async () => {
    await send({ identity: alice })
    const seen = upstream.seen.at(-1)!
    assert.equal((await verify(bob, seen)).principal?.clientId, 'alice')
    await assert.rejects(verify(dave, seen), (error) => refusalOf(error).reason === 'PROXY_NOT_TRUSTED')
  })
})
