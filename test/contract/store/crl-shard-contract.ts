import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sha256 } from '../../../src/core/crypto.ts'
import { tokenStandIn } from '../../../src/core/revocation/stand-in-serial.ts'
import { type CrlSharding, type Store, StoreError } from '../../../src/store/store.ts'
import { formatHex } from '../../../src/core/bytes.ts'
import { readAssembledList } from '../../support/assembled-list.ts'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const { auditEntry, insertCertificate, revokeCommand, secondsLater, seed, serialTarget } = fixtures
const ID = 'issuing-1'

async function revokeNew(store: Store, serialNumber: string, notAfter = secondsLater(3600)): Promise<void> {
  await insertCertificate(store, { serialNumber, notAfter })
  await store.certificates.revoke(revokeCommand(serialTarget(serialNumber)), auditEntry())
}

async function shardSerials(
  store: Store,
  crlNumber: bigint,
  [count, index]: readonly [number, number],
  expiredBefore = fixtures.NOW,
): Promise<string[]> {
  const entries = await readAssembledList(store, ID, crlNumber, expiredBefore, { count, index })
  return entries.map(({ serialNumber }) => serialNumber)
}

const use = (
  store: Store,
  sharding: CrlSharding | undefined,
  { seconds = 0, since = fixtures.NOW, authorityId = ID } = {},
) => store.crls.useSharding({ authorityId, sharding, at: secondsLater(seconds), since })

/** Lists of parts, and what is remembered of how certificates were split. */
export function crlShardContract(withStore: WithStore): void {
  describe('CRL shards', () => {
    it(
      'have the entries whose serial numbers are theirs, of any number of parts',
      withStore(async (store) => {
        await seed(store)
        for (const serial of ['4000', '4001', '4002', '4003', '40ff', '41ff']) await revokeNew(store, serial)
        const crlNumber = await store.crls.reserveNumber(ID)
        assert.deepEqual(await shardSerials(store, crlNumber, [2, 0]), ['4000', '4002'])
        assert.deepEqual(await shardSerials(store, crlNumber, [2, 1]), ['4001', '4003', '40ff', '41ff'])
        assert.deepEqual(await shardSerials(store, crlNumber, [4, 3]), ['4003', '40ff', '41ff'])
        assert.deepEqual(await shardSerials(store, crlNumber, [256, 255]), ['40ff', '41ff'])
        assert.deepEqual(await shardSerials(store, crlNumber, [256, 4]), [])
      }),
    )
    it(
      'have what their number has, whatever was revoked and released since, in any order',
      withStore(async (store) => {
        await seed(store)
        await revokeNew(store, '4000')
        await insertCertificate(store, { serialNumber: '4002' })
        const hold = revokeCommand(serialTarget('4002'), { reason: 'certificateHold' })
        await store.certificates.revoke(hold, auditEntry())
        const first = await store.crls.reserveNumber(ID)
        await revokeNew(store, '4004')
        const unhold = { authorityId: ID, serialNumber: '4002', at: fixtures.NOW }
        await store.certificates.unrevoke(unhold, auditEntry())
        const second = await store.crls.reserveNumber(ID)
        for (let round = 0; round < 2; round++) {
          assert.deepEqual(await shardSerials(store, first, [2, 0]), ['4000', '4002'])
          assert.deepEqual(await shardSerials(store, second, [2, 0]), ['4000', '4004'])
          const whole = await readAssembledList(store, ID, first, fixtures.NOW)
          assert.equal(whole.length, 2)
        }
      }),
    )
    it(
      'leave out certificates that expired by the given instant, and what stands for no certificate',
      withStore(async (store) => {
        await seed(store)
        await revokeNew(store, '4000', secondsLater(10))
        await revokeNew(store, '4002', secondsLater(20))
        const token = { tokenId: 'one', clientId: undefined, expiresAt: secondsLater(60), at: fixtures.NOW }
        await store.tokens.revoke(token, auditEntry())
        const crlNumber = await store.crls.reserveNumber(ID)
        assert.deepEqual(await shardSerials(store, crlNumber, [2, 0], secondsLater(10)), ['4002'])
        const standIn = tokenStandIn('one')
        const listed = await shardSerials(store, crlNumber, [2, standIn.at(-1)! % 2])
        assert.equal(listed.includes(formatHex(standIn)), false)
        const whole = await readAssembledList(store, ID, crlNumber, fixtures.NOW)
        assert.equal(whole.length, 3)
      }),
    )
    it(
      'are joined without being stored',
      withStore(async (store) => {
        await seed(store)
        const list = {
          authorityId: ID,
          crlNumber: 1n,
          thisUpdate: fixtures.NOW,
          nextUpdate: secondsLater(60),
          entryCount: 3,
        }
        const larger = Uint8Array.of(9, 1, 2, 9)
        const joined = await store.crls.join({ ...list, pieces: [Uint8Array.of(0), larger.subarray(1, 3)] })
        const der = Uint8Array.of(0, 1, 2)
        assert.deepEqual(joined, { ...list, der, sha256: new Uint8Array(sha256(der)) })
        assert.deepEqual(larger, Uint8Array.of(9, 1, 2, 9))
        assert.equal(await store.crls.latest(ID), undefined)
      }),
    )
  })

  describe('shardings', () => {
    const [a, b, c] = [
      { publicUrl: 'http://a', shardCount: 2 },
      { publicUrl: 'http://a', shardCount: 16 },
      { publicUrl: 'http://b', shardCount: 16 },
    ]
    it(
      'are remembered after another came into use, newest first, and are not noted twice',
      withStore(async (store) => {
        await seed(store)
        assert.deepEqual(await use(store, undefined), [])
        assert.deepEqual(await use(store, a), [a])
        assert.deepEqual(await use(store, a), [a])
        assert.deepEqual(await use(store, b, { seconds: 10 }), [b, a])
        assert.deepEqual(await use(store, c, { seconds: 20 }), [c, b, a])
        assert.deepEqual(await use(store, undefined, { seconds: 30 }), [c, b, a])
        assert.deepEqual(await use(store, a, { seconds: 40 }), [a, c, b])
      }),
    )
    it(
      'are left out by when they went out of use, never while they are in use, and are not forgotten',
      withStore(async (store) => {
        await seed(store)
        await use(store, a)
        const later = { seconds: 100, since: secondsLater(100) }
        assert.deepEqual(await use(store, a, later), [a])
        assert.deepEqual(await use(store, b, later), [b, a])
        const muchLater = { seconds: 200, since: secondsLater(101) }
        assert.deepEqual(await use(store, b, muchLater), [b])
        const farAhead = { ...muchLater, since: secondsLater(300) }
        assert.deepEqual(await use(store, undefined, farAhead), [])
        assert.deepEqual(await use(store, undefined, later), [b, a])
      }),
    )
    it(
      'of each authority are its own, of an unknown one refused',
      withStore(async (store) => {
        await seed(store)
        await store.authorities.create(fixtures.authorityRecord({ id: 'issuing-2' }), auditEntry())
        await use(store, a)
        assert.deepEqual(await use(store, undefined, { authorityId: 'issuing-2' }), [])
        await assert.rejects(use(store, a, { authorityId: 'nowhere' }), StoreError)
      }),
    )
  })
}
