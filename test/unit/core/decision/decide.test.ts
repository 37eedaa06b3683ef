import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OID } from '../../../../src/core/asn1/oids.ts'
import { createCertificateCache } from '../../../../src/core/decision/certificate-cache.ts'
import { decide } from '../../../../src/core/decision/decide.ts'
import type { DecisionContext, DecisionQuery } from '../../../../src/core/decision/decision.ts'
import type { Credential } from '../../../../src/core/request/credential.ts'
import {
  FIXTURE_NONCE,
  FIXTURE_NOW,
  createDecisionContext,
  createDecisionFixture,
  createListedRevocation,
  createMemoryReplayGuard,
  createQuery,
  keyIdOf,
  signAs,
  signSimpleRequest,
  withHeader,
} from '../../../support/decision-fixture.ts'

const fixture = createDecisionFixture()
const leaf = fixture.client('ed25519')
const presented: Credential = { kind: 'presented', chain: [leaf] }
const signed: Credential = { kind: 'simple', request: signSimpleRequest(fixture, 'ed25519') }

function judge(
  credential: Credential,
  query: Partial<DecisionQuery> = {},
  context: Partial<DecisionContext> = {},
) {
  return decide(createQuery(credential, query), createDecisionContext(fixture, context))
}

describe('decide', () => {
  it('names the principal, its scopes, the state and how long the answer holds', async () => {
    const decision = await judge(presented)
    assert.equal(decision.decision, 'ALLOW')
    assert.equal(decision.denyReason, undefined)
    assert.equal(decision.principal?.clientId, 'alice')
    assert.equal(decision.principal.spiffeId, 'spiffe://chancery.example/client/alice')
    assert.equal(decision.principal.authorityId, 'issuing-1')
    assert.equal(decision.principal.serialNumber, '1005')
    assert.deepEqual(decision.grantedScopes, ['bob.user.read', 'bob.user.write'])
    assert.deepEqual(decision.missingScopes, [])
    assert.equal(decision.evaluatedAt?.authorityId, 'issuing-1')
    // Half a day until the next list, a day until the certificate ends.
    assert.deepEqual(decision.validUntil, new Date('2026-06-02T00:00:00Z'))
    assert.deepEqual(decision.checks, [])
  })

  it('lets an allowance for a signed request end with its age window', async () => {
    assert.deepEqual((await judge(signed)).validUntil, new Date(FIXTURE_NOW.getTime() + 60_000))
  })

  it('lets an allowance end with the certificate if that comes first', async () => {
    const notAfter = new Date(FIXTURE_NOW.getTime() + 5000)
    const chain = [fixture.client('ed25519', { notAfter })]
    assert.deepEqual((await judge({ kind: 'presented', chain })).validUntil, notAfter)
  })

  it('lets an allowance end with whatever the knowledge of revocation rests on', async () => {
    const soon = new Date(FIXTURE_NOW.getTime() + 7000)
    const later = new Date(FIXTURE_NOW.getTime() + 9000)
    const relied = createListedRevocation({
      '1005': { standing: 'good', clientState: undefined, until: later },
      '02': { standing: 'good', clientState: undefined, until: soon },
    })
    assert.deepEqual((await judge(presented, {}, { revocation: relied })).validUntil, soon)
  })

  it('lets an allowance end with the span that answers may be reused for, if there is one', async () => {
    const end = new Date(FIXTURE_NOW.getTime() + 20_000)
    assert.deepEqual((await judge(presented, {}, { maxReuseSeconds: 20 })).validUntil, end)
    assert.deepEqual((await judge(signed, {}, { maxReuseSeconds: 20 })).validUntil, end)
    assert.deepEqual((await judge(presented, {}, { maxReuseSeconds: 0 })).validUntil, FIXTURE_NOW)
  })

  it('says that nonces were not looked at where none are remembered', async () => {
    const { decision, checks } = await judge(signed, { explain: true }, { replay: 'unchecked' })
    assert.equal(decision, 'ALLOW')
    const replay = checks.find(({ name }) => name === 'replay')
    assert.equal(replay?.outcome, 'skipped')
    assert.match(replay.detail, /not known/)
  })

  it('says in a denial who was refused, once the certificate is known', async () => {
    const known = await judge(presented, { requiredScopes: ['bob.admin'] })
    assert.equal(known.denyReason, 'SCOPE_INSUFFICIENT')
    assert.equal(known.principal?.clientId, 'alice')
    assert.deepEqual(known.missingScopes, ['bob.admin'])
    assert.equal(known.validUntil, undefined)
    const stranger = createDecisionFixture().client('ed25519', { issuer: 'Elsewhere' })
    const unknown = await judge({ kind: 'presented', chain: [stranger] })
    assert.equal(unknown.principal, undefined)
    assert.deepEqual(unknown.grantedScopes, [])
  })

  it('claims the nonce for the key, until the request could no longer be accepted', async () => {
    const replay = createMemoryReplayGuard()
    await judge(signed, {}, { replay })
    assert.deepEqual(replay.claims, [
      {
        keyId: keyIdOf(leaf),
        nonce: FIXTURE_NONCE,
        at: FIXTURE_NOW,
        expiresAt: new Date(FIXTURE_NOW.getTime() + 90_000),
      },
    ])
  })

  it('claims no nonce for a request that is denied for another reason', async () => {
    const replay = createMemoryReplayGuard()
    const changed = { ...signSimpleRequest(fixture, 'ed25519'), target: '/admin' }
    assert.equal(
      (await judge({ kind: 'simple', request: changed }, {}, { replay })).denyReason,
      'SIGNATURE_INVALID',
    )
    assert.equal(
      (await judge(signed, { requiredScopes: ['bob.admin'] }, { replay })).denyReason,
      'SCOPE_INSUFFICIENT',
    )
    assert.equal(replay.claims.length, 0)
  })

  it('refuses a request again that comes with a second certificate of the same key', async () => {
    const context = createDecisionContext(fixture)
    const second = fixture.client('ed25519', { serialNumber: Uint8Array.of(0x42) })
    const request = signSimpleRequest(fixture, 'ed25519')
    const replayed = withHeader(request, 'X-Client-Cert', Buffer.from(second).toString('base64'))
    assert.equal((await decide(createQuery({ kind: 'simple', request }), context)).decision, 'ALLOW')
    const again = await decide(createQuery({ kind: 'simple', request: replayed }), context)
    assert.equal(again.denyReason, 'NONCE_REPLAYED')
  })

  it('reports the earlier of two reasons', async () => {
    const everything = {
      ...signSimpleRequest(fixture, 'ed25519', { timestamp: '0', nonce: 'short' }),
      bodyTruncated: true,
    }
    const late = { at: new Date(FIXTURE_NOW.getTime() + 48 * 60 * 60 * 1000) }
    const credential: Credential = { kind: 'simple', request: everything }
    assert.equal((await judge(credential, {}, late)).denyReason, 'CERTIFICATE_EXPIRED')
    assert.equal((await judge(credential)).denyReason, 'SIGNATURE_EXPIRED')
  })

  it('passes on that there is no answer', async () => {
    const outage = new Error('no store')
    const replay = { claim: () => Promise.reject(outage) }
    await assert.rejects(judge(signed, {}, { replay }), outage)
    const revocation = {
      ...createListedRevocation(),
      standing: () => {
        throw outage
      },
    }
    await assert.rejects(judge(presented, {}, { revocation }), outage)
  })

  it('refuses a digest where the algorithm leaves no way to check one', async () => {
    const chain = [fixture.client('p256')]
    const signature = signAs(fixture.keys.p256, 'ecdsa-p256-sha256', Buffer.from('m'))
    const credential: Credential = {
      kind: 'detached',
      chain,
      signed: { kind: 'sha256', digest: new Uint8Array(32) },
      signature,
      algorithm: undefined,
      nonce: undefined,
      signedAt: undefined,
    }
    await assert.rejects(judge(credential), { reason: 'FIELD_NOT_IMPLEMENTED' })
  })

  it('does not take a time that is no instant', async () => {
    const credential: Credential = {
      kind: 'detached',
      chain: [leaf],
      signed: { kind: 'message', bytes: Buffer.from('m') },
      signature: signAs(fixture.keys.ed25519, 'ed25519', Buffer.from('m')),
      algorithm: undefined,
      nonce: FIXTURE_NONCE,
      signedAt: new Date(Number.NaN),
    }
    assert.equal((await judge(credential)).denyReason, 'CREDENTIAL_MALFORMED')
    assert.equal((await judge({ ...credential, signedAt: undefined })).denyReason, 'CREDENTIAL_MALFORMED')
  })

  it('explains every check when asked', async () => {
    const { checks } = await judge(signed, { explain: true, requiredScopes: ['bob.admin'] })
    const outcomes = Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]))
    assert.equal(outcomes['request.signature'], 'passed')
    assert.equal(outcomes['audience'], 'skipped')
    assert.equal(outcomes['scopes.required'], 'failed')
    assert.equal(outcomes['replay'], 'skipped')
  })

  it('judges validity and revocation of a known certificate anew', async () => {
    const cache = createCertificateCache(10)
    assert.equal((await judge(presented, {}, { cache })).decision, 'ALLOW')
    const at = new Date(FIXTURE_NOW.getTime() + 48 * 60 * 60 * 1000)
    assert.equal((await judge(presented, {}, { cache, at })).denyReason, 'CERTIFICATE_EXPIRED')
    const early = new Date(FIXTURE_NOW.getTime() - 2 * 60 * 60 * 1000)
    assert.equal((await judge(presented, {}, { cache, at: early })).denyReason, 'CERTIFICATE_NOT_YET_VALID')
    const revocation = createListedRevocation({ '1005': { standing: 'unknown' } })
    assert.equal((await judge(presented, {}, { cache, revocation })).denyReason, 'REVOCATION_UNKNOWN')
  })

  it('does not use what was verified under another bundle', async () => {
    const cache = createCertificateCache(10)
    assert.equal((await judge(presented, {}, { cache })).decision, 'ALLOW')
    const { trust } = createDecisionFixture()
    assert.equal((await judge(presented, {}, { cache, trust })).decision, 'DENY')
  })

  it('remembers no chain with certificates that are not of the bundle', async () => {
    const cache = createCertificateCache(10)
    const keys: string[] = []
    const watched = { ...cache, set: (...args: Parameters<typeof cache.set>) => void keys.push(args[0]) }
    const noise = createDecisionFixture().issuing
    assert.equal(
      (await judge({ kind: 'presented', chain: [leaf, noise] }, {}, { cache: watched })).decision,
      'ALLOW',
    )
    assert.equal(keys.length, 0)
    await judge({ kind: 'presented', chain: [leaf, fixture.issuing, fixture.root] }, {}, { cache: watched })
    assert.equal(keys.length, 1)
  })

  it('caches a certificate once, whichever authorities come beside it, in which order and how often', async () => {
    const keys = new Set<string>()
    const cache = { ...createCertificateCache(10), set: (key: string) => void keys.add(key) }
    const { issuing, root } = fixture
    for (const others of [
      [],
      [issuing],
      [root],
      [issuing, root],
      [root, issuing],
      [issuing, root, issuing],
    ]) {
      const chain = [leaf, ...others]
      const { decision, checks } = await judge({ kind: 'presented', chain }, { explain: true }, { cache })
      assert.equal(decision, 'ALLOW')
      const parsed = checks.find(({ name }) => name === 'certificate.parse')
      assert.equal(
        parsed?.detail,
        [
          'The certificate is strict DER.',
          'The certificate and 1 other are strict DER.',
          'The certificate and 2 others are strict DER.',
          'The certificate and 3 others are strict DER.',
        ][others.length],
      )
    }
    assert.equal(keys.size, 1)
  })

  it('remembers no certificate that was refused', async () => {
    const keys: string[] = []
    const cache = { ...createCertificateCache(10), set: (key: string) => void keys.push(key) }
    const expired = fixture.client('ed25519', { notAfter: new Date(FIXTURE_NOW.getTime() - 1000) })
    await judge({ kind: 'presented', chain: [expired] }, {}, { cache })
    await judge({ kind: 'presented', chain: [leaf.subarray(1)] }, {}, { cache })
    assert.deepEqual(keys, [])
  })

  it('keeps nothing of the message that a certificate came in', async () => {
    const message = new Uint8Array(100_000)
    message.set(leaf, 500)
    const chain = [message.subarray(500, 500 + leaf.length)]
    const kept: number[] = []
    const cache = createCertificateCache(10)
    const watched = {
      ...cache,
      set: (...[key, path]: Parameters<typeof cache.set>) => {
        kept.push(path.chain.leaf.der.buffer.byteLength)
        cache.set(key, path)
      },
    }
    await judge({ kind: 'presented', chain }, {}, { cache: watched })
    assert.deepEqual(kept, [leaf.length])
  })

  it('reads scopes only from the extension that the bundle names', async () => {
    const trust = { ...fixture.trust, scopeExtensionOid: OID.crlNumber }
    assert.equal((await judge(presented, {}, { trust })).denyReason, 'SCOPES_MALFORMED')
  })
})
