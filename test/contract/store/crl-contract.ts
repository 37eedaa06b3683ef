import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type CrlRecord, type Store, StoreError } from '../../../src/store/store.ts'
import { sha256 } from '../../../src/core/crypto.ts'
import { readAssembledList } from '../../support/assembled-list.ts'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const {
  auditEntry,
  authorityRecord,
  insertCertificate,
  revokeCommand,
  secondsLater,
  seed,
  serialOf,
  serialTarget,
} = fixtures

function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000)
}

/** Publishes it in two pieces, one of which is a part of something larger. */
function publish(store: Store, { der, ...list }: CrlRecord): Promise<CrlRecord> {
  const part = Uint8Array.of(0, ...der.slice(1)).subarray(1)
  return store.crls.publish({ ...list, pieces: [der.slice(0, 1), part] })
}

function crlRecord(crlNumber: bigint, changes: Partial<CrlRecord> = {}): CrlRecord {
  const der = Uint8Array.of(0x30, Number(crlNumber))
  return {
    authorityId: 'issuing-1',
    crlNumber,
    thisUpdate: fixtures.NOW,
    nextUpdate: secondsLater(86_400),
    entryCount: 3,
    der,
    sha256: new Uint8Array(sha256(der)),
    ...changes,
  }
}

async function revokeNew(store: Store, serialNumber: string, notAfter = secondsLater(3600)): Promise<void> {
  await insertCertificate(store, { serialNumber, notAfter })
  await store.certificates.revoke(revokeCommand(serialTarget(serialNumber)), auditEntry())
}

async function entrySerials(
  store: Store,
  crlNumber: bigint,
  expiredBefore = fixtures.NOW,
): Promise<string[]> {
  const entries = await readAssembledList(store, 'issuing-1', crlNumber, expiredBefore)
  return entries.map(({ serialNumber }) => serialNumber)
}

