import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StoreError } from '../../../src/store/store.ts'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const { auditEntry, authorityRecord, seed } = fixtures

/** The store as a whole, meta and authorities. */
export function foundationContract(withStore: WithStore): void {
  describe('meta', () => {
    const meta = {
      trustDomain: 'example.test',
      scopeExtensionOid: '1.3.6.1.4.1.32473.1.1',
      createdAt: fixtures.NOW,
    }

    it(
      'is absent from a new store',
      withStore(async (store) => {
        assert.equal(await store.meta.get(), undefined)
      }),
    )
    it(
      'is stored once and rejects if there is one already',
      withStore(async (store) => {
        await store.meta.create(meta, auditEntry({ action: 'init' }))
        await assert.rejects(
          store.meta.create({ ...meta, trustDomain: 'evil.test' }, auditEntry()),
          StoreError,
        )
        assert.deepEqual(await store.meta.get(), meta)
        assert.equal((await store.audit.list({ afterSequence: 0n, limit: 10 })).length, 1)
      }),
    )
  })

  describe('authorities', () => {
    it(
      'come back as they were stored',
      withStore(async (store) => {
        await store.authorities.create(authorityRecord(), auditEntry())
        assert.deepEqual(await store.authorities.get('issuing-1'), authorityRecord())
        assert.equal(await store.authorities.get('other'), undefined)
      }),
    )
    it(
      'are listed root first, then by creation',
      withStore(async (store) => {
        for (const id of ['z-first', 'a-second'])
          await store.authorities.create(authorityRecord({ id }), auditEntry())
        await store.authorities.create(authorityRecord({ id: 'root-1', role: 'root' }), auditEntry())
        assert.deepEqual(
          (await store.authorities.list()).map(({ id }) => id),
          ['root-1', 'z-first', 'a-second'],
        )
      }),
    )
    it(
      'reject an id that exists, and keep the first',
      withStore(async (store) => {
        await store.authorities.create(authorityRecord(), auditEntry())
        await assert.rejects(
          store.authorities.create(authorityRecord({ keyName: 'stolen' }), auditEntry()),
          StoreError,
        )
        assert.equal((await store.authorities.get('issuing-1'))?.keyName, 'issuing-1.key')
        assert.equal((await store.audit.list({ afterSequence: 0n, limit: 10 })).length, 1)
      }),
    )
    it(
      'raise the bundle sequence with every change of the set, and only then',
      withStore(async (store) => {
        const before = await store.authorities.bundleSequence()
        await store.authorities.create(authorityRecord(), auditEntry())
        const after = await store.authorities.bundleSequence()
        assert.ok(after > before)
        await assert.rejects(store.authorities.create(authorityRecord(), auditEntry()), StoreError)
        assert.equal(await store.authorities.bundleSequence(), after)
      }),
    )
  })

  describe('the whole store', () => {
    it(
      'answers a ping when it can write',
      withStore(async (store) => {
        await store.ping()
        await store.ping()
      }),
    )
    it(
      'sees in a read every write whose promise resolved before',
      withStore(async (store) => {
        await seed(store)
        for (let i = 0; i < 50; i++) {
          const { serialNumber } = await fixtures.insertCertificate(store, {
            serialNumber: fixtures.serialOf(i),
          })
          assert.ok(store.certificates.status('issuing-1', serialNumber))
          assert.ok(await store.certificates.get('issuing-1', serialNumber))
        }
      }),
    )
    it(
      'does not let callers change what is stored through what they gave or got',
      withStore(async (store) => {
        await seed(store)
        const given = fixtures.certificateRecord({ der: Uint8Array.of(1, 2, 3) })
        await store.certificates.insert(given, { clientVersion: 1 }, auditEntry())
        given.der[0] = 9
        const got = await store.certificates.get('issuing-1', given.serialNumber)
        got!.der[1] = 9
        assert.deepEqual(
          (await store.certificates.get('issuing-1', given.serialNumber))?.der,
          Uint8Array.of(1, 2, 3),
        )
      }),
    )
    it(
      'finishes on close what was accepted, and rejects later calls',
      withStore(async (store) => {
        await seed(store)
        const accepted = Array.from({ length: 200 }, (_, i) =>
          fixtures.insertCertificate(store, { serialNumber: fixtures.serialOf(i) }),
        )
        const closing = store.close()
        assert.equal((await Promise.all(accepted)).length, 200)
        await closing
        await assert.rejects(store.ping(), StoreError)
        await assert.rejects(store.clients.get('alice'), StoreError)
        await assert.rejects(store.backup('never-written.db'), StoreError)
        await assert.rejects(store.nonces.claim(fixtures.nonceClaim(), 10), StoreError)
        assert.throws(() => store.certificates.status('issuing-1', '0a01'), StoreError)
        await assert.rejects(store.close(), StoreError)
      }),
    )
  })
}
