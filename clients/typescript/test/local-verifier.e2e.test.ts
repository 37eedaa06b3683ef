import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { after, afterEach, before, describe, it } from 'node:test'
import { Client } from '@grpc/grpc-js'
import { AuthorizationServiceService } from '../../../src/gen/chancery/v1/authorization_service.ts'
import { RevokeCertificateRequest } from '../../../src/gen/chancery/v1/authorization_service.ts'
import { ClientServiceService } from '../../../src/gen/chancery/v1/client_service.ts'
import { IssueTokenRequest, TokenServiceService } from '../../../src/gen/chancery/v1/token_service.ts'
import { AuthorityServiceService } from '../../../src/gen/chancery/v1/authority_service.ts'
import { ISOLATED } from '../../../test/support/grpc-fixture.ts'
import { PATIENCE_MS } from '../../../test/support/patience.ts'
import { type RunningService, call, startRunningService } from '../../../test/support/running-service.ts'
import { createTemporaryFolder } from '../../../test/support/temporary-folder.ts'
import type { RevocationFeed } from '../src/revocation/revocation-feed.ts'
import { createRevocationFeed } from '../src/revocation/revocation-feed.ts'
import { createTrustBundleSource } from '../src/trust/trust-bundle-source.ts'
import { createRequestVerifier } from '../src/verifier/request-verifier.ts'
import { rpcOver } from './support/rpc-over.ts'
import { certificateQuestion, signedQuestion, tokenQuestion } from './support/signed-question.ts'

type Enrolled = Awaited<ReturnType<RunningService['enrol']>>

