import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TokenKeyRecord } from '../../../src/store/store.ts'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const { auditEntry, secondsLater } = fixtures

function tokenKey(sequence: number): TokenKeyRecord {
  return {
    sequence,
    algorithm: 'ecdsa-p256-sha256',
    publicKeyDer: Uint8Array.of(0x30, sequence),
    createdAt: fixtures.NOW,
    signsFrom: secondsLater(sequence),
  }
}

/** Keys that tokens are signed with. */
export function tokenKeyContract(withStore: WithStore): void {
  describe('keys for tokens', () => {
    it(
      'come back as they were added, by sequence',
      withStore(async (store) => {
        assert.deepEqual(await store.tokenKeys.list(), [])
        for (const sequence of [1, 2, 3])
          assert.equal(await store.tokenKeys.add(tokenKey(sequence), auditEntry()), 'added')
        assert.deepEqual(await store.tokenKeys.list(), [1, 2, 3].map(tokenKey))
      }),
    )
    it(
      'are added one after the other, once each, with nothing written otherwise',
      withStore(async (store) => {
        const adding = Array.from({ length: 8 }, () => store.tokenKeys.add(tokenKey(1), auditEntry()))
        const outcomes = await Promise.all(adding)
        assert.equal(outcomes.filter((outcome) => outcome === 'added').length, 1)
        assert.equal(await store.tokenKeys.add(tokenKey(3), auditEntry()), 'taken')
        assert.deepEqual(await store.tokenKeys.list(), [tokenKey(1)])
        assert.equal((await store.audit.list({ afterSequence: 0n, limit: 10 })).length, 1)
      }),
    )
    it(
      'are removed but for the newest, and their sequences are not given again',
      withStore(async (store) => {
        for (const sequence of [1, 2, 3]) await store.tokenKeys.add(tokenKey(sequence), auditEntry())
        assert.equal(await store.tokenKeys.removeBefore(2, auditEntry()), 1)
        assert.equal(await store.tokenKeys.removeBefore(2, auditEntry()), 0)
        assert.equal(await store.tokenKeys.removeBefore(9, auditEntry()), 1)
        assert.deepEqual(await store.tokenKeys.list(), [tokenKey(3)])
        assert.equal((await store.audit.list({ afterSequence: 0n, limit: 10 })).length, 5)
        assert.equal(await store.tokenKeys.add(tokenKey(1), auditEntry()), 'taken')
        assert.equal(await store.tokenKeys.add(tokenKey(4), auditEntry()), 'added')
      }),
    )
  })
}