/** CRL numbers, entries and published lists. */
export function crlContract(withStore: WithStore): void {
  describe('CRL numbers', () => {
    it(
      'start at 1 and are never given twice, also to many at once',
      withStore(async (store) => {
        await seed(store)
        assert.equal(await store.crls.nextNumber('issuing-1'), 1n)
        const taken = await Promise.all(
          Array.from({ length: 64 }, () => store.crls.reserveNumber('issuing-1')),
        )
        assert.deepEqual(new Set(taken), new Set(Array.from({ length: 64 }, (_, i) => BigInt(i + 1))))
        assert.equal(await store.crls.nextNumber('issuing-1'), 65n)
        assert.equal(await store.crls.nextNumber('issuing-1'), 65n)
      }),
    )
    it(
      'of each authority are its own',
      withStore(async (store) => {
        await seed(store)
        await store.authorities.create(authorityRecord({ id: 'issuing-2' }), auditEntry())
        await store.crls.reserveNumber('issuing-1')
        assert.equal(await store.crls.reserveNumber('issuing-2'), 1n)
      }),
    )
    it(
      'of an unknown authority are refused',
      withStore(async (store) => {
        await assert.rejects(store.crls.reserveNumber('nowhere'), StoreError)
        await assert.rejects(store.crls.nextNumber('nowhere'), StoreError)
        await assert.rejects(store.crls.hasUnpublished('nowhere'), StoreError)
        await assert.rejects(publish(store, crlRecord(1n, { authorityId: 'nowhere' })), StoreError)
        assert.equal(await store.crls.latest('nowhere'), undefined)
      }),
    )
    it(
      'put a revocation stored after a number was reserved into the list after it',
      withStore(async (store) => {
        await seed(store)
        await revokeNew(store, '01')
        const first = await store.crls.reserveNumber('issuing-1')
        await revokeNew(store, '02')
        assert.equal(store.certificates.status('issuing-1', '01')?.revocation?.crlNumber, first)
        assert.equal(store.certificates.status('issuing-1', '02')?.revocation?.crlNumber, first + 1n)
        assert.deepEqual(await entrySerials(store, first), ['01'])
        const second = await store.crls.reserveNumber('issuing-1')
        assert.deepEqual(await entrySerials(store, second), ['01', '02'])
        assert.deepEqual(await entrySerials(store, first), ['01'])
      }),
    )
    it(
      'never change the list of a reserved number while revocations go on',
      withStore(async (store) => {
        await seed(store)
        const storm = Array.from({ length: 100 }, (_, i) => revokeNew(store, serialOf(i)))
        const lists = await Promise.all(
          Array.from({ length: 20 }, async () => {
            const crlNumber = await store.crls.reserveNumber('issuing-1')
            return { crlNumber, serials: await entrySerials(store, crlNumber) }
          }),
        )
        await Promise.all(storm)
        for (const { crlNumber, serials } of lists)
          assert.deepEqual(await entrySerials(store, crlNumber), serials)
        assert.equal((await entrySerials(store, await store.crls.reserveNumber('issuing-1'))).length, 100)
      }),
    )
  })

  describe('numbers that were given', () => {
    it(
      'are those that were reserved',
      withStore(async (store) => {
        await seed(store)
        await store.crls.reserveNumber('issuing-1')
        await store.crls.reserveNumber('issuing-1')
        const given = [0n, 1n, 2n, 3n, 1n << 64n].map((crlNumber) =>
          store.crls.wasGiven('issuing-1', crlNumber),
        )
        assert.deepEqual(await Promise.all(given), [false, true, true, false, false])
        await assert.rejects(store.crls.wasGiven('nowhere', 1n), StoreError)
      }),
    )
  })

  describe('numbers that were skipped', () => {
    it(
      'are never given, and were not',
      withStore(async (store) => {
        await seed(store)
        await store.crls.reserveNumber('issuing-1')
        await store.crls.skipTo('issuing-1', 100n)
        await store.crls.skipTo('issuing-1', 50n)
        assert.equal(await store.crls.nextNumber('issuing-1'), 100n)
        await revokeNew(store, '01')
        assert.equal(store.certificates.status('issuing-1', '01')?.revocation?.crlNumber, 100n)
        assert.equal(await store.crls.reserveNumber('issuing-1'), 100n)
        await store.crls.skipTo('issuing-1', 200n)
        assert.equal(await store.crls.reserveNumber('issuing-1'), 200n)
        const asked = [1n, 2n, 99n, 100n, 101n, 199n, 200n, 201n]
        const given = await Promise.all(asked.map((number) => store.crls.wasGiven('issuing-1', number)))
        assert.deepEqual(given, [true, false, false, true, false, false, true, false])
        assert.deepEqual(await entrySerials(store, 200n), ['01'])
      }),
    )
    it(
      'of an unknown authority are refused',
      withStore(async (store) => {
        await assert.rejects(store.crls.skipTo('nowhere', 9n), StoreError)
      }),
    )
  })

  describe('CRL changes', () => {
    it(
      'are not given when there are more than the limit, however many more',
      withStore(async (store) => {
        await seed(store)
        const serials = Array.from({ length: 2_500 }, (_, i) => serialOf(i))
        await Promise.all(serials.map((serialNumber) => insertCertificate(store, { serialNumber })))
        const command = revokeCommand({ kind: 'client', clientId: 'alice' }, { maxCount: 10_000 })
        await store.certificates.revoke(command, auditEntry())
        assert.equal((await store.crls.changes('issuing-1', 0n, 1n, 2_500))?.length, 2_500)
        for (const limit of [0, 1, 2_499])
          assert.equal(await store.crls.changes('issuing-1', 0n, 1n, limit), undefined)
      }),
    )
  })

  describe('changes from before a start over', () => {
    it(
      'are given no more, but from the next number on',
      withStore(async (store) => {
        await seed(store)
        await store.crls.reserveNumber('issuing-1')
        const asked = () =>
          Promise.all([1n, 2n, 3n].map((after) => store.crls.changes('issuing-1', after, 3n, 9)))
        await revokeNew(store, '01')
        await store.crls.startOver('issuing-1')
        assert.equal(await store.crls.reserveNumber('issuing-1'), 2n)
        assert.equal(await store.crls.reserveNumber('issuing-1'), 3n)
        assert.deepEqual(await asked(), [undefined, [], []])
        await store.crls.startOver('issuing-1')
        assert.deepEqual(await asked(), [undefined, undefined, undefined])
        assert.deepEqual(await entrySerials(store, 3n), ['01'])
        await assert.rejects(store.crls.startOver('nowhere'), StoreError)
      }),
    )
  })

  describe('CRL entries', () => {
    it(
      'carry what a list needs, by serial number, of that authority only',
      withStore(async (store) => {
        await seed(store)
        await store.authorities.create(authorityRecord({ id: 'issuing-2' }), auditEntry())
        await insertCertificate(store, { authorityId: 'issuing-2', serialNumber: '05' })
        await revokeNew(store, '0b')
        await revokeNew(store, '0a')
        const invalidityDate = secondsLater(-9)
        const command = revokeCommand(
          { kind: 'serial', authorityId: 'issuing-2', serialNumber: '05' },
          { reason: 'superseded', invalidityDate },
        )
        await store.certificates.revoke(command, auditEntry())
        assert.deepEqual(await entrySerials(store, 1n), ['0a', '0b'])
        assert.deepEqual(await readAssembledList(store, 'issuing-2', 1n, fixtures.NOW), [
          {
            serialNumber: '05',
            revokedAt: wholeSecond(fixtures.NOW),
            reason: 'superseded',
            invalidityDate: wholeSecond(invalidityDate),
          },
        ])
      }),
    )
    it(
      'leave out certificates that expired by the given instant',
      withStore(async (store) => {
        await seed(store)
        await revokeNew(store, '01', secondsLater(10))
        await revokeNew(store, '02', secondsLater(20))
        assert.deepEqual(await entrySerials(store, 1n, secondsLater(9)), ['01', '02'])
        assert.deepEqual(await entrySerials(store, 1n, secondsLater(10)), ['02'])
      }),
    )
    it(
      'grow with what is revoked, from list to list, and can be asked for in any order',
      withStore(async (store) => {
        await seed(store)
        const expected: string[][] = []
        for (let number = 1n; number <= 5n; number++) {
          await revokeNew(store, serialOf(Number(number)), secondsLater(Number(number) * 10))
          await store.crls.reserveNumber('issuing-1')
          expected.push(await entrySerials(store, number))
        }
        assert.deepEqual(
          expected.map((serials) => serials.length),
          [1, 2, 3, 4, 5],
        )
        for (const number of [3n, 1n, 5n, 2n])
          assert.deepEqual(await entrySerials(store, number), expected[Number(number) - 1])
        assert.deepEqual(await entrySerials(store, 5n, secondsLater(30)), [serialOf(4), serialOf(5)])
        assert.deepEqual(await entrySerials(store, 5n), expected[4])
      }),
    )
    it(
      'are all there when there are thousands',
      withStore(async (store) => {
        await seed(store)
        const serials = Array.from({ length: 4_100 }, (_, i) => serialOf(i))
        await Promise.all(serials.map((serialNumber) => insertCertificate(store, { serialNumber })))
        const command = revokeCommand({ kind: 'client', clientId: 'alice' }, { maxCount: 10_000 })
        await store.certificates.revoke(command, auditEntry())
        assert.deepEqual(await entrySerials(store, 1n), serials)
      }),
    )
  })

  describe('published CRLs', () => {
    it(
      'come back as they were stored, the newest only',
      withStore(async (store) => {
        await seed(store)
        assert.equal(await store.crls.latest('issuing-1'), undefined)
        await publish(store, crlRecord(1n))
        assert.deepEqual(await publish(store, crlRecord(4n)), crlRecord(4n))
        assert.deepEqual(await store.crls.latest('issuing-1'), crlRecord(4n))
      }),
    )
    it(
      'stay when an older one comes late, and reject their very number',
      withStore(async (store) => {
        await seed(store)
        await publish(store, crlRecord(4n))
        await assert.rejects(publish(store, crlRecord(4n, { entryCount: 0 })), StoreError)
        assert.deepEqual(await publish(store, crlRecord(3n)), crlRecord(3n))
        assert.deepEqual(await store.crls.latest('issuing-1'), crlRecord(4n))
      }),
    )
    it(
      'are told apart by whether anything changed after their number',
      withStore(async (store) => {
        await seed(store)
        assert.equal(await store.crls.hasChanged('issuing-1', 0n), false)
        await revokeNew(store, '01')
        assert.equal(await store.crls.hasChanged('issuing-1', 0n), true)
        assert.equal(await store.crls.hasChanged('issuing-1', 1n), false)
        assert.equal(await store.crls.hasChanged('issuing-2', 0n), false)
        await insertCertificate(store, { serialNumber: '02' })
        const hold = revokeCommand(serialTarget('02'), { reason: 'certificateHold' })
        await store.certificates.revoke(hold, auditEntry())
        const first = await store.crls.reserveNumber('issuing-1')
        assert.equal(await store.crls.hasChanged('issuing-1', first), false)
        const unhold = { authorityId: 'issuing-1', serialNumber: '02', at: fixtures.NOW }
        await store.certificates.unrevoke(unhold, auditEntry())
        assert.equal(await store.crls.hasChanged('issuing-1', first), true)
        const second = await store.crls.reserveNumber('issuing-1')
        assert.equal(await store.crls.hasChanged('issuing-1', second), false)
      }),
    )
    it(
      'may have as many entries as there are revocations',
      withStore(async (store) => {
        await seed(store)
        assert.equal(await store.crls.hasRevocations('issuing-1', 1), false)
        await revokeNew(store, '01')
        await revokeNew(store, '02')
        for (const [count, expected] of [
          [1, true],
          [2, true],
          [3, false],
        ] as const)
          assert.equal(await store.crls.hasRevocations('issuing-1', count), expected)
        assert.equal(await store.crls.hasRevocations('issuing-2', 1), false)
      }),
    )
    it(
      'tell whether a stored revocation is missing from them',
      withStore(async (store) => {
        await seed(store)
        assert.equal(await store.crls.hasUnpublished('issuing-1'), false)
        await revokeNew(store, '01')
        assert.equal(await store.crls.hasUnpublished('issuing-1'), true)
        const crlNumber = await store.crls.reserveNumber('issuing-1')
        assert.equal(await store.crls.hasUnpublished('issuing-1'), true)
        await revokeNew(store, '02')
        await publish(store, crlRecord(crlNumber))
        assert.equal(await store.crls.hasUnpublished('issuing-1'), true)
        await publish(store, crlRecord(await store.crls.reserveNumber('issuing-1')))
        assert.equal(await store.crls.hasUnpublished('issuing-1'), false)
      }),
    )
  })
}