describe('a resource server with the real service', { timeout: 120_000 }, () => {
  let running: RunningService
  let bob: Enrolled
  let alice: Enrolled
  const folder = createTemporaryFolder()
  const closing: (() => Promise<void>)[] = []
  const patience = () => AbortSignal.timeout(PATIENCE_MS)

  before(async () => {
    running = await startRunningService()
    bob = await running.enrol('bob', ['chancery.crl.read', 'chancery.requests.verify'])
    alice = await running.enrol('alice', ['bob.user.read', 'bob.user.write'])
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  after(async () => {
    await running.close()
    folder.remove()
  })

  /** One process of bob's, as its own start made it. */
  function startBob(name: string, mode: 'auto' | 'local' = 'local') {
    const dial = () => new Client(`localhost:${running.port}`, bob.channel, ISOLATED)
    let client = dial()
    const connection = rpcOver(() => client)
    const trust = createTrustBundleSource({ connection, directory: folder.file(`${name}-trust`) })
    const feed = createRevocationFeed({
      connection,
      trust,
      directory: folder.file(`${name}-lists`),
      verifierId: name,
    })
    const verifier = createRequestVerifier({ mode, connection, trust, feed, timeoutMs: 20_000 })
    const stop = async () => {
      await verifier.close()
      client.close()
    }
    closing.push(stop)
    /** A service that began again is at another port. */
    const redial = () => {
      client.close()
      client = dial()
    }
    return { trust, feed, verifier, stop, redial }
  }

  /** A new certificate of alice that has been revoked, once the feed knows. */
  async function revokeAndWait(feed: RevocationFeed, who: Enrolled): Promise<void> {
    const { authority } = who.issued
    const number = () => feed.health().authorities.find((one) => one.authority === authority)!.crlNumber!
    const { certificates } = await call(
      running,
      running.admin,
      AuthorizationServiceService.revokeCertificate,
      RevokeCertificateRequest.fromPartial({
        target: { $case: 'certificateDer', value: who.issued.certificateDer },
      }),
    )
    const visible = certificates[0]!.crlNumber
    if (number() >= visible) return
    await new Promise<void>((resolve) => {
      const forget = feed.onEvent(() => {
        if (number() < visible) return
        forget()
        resolve()
      })
    })
  }

  function tokenOf(client: Enrolled, change: Partial<IssueTokenRequest> = {}): Promise<string> {
    return call(running, client, TokenServiceService.issueToken, IssueTokenRequest.fromPartial(change)).then(
      ({ token }) => token,
    )
  }

  it('allows a signed request once, a certificate, and a token with and without a certificate, without a call for any of them', async () => {
    const { feed, verifier } = startBob('first')
    await feed.ready(patience())
    const signed = await signedQuestion(alice)
    const first = await verifier.verify(signed)
    assert.equal(first.decision, 'ALLOW')
    assert.deepEqual(first.principal, {
      clientId: 'alice',
      spiffeId: 'spiffe://chancery.example/client/alice',
      scopes: ['bob.user.read', 'bob.user.write'],
      authority: 'issuing-1',
      serialNumber: alice.issued.serialNumber,
      tokenId: undefined,
    })
    assert.equal((await verifier.verify(signed)).reason, 'NONCE_REPLAYED')
    assert.equal((await verifier.verify(certificateQuestion(alice))).decision, 'ALLOW')
    const bound = await tokenOf(alice)
    assert.equal((await verifier.verify(tokenQuestion(bound, alice))).decision, 'ALLOW')
    assert.equal((await verifier.verify(tokenQuestion(bound))).reason, 'TOKEN_BINDING_MISMATCH')
    assert.equal(
      (await verifier.verify(tokenQuestion(await tokenOf(alice, { unbound: true })))).decision,
      'ALLOW',
    )
    const missing = await verifier.verify(certificateQuestion(alice, ['bob.user.delete']))
    assert.equal(missing.reason, 'SCOPE_INSUFFICIENT')
    assert.deepEqual(missing.missingScopes, ['bob.user.delete'])
  })

  it('denies a certificate, and a token that is bound to it, as soon as the list that revokes it has come', async () => {
    const { feed, verifier } = startBob('second')
    await feed.ready(patience())
    const carol = await running.enrol('carol', ['bob.user.read'])
    const token = await tokenOf(carol)
    assert.equal((await verifier.verify(tokenQuestion(token, carol))).decision, 'ALLOW')
    await revokeAndWait(feed, carol)
    assert.equal((await verifier.verify(certificateQuestion(carol))).reason, 'CERTIFICATE_REVOKED')
    assert.equal((await verifier.verify(await signedQuestion(carol))).reason, 'CERTIFICATE_REVOKED')
    assert.equal((await verifier.verify(tokenQuestion(token, carol))).reason, 'CERTIFICATE_REVOKED')
  })

  it('says how it stands, and reports to the authority which list it is at', async () => {
    const { feed } = startBob('third')
    await feed.ready(patience())
    const { isConnected, secondsUntilStale, authorities } = feed.health()
    assert.equal(isConnected, true)
    assert.deepEqual(
      authorities.map(({ authority }) => authority),
      ['root', 'issuing-1'],
    )
    for (const { condition, lagSeconds } of authorities) {
      assert.equal(condition, 'current')
      assert.ok(lagSeconds! < 60)
    }
    assert.ok(secondsUntilStale! > 24 * 3600 && secondsUntilStale! <= 25 * 3600, String(secondsUntilStale))
    assert.equal(feed.metrics().connects, 1)
    assert.ok(feed.metrics().listsTaken >= 2)
    const reported = async () => {
      const { verifiers } = await call(running, running.admin, AuthorityServiceService.listVerifiers, {})
      return verifiers.some(({ verifierId, clientId }) => verifierId === 'third' && clientId === 'bob')
    }
    const until = patience()
    while (!(await reported())) until.throwIfAborted()
  })

  it('goes on without the authority, also after a restart, with what it had on disk', async () => {
    const before = startBob('fourth')
    await before.feed.ready(patience())
    const dave = await running.enrol('dave', ['bob.user.read'])
    const token = await tokenOf(alice)
    await revokeAndWait(before.feed, dave)
    await running.service.close()
    try {
      assert.equal((await before.verifier.verify(await signedQuestion(alice))).decision, 'ALLOW')
      assert.equal((await before.verifier.verify(certificateQuestion(dave))).reason, 'CERTIFICATE_REVOKED')
      await before.stop()
      const { feed, verifier } = startBob('fourth')
      await feed.ready(patience())
      assert.equal((await verifier.verify(await signedQuestion(alice))).decision, 'ALLOW')
      assert.equal((await verifier.verify(tokenQuestion(token, alice))).decision, 'ALLOW')
      assert.equal((await verifier.verify(certificateQuestion(dave))).reason, 'CERTIFICATE_REVOKED')
      assert.equal(feed.health().isConnected, false)
    } finally {
      await running.restart()
    }
  })

  it('has no decision without a bundle, and denies without lists: nothing that is missing allows', async () => {
    await running.service.close()
    try {
      const { verifier } = startBob('fifth')
      await verifier.start()
      await assert.rejects(verifier.verify(certificateQuestion(alice)), { reason: 'TRUST_UNAVAILABLE' })
    } finally {
      await running.restart()
    }
    // The bundle alone: a client without `chancery.crl.read` gets no lists.
    const eve = await running.enrol('eve', ['chancery.requests.verify'])
    const client = new Client(`localhost:${running.port}`, eve.channel, ISOLATED)
    const connection = rpcOver(() => client)
    const trust = createTrustBundleSource({ connection })
    const feed = createRevocationFeed({ connection, trust, verifierId: false })
    const verifier = createRequestVerifier({ mode: 'local', trust, feed })
    closing.push(async () => {
      await verifier.close()
      client.close()
    })
    await verifier.start()
    assert.equal((await verifier.verify(certificateQuestion(alice))).reason, 'REVOCATION_UNKNOWN')
    const token = tokenQuestion(await tokenOf(alice, { unbound: true }))
    assert.equal((await verifier.verify(token)).reason, 'REVOCATION_UNKNOWN')
    await assert.rejects(feed.ready(AbortSignal.timeout(10)), { name: 'TimeoutError' })
  })

  it('asks the authority while it is there and decides here while it is not, and no request is good at both', async () => {
    const { feed, verifier, redial } = startBob('sixth', 'auto')
    await feed.ready(patience())
    const once1 = await signedQuestion(alice)
    const asked = await verifier.verify(once1)
    assert.deepEqual([asked.decision, asked.decidedBy], ['ALLOW', 'authority'])
    await running.service.close()
    let isBack = false
    try {
      assert.equal((await verifier.verify(once1)).reason, 'NONCE_REPLAYED')
      const once2 = await signedQuestion(alice)
      const decided = await verifier.verify(once2)
      assert.deepEqual([decided.decision, decided.decidedBy], ['ALLOW', 'local'])
      await verifier.verify(certificateQuestion(alice))
      await verifier.verify(certificateQuestion(alice))
      assert.equal(verifier.circuit, 'open')
      await running.restart()
      isBack = true
      redial()
      const until = patience()
      let back = await verifier.verify(certificateQuestion(alice))
      while (back.decidedBy === 'local') {
        until.throwIfAborted()
        await setImmediate()
        back = await verifier.verify(certificateQuestion(alice))
      }
      assert.equal(back.decision, 'ALLOW')
      const replayed = await verifier.verify(once2)
      assert.deepEqual([replayed.reason, replayed.decidedBy], ['NONCE_REPLAYED', 'authority'])
    } finally {
      if (!isBack) await running.restart()
    }
  })

  it('lets one certificate go when a client is locked, and has it back when it is unlocked', async () => {
    const { feed, verifier } = startBob('seventh')
    await feed.ready(patience())
    const frank = await running.enrol('frank', ['bob.user.read'])
    const decided = async (decision: string) => {
      const until = patience()
      while ((await verifier.verify(certificateQuestion(frank))).decision !== decision) {
        until.throwIfAborted()
        // A certificate that is known is judged without leaving the thread.
        await setImmediate()
      }
    }
    await decided('ALLOW')
    const change = { clientId: 'frank', message: '' }
    await call(running, running.admin, ClientServiceService.lockClient, change)
    await decided('DENY')
    await call(running, running.admin, ClientServiceService.unlockClient, change)
    await decided('ALLOW')
  })
})
