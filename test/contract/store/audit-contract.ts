import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { verifyAuditChain } from '../../../src/core/audit-chain.ts'
import { StoreError } from '../../../src/store/store.ts'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const { auditEntry, insertCertificate, revokeCommand, seed, serialOf } = fixtures

/** The audit log. */
export function auditContract(withStore: WithStore): void {
  describe('audit log', () => {
    it(
      'gives entries back as they were, numbered from 1 without gaps, in an intact chain',
      withStore(async (store) => {
        const details = { text: 'zoë', number: 7, yes: true, list: ['b', 'a'] }
        await store.audit.append(auditEntry({ details }))
        await Promise.all(
          Array.from({ length: 50 }, (_, i) => store.audit.append(auditEntry({ subject: `s${i}` }))),
        )
        const records = await store.audit.list({ afterSequence: 0n, limit: 100 })
        assert.deepEqual(
          records.map(({ sequence }) => sequence),
          Array.from({ length: 51 }, (_, i) => BigInt(i + 1)),
        )
        const { at, actor, action, subject } = records[0]!
        assert.deepEqual(
          { at, actor, action, subject, details: records[0]?.details },
          auditEntry({ details }),
        )
        assert.equal(verifyAuditChain(records).intact, true)
      }),
    )
    it(
      'is read in pages that continue the chain',
      withStore(async (store) => {
        for (let i = 0; i < 7; i++) await store.audit.append(auditEntry({ subject: `s${i}` }))
        const first = verifyAuditChain(await store.audit.list({ afterSequence: 0n, limit: 3 }))
        assert.ok(first.intact)
        assert.equal(first.head.sequence, 3n)
        const rest = await store.audit.list({ afterSequence: first.head.sequence, limit: 100 })
        assert.equal(rest.length, 4)
        assert.equal(verifyAuditChain(rest, first.head).intact, true)
        assert.deepEqual(await store.audit.list({ afterSequence: 7n, limit: 5 }), [])
      }),
    )
    it(
      'has one entry for every write that took place and none for the others',
      withStore(async (store) => {
        await seed(store)
        await Promise.allSettled(
          Array.from({ length: 60 }, (_, i) => insertCertificate(store, { serialNumber: serialOf(i % 40) })),
        )
        const command = revokeCommand({ kind: 'client', clientId: 'alice' })
        await Promise.all([1, 2, 3].map(() => store.certificates.revoke(command, auditEntry())))
        const records = await store.audit.list({ afterSequence: 0n, limit: 1000 })
        assert.equal(records.length, 2 + 40 + 1)
        assert.equal(verifyAuditChain(records).intact, true)
      }),
    )
    it(
      'rejects an entry that has no single encoding, together with its write',
      withStore(async (store) => {
        await assert.rejects(store.audit.append(auditEntry({ details: { n: Number.NaN } })), StoreError)
        const broken = auditEntry({ subject: '\ud800' })
        await assert.rejects(store.clients.create(fixtures.clientRecord(), broken), StoreError)
        assert.equal(await store.clients.get('alice'), undefined)
        assert.deepEqual(await store.audit.list({ afterSequence: 0n, limit: 5 }), [])
      }),
    )
  })
}
