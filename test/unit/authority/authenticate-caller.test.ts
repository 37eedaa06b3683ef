import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { authenticateCaller } from '../../../src/authority/authenticate-caller.ts'
import { OID } from '../../../src/core/asn1/oids.ts'
import { encodeOid, encodeSequence } from '../../../src/core/asn1/writer.ts'
import { sha256 } from '../../../src/core/crypto.ts'
import { createCertificateCache } from '../../../src/core/decision/certificate-cache.ts'
import type { DenyReason } from '../../../src/core/decision/deny-reason.ts'
import { DomainError, type ErrorReason } from '../../../src/core/errors.ts'
import { FIXTURE_NOW, FIXTURE_TRUST_DOMAIN, createDecisionFixture } from '../../support/decision-fixture.ts'
import { createDecisionStore, lockAlice, record, revoke } from '../../support/decision-store.ts'
import { clientExtensions } from '../../support/encode-test-certificate.ts'

const fixture = createDecisionFixture()
const leaf = fixture.client('p256')

async function assertRefused(
  call: Promise<unknown>,
  reason: ErrorReason,
  denyReason: DenyReason,
): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof DomainError)
    assert.equal(error.reason, reason)
    assert.deepEqual(error.metadata, { deny_reason: denyReason })
    return true
  })
}

describe('authenticateCaller', () => {
  it('returns the client, its scopes and its certificate', async () => {
    const deps = await createDecisionStore(fixture)
    const serialNumber = await record(deps.store, leaf)
    const { certificate, ...caller } = await authenticateCaller(deps, [leaf, fixture.issuing])
    assert.deepEqual(caller, {
      clientId: 'alice',
      scopes: ['bob.user.read', 'bob.user.write'],
      authorityId: 'issuing-1',
      serialNumber,
      notAfter: certificate.notAfter,
      certificateSha256: sha256(leaf),
      publicKeySha256: sha256(certificate.publicKey.der),
    })
    assert.deepEqual(certificate.der, leaf)
  })

  it('refuses a caller without a certificate', async () => {
    const deps = await createDecisionStore(fixture)
    await assertRefused(authenticateCaller(deps, []), 'CALLER_UNAUTHENTICATED', 'CREDENTIAL_MISSING')
  })

  it('refuses a certificate of another CA', async () => {
    const deps = await createDecisionStore(fixture)
    const other = createDecisionFixture()
    const call = authenticateCaller(deps, [other.client('p256', { issuer: 'Elsewhere' }), other.root])
    await assertRefused(call, 'CALLER_UNAUTHENTICATED', 'ISSUER_UNKNOWN')
  })

  it('refuses a certificate that another CA of the same name issued', async () => {
    const deps = await createDecisionStore(fixture)
    const other = createDecisionFixture()
    await assert.rejects(authenticateCaller(deps, [other.client('p256'), other.issuing]), {
      reason: 'CALLER_UNAUTHENTICATED',
    })
  })

  it('refuses a certificate that has expired, also one that was good when it was last seen', async () => {
    const deps = await createDecisionStore(fixture)
    await record(deps.store, leaf)
    const chain = [leaf]
    await authenticateCaller(deps, chain)
    const later = { now: () => new Date(FIXTURE_NOW.getTime() + 25 * 60 * 60 * 1000) }
    for (const offered of [chain, [leaf]]) {
      const call = authenticateCaller({ ...deps, clock: later }, offered)
      await assertRefused(call, 'CALLER_UNAUTHENTICATED', 'CERTIFICATE_EXPIRED')
    }
  })

  it('refuses a certificate that is not valid yet', async () => {
    const deps = await createDecisionStore(fixture)
    const early = fixture.client('p256', { notBefore: new Date(FIXTURE_NOW.getTime() + 1000) })
    await assertRefused(
      authenticateCaller(deps, [early]),
      'CALLER_UNAUTHENTICATED',
      'CERTIFICATE_NOT_YET_VALID',
    )
  })

  it('refuses a server certificate, such as its own', async () => {
    const deps = await createDecisionStore(fixture)
    const extensions = clientExtensions(fixture.keys.p256, fixture.keys.issuing, {
      uris: [`spiffe://${FIXTURE_TRUST_DOMAIN}/client/alice`],
      scopes: [],
    }).map((extension) =>
      extension.oid === OID.extKeyUsage
        ? { ...extension, value: encodeSequence(encodeOid(OID.serverAuth)) }
        : extension,
    )
    const server = fixture.client('p256', { extensions })
    await assertRefused(authenticateCaller(deps, [server]), 'CALLER_UNAUTHENTICATED', 'KEY_USAGE_INVALID')
  })

  it('refuses a certificate that is not on record', async () => {
    const deps = await createDecisionStore(fixture)
    await assertRefused(authenticateCaller(deps, [leaf]), 'CALLER_UNAUTHENTICATED', 'CERTIFICATE_UNKNOWN')
  })

  it('refuses a certificate that differs from the one on record under its serial number', async () => {
    const deps = await createDecisionStore(fixture)
    await record(deps.store, leaf, new Uint8Array(32))
    await assertRefused(authenticateCaller(deps, [leaf]), 'CALLER_UNAUTHENTICATED', 'CERTIFICATE_UNKNOWN')
  })

  it('refuses a revoked certificate on the next call', async () => {
    const deps = await createDecisionStore(fixture)
    const serialNumber = await record(deps.store, leaf)
    const chain = [leaf]
    await authenticateCaller(deps, chain)
    await revoke(deps.store, serialNumber)
    // On the connection that was good, and on a new one.
    for (const offered of [chain, [leaf]]) {
      await assertRefused(authenticateCaller(deps, offered), 'CALLER_REVOKED', 'CERTIFICATE_REVOKED')
    }
  })

  it('refuses a locked client on the next call', async () => {
    const deps = await createDecisionStore(fixture)
    await record(deps.store, leaf)
    const chain = [leaf]
    await authenticateCaller(deps, chain)
    await lockAlice(deps.store)
    // On the connection that was good, and on a new one.
    for (const offered of [chain, [leaf]]) {
      await assertRefused(authenticateCaller(deps, offered), 'CALLER_REVOKED', 'CERTIFICATE_REVOKED')
    }
  })

  it('refuses on the next call when the trust changed, also on a connection that was good', async () => {
    const deps = await createDecisionStore(fixture)
    await record(deps.store, leaf)
    const chain = [leaf]
    await authenticateCaller(deps, chain)
    const trust = { ...deps.trust, current: () => createDecisionFixture().trust }
    const call = authenticateCaller({ ...deps, trust, cache: createCertificateCache(0) }, chain)
    await assert.rejects(call, { reason: 'CALLER_UNAUTHENTICATED' })
  })

  it('refuses octets that are no certificate', async () => {
    const deps = await createDecisionStore(fixture)
    const call = authenticateCaller(deps, [Uint8Array.of(1, 2, 3)])
    await assertRefused(call, 'CALLER_UNAUTHENTICATED', 'CERTIFICATE_MALFORMED')
  })
})
