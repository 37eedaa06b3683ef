import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Store, StoreError } from '../../../src/store/store.ts'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const { auditEntry, certificateRecord, idempotencyClaim, insertCertificate, secondsLater, seed, serialOf } =
  fixtures

async function auditCount(store: Store): Promise<number> {
  return (await store.audit.list({ afterSequence: 0n, limit: 1000 })).length
}

/** Issued certificates: insert, idempotency, point reads. */
export function certificateContract(withStore: WithStore): void {
  describe('certificate insert', () => {
    it(
      'keeps every field',
      withStore(async (store) => {
        await seed(store)
        const certificate = await insertCertificate(store, { replacesSerialNumber: '77' })
        assert.deepEqual(await store.certificates.get('issuing-1', '0a01'), certificate)
        assert.equal(await store.certificates.get('issuing-1', '0a02'), undefined)
        assert.equal(await store.certificates.get('other', '0a01'), undefined)
      }),
    )
    it(
      'makes it known by its digest, revoked or not',
      withStore(async (store) => {
        await seed(store)
        const [digest, other] = [fixtures.digestOf(31), fixtures.digestOf(32)]
        const certificate = await insertCertificate(store, { certificateSha256: digest })
        await insertCertificate(store, { serialNumber: '0a02', certificateSha256: other })
        assert.deepEqual(await store.certificates.findBySha256(digest), certificate)
        await store.certificates.revoke(fixtures.revokeCommand(fixtures.serialTarget('0a01')), auditEntry())
        assert.ok((await store.certificates.findBySha256(digest))?.revocation)
        assert.equal(await store.certificates.findBySha256(fixtures.digestOf(33)), undefined)
      }),
    )
    it(
      'is refused when the client is gone, locked, or at another version',
      withStore(async (store) => {
        await seed(store)
        const insert = (clientId: string, clientVersion: number) =>
          store.certificates.insert(certificateRecord({ clientId }), { clientVersion }, auditEntry())
        const entries = await auditCount(store)
        assert.deepEqual(await insert('nobody', 1), { outcome: 'client_changed' })
        assert.deepEqual(await insert('alice', 2), { outcome: 'client_changed' })
        assert.equal(await auditCount(store), entries)
        const lock = { clientId: 'alice', state: 'locked', lockMessage: 'x', at: fixtures.NOW } as const
        await store.clients.setState(lock, auditEntry())
        assert.deepEqual(await insert('alice', 2), { outcome: 'client_changed' })
        assert.equal(store.certificates.status('issuing-1', '0a01'), undefined)
      }),
    )
    it(
      'is refused for a key that a certificate was revoked for with keyCompromise, and for no other',
      withStore(async (store) => {
        const { revokeCommand, serialTarget } = fixtures
        await seed(store)
        const [compromised, superseded] = [fixtures.digestOf(201), fixtures.digestOf(202)]
        await insertCertificate(store, { serialNumber: '0b01', publicKeySha256: compromised })
        await insertCertificate(store, { serialNumber: '0b02', publicKeySha256: superseded })
        const revoke = (serialNumber: string, reason: 'keyCompromise' | 'superseded', dryRun: boolean) =>
          store.certificates.revoke(
            revokeCommand(serialTarget(serialNumber), { reason, dryRun }),
            auditEntry(),
          )
        await revoke('0b01', 'keyCompromise', true)
        assert.equal(await store.certificates.isKeyCompromised(compromised), false)
        await revoke('0b01', 'keyCompromise', false)
        await revoke('0b02', 'superseded', false)
        assert.equal(await store.certificates.isKeyCompromised(compromised), true)
        assert.equal(await store.certificates.isKeyCompromised(superseded), false)
        const entries = await auditCount(store)
        const insert = (serialNumber: string, publicKeySha256: Uint8Array) =>
          store.certificates.insert(
            certificateRecord({ serialNumber, publicKeySha256 }),
            { clientVersion: 1 },
            auditEntry(),
          )
        assert.deepEqual(await insert('0b03', compromised), { outcome: 'key_compromised' })
        assert.equal(await auditCount(store), entries)
        assert.deepEqual(await insert('0b04', superseded), { outcome: 'inserted' })
      }),
    )
    it(
      'rejects a serial number that the authority already issued, with nothing written',
      withStore(async (store) => {
        await seed(store)
        const first = await insertCertificate(store)
        const entries = await auditCount(store)
        const claim = idempotencyClaim()
        const again = certificateRecord({ scopes: ['evil'] })
        await assert.rejects(
          store.certificates.insert(again, { clientVersion: 1, idempotency: claim }, auditEntry()),
          StoreError,
        )
        assert.deepEqual(await store.certificates.get('issuing-1', '0a01'), first)
        assert.equal(
          await store.certificates.findIdempotent(claim.callerId, claim.key, fixtures.NOW),
          undefined,
        )
        assert.equal(await auditCount(store), entries)
      }),
    )
    it(
      'rejects an authority that is not in the store',
      withStore(async (store) => {
        await seed(store)
        await assert.rejects(insertCertificate(store, { authorityId: 'nowhere' }), StoreError)
      }),
    )
    it(
      'rejects an instant that is no date',
      withStore(async (store) => {
        await seed(store)
        const broken = auditEntry({ at: new Date(Number.NaN) })
        await assert.rejects(
          store.certificates.insert(certificateRecord(), { clientVersion: 1 }, broken),
          StoreError,
        )
        assert.equal(store.certificates.status('issuing-1', '0a01'), undefined)
      }),
    )
    it(
      'does not undo its neighbours when it fails',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: serialOf(3) })
        const results = await Promise.allSettled(
          Array.from({ length: 8 }, (_, i) => insertCertificate(store, { serialNumber: serialOf(i) })),
        )
        assert.deepEqual(
          results.map(({ status }) => status === 'rejected'),
          Array.from({ length: 8 }, (_, i) => i === 3),
        )
        for (let i = 0; i < 8; i++) assert.ok(store.certificates.status('issuing-1', serialOf(i)))
      }),
    )
  })

  describe('idempotency keys', () => {
    const insert = (
      store: Store,
      serialNumber: string,
      claim = idempotencyClaim(),
      issuedAt = fixtures.NOW,
    ) =>
      store.certificates.insert(
        certificateRecord({ serialNumber, issuedAt }),
        { clientVersion: 1, idempotency: claim },
        auditEntry(),
      )

    it(
      'give the same request the certificate it made',
      withStore(async (store) => {
        await seed(store)
        assert.deepEqual(await insert(store, '01'), { outcome: 'inserted' })
        const certificate = certificateRecord({ serialNumber: '01' })
        assert.deepEqual(await insert(store, '02'), { outcome: 'replayed', certificate })
        assert.equal(await store.certificates.get('issuing-1', '02'), undefined)
        assert.deepEqual(await store.certificates.findIdempotent('admin', 'key-1', fixtures.NOW), {
          requestDigest: fixtures.digestOf(7),
          certificate,
        })
      }),
    )
    it(
      'refuse another request',
      withStore(async (store) => {
        await seed(store)
        await insert(store, '01')
        const other = idempotencyClaim({ requestDigest: fixtures.digestOf(8) })
        assert.deepEqual(await insert(store, '02', other), { outcome: 'key_reused' })
      }),
    )
    it(
      'of different callers are apart',
      withStore(async (store) => {
        await seed(store)
        await insert(store, '01')
        assert.deepEqual(await insert(store, '02', idempotencyClaim({ callerId: 'eve' })), {
          outcome: 'inserted',
        })
        assert.equal(await store.certificates.findIdempotent('mallory', 'key-1', fixtures.NOW), undefined)
      }),
    )
    it(
      'count through their last instant and not after',
      withStore(async (store) => {
        await seed(store)
        await insert(store, '01')
        assert.ok(await store.certificates.findIdempotent('admin', 'key-1', secondsLater(60)))
        assert.equal(
          await store.certificates.findIdempotent('admin', 'key-1', secondsLater(60.001)),
          undefined,
        )
        assert.equal((await insert(store, '02', idempotencyClaim(), secondsLater(60))).outcome, 'replayed')
        const later = idempotencyClaim({ requestDigest: fixtures.digestOf(8), expiresAt: secondsLater(120) })
        assert.equal((await insert(store, '02', later, secondsLater(61))).outcome, 'inserted')
        const found = await store.certificates.findIdempotent('admin', 'key-1', secondsLater(61))
        assert.equal(found?.certificate.serialNumber, '02')
      }),
    )
    it(
      'insert once when 64 concurrent inserts carry one key',
      withStore(async (store) => {
        await seed(store)
        const results = await Promise.all(Array.from({ length: 64 }, (_, i) => insert(store, serialOf(i))))
        assert.equal(results.filter(({ outcome }) => outcome === 'inserted').length, 1)
        assert.equal(results.filter(({ outcome }) => outcome === 'replayed').length, 63)
        const { certificates } = await store.certificates.list({ limit: 100, at: fixtures.NOW })
        assert.equal(certificates.length, 1)
        const replays = results.flatMap((result) =>
          result.outcome === 'replayed' ? [result.certificate] : [],
        )
        for (const replay of replays) assert.deepEqual(replay, certificates[0])
      }),
    )
    it(
      'are not claimed by an insert that is refused',
      withStore(async (store) => {
        await seed(store)
        const options = { clientVersion: 9, idempotency: idempotencyClaim() }
        await store.certificates.insert(certificateRecord(), options, auditEntry())
        assert.equal(await store.certificates.findIdempotent('admin', 'key-1', fixtures.NOW), undefined)
      }),
    )
  })

  describe('certificate status', () => {
    it(
      'reads the certificate and its client together',
      withStore(async (store) => {
        await seed(store)
        assert.equal(store.certificates.status('issuing-1', '0a01'), undefined)
        await insertCertificate(store)
        const status = {
          revocation: undefined,
          clientState: 'active',
          certificateSha256: fixtures.digestOf(1),
        }
        assert.deepEqual(store.certificates.status('issuing-1', '0a01'), status)
        const lock = { clientId: 'alice', state: 'locked', lockMessage: 'x', at: fixtures.NOW } as const
        await store.clients.setState(lock, auditEntry())
        const revocation = {
          revokedAt: fixtures.NOW,
          reason: 'certificateHold',
          invalidityDate: undefined,
          crlNumber: 1n,
        }
        assert.deepEqual(store.certificates.status('issuing-1', '0a01'), {
          ...status,
          clientState: 'locked',
          revocation,
        })
        const { serialTarget, revokeCommand } = fixtures
        await store.certificates.revoke(revokeCommand(serialTarget('0a01')), auditEntry())
        assert.equal(store.certificates.status('issuing-1', '0a01')?.revocation?.reason, 'keyCompromise')
      }),
    )
  })
}
