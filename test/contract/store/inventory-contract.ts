import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CertificateQuery, Store } from '../../../src/store/store.ts'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const {
  auditEntry,
  clientRecord,
  insertCertificate,
  revokeCommand,
  secondsLater,
  seed,
  serialOf,
  serialTarget,
} = fixtures

async function listed(store: Store, query: Partial<CertificateQuery>): Promise<string[]> {
  const page = await store.certificates.list({ limit: 100, at: fixtures.NOW, ...query })
  return page.certificates.map(({ serialNumber }) => serialNumber)
}

/** Lists of certificates. */
export function inventoryContract(withStore: WithStore): void {
  describe('certificate list', () => {
    it(
      'gives the newest first by issue order, whatever the clock said',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01', issuedAt: secondsLater(100) })
        await insertCertificate(store, { serialNumber: '03', issuedAt: secondsLater(-100) })
        await insertCertificate(store, { serialNumber: '02', issuedAt: secondsLater(0) })
        assert.deepEqual(await listed(store, {}), ['02', '03', '01'])
      }),
    )
    it(
      'is empty without a cursor when nothing matches',
      withStore(async (store) => {
        assert.deepEqual(await store.certificates.list({ limit: 5, at: fixtures.NOW }), {
          certificates: [],
          nextCursor: undefined,
        })
      }),
    )
    it(
      'pages through every row once while new ones arrive',
      withStore(async (store) => {
        await seed(store)
        for (let i = 0; i < 10; i++) await insertCertificate(store, { serialNumber: serialOf(i) })
        const seen: string[] = []
        let cursor: bigint | undefined
        for (let page = 0; page < 10; page++) {
          const query = cursor === undefined ? {} : { cursor }
          const { certificates, nextCursor } = await store.certificates.list({
            limit: 3,
            at: fixtures.NOW,
            ...query,
          })
          seen.push(...certificates.map(({ serialNumber }) => serialNumber))
          cursor = nextCursor
          if (cursor === undefined) break
          await insertCertificate(store, { serialNumber: serialOf(100 + page) })
        }
        assert.deepEqual(
          seen,
          Array.from({ length: 10 }, (_, i) => serialOf(9 - i)),
        )
      }),
    )
    it(
      'says at the last row that it is the end',
      withStore(async (store) => {
        await seed(store)
        for (let i = 0; i < 4; i++) await insertCertificate(store, { serialNumber: serialOf(i) })
        const first = await store.certificates.list({ limit: 2, at: fixtures.NOW })
        assert.ok(first.nextCursor !== undefined)
        const last = await store.certificates.list({ limit: 2, at: fixtures.NOW, cursor: first.nextCursor })
        assert.equal(last.certificates.length, 2)
        assert.equal(last.nextCursor, undefined)
      }),
    )
    it(
      'takes any cursor that a caller may make up',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store)
        assert.deepEqual(await listed(store, { cursor: -(2n ** 70n) }), [])
        assert.deepEqual(await listed(store, { cursor: 0n }), [])
        assert.deepEqual(await listed(store, { cursor: 2n ** 70n }), ['0a01'])
      }),
    )
    it(
      'filters by client, scope, state and expiry, combined with "and"',
      withStore(async (store) => {
        await seed(store)
        await store.clients.create(clientRecord({ clientId: 'carol' }), auditEntry())
        await insertCertificate(store, { serialNumber: '01', scopes: ['a'], notAfter: secondsLater(-1) })
        await insertCertificate(store, { serialNumber: '02', scopes: ['a', 'b'], notAfter: secondsLater(0) })
        await insertCertificate(store, { serialNumber: '03', scopes: ['b'], notAfter: secondsLater(50) })
        await insertCertificate(store, { serialNumber: '04', scopes: ['a'], clientId: 'carol' })
        await insertCertificate(store, { serialNumber: '05', scopes: ['a'], notAfter: secondsLater(-1) })
        await store.certificates.revoke(revokeCommand(serialTarget('03')), auditEntry())
        await store.certificates.revoke(revokeCommand(serialTarget('05')), auditEntry())
        assert.deepEqual(await listed(store, { clientId: 'alice' }), ['05', '03', '02', '01'])
        assert.deepEqual(await listed(store, { clientId: 'nobody' }), [])
        assert.deepEqual(await listed(store, { scope: 'a' }), ['05', '04', '02', '01'])
        assert.deepEqual(await listed(store, { scope: 'a', clientId: 'carol' }), ['04'])
        assert.deepEqual(await listed(store, { state: 'active' }), ['04', '02'])
        assert.deepEqual(await listed(store, { state: 'revoked' }), ['05', '03'])
        assert.deepEqual(await listed(store, { state: 'expired' }), ['01'])
        assert.deepEqual(await listed(store, { scope: 'a', state: 'expired' }), ['01'])
        assert.deepEqual(await listed(store, { expiresBefore: secondsLater(0) }), ['05', '01'])
        assert.deepEqual(await listed(store, { expiresAtOrAfter: secondsLater(0) }), ['04', '03', '02'])
        assert.deepEqual(
          await listed(store, {
            expiresAtOrAfter: secondsLater(0),
            expiresBefore: secondsLater(51),
            clientId: 'alice',
          }),
          ['03', '02'],
        )
      }),
    )
    it(
      'finds the few that match among thousands that do not, page by page',
      withStore(async (store) => {
        await seed(store)
        const expiring = new Set([0, 1, 2_500, 4_999])
        await Promise.all(
          Array.from({ length: 5_000 }, (_, i) =>
            insertCertificate(store, {
              serialNumber: serialOf(i),
              notAfter: secondsLater(expiring.has(i) ? 10 : 1000),
            }),
          ),
        )
        const query = { limit: 2, at: fixtures.NOW, expiresBefore: secondsLater(11), clientId: 'alice' }
        const first = await store.certificates.list(query)
        assert.deepEqual(
          first.certificates.map(({ serialNumber }) => serialNumber),
          [serialOf(4_999), serialOf(2_500)],
        )
        const second = await store.certificates.list({ ...query, cursor: first.nextCursor! })
        assert.deepEqual(
          second.certificates.map(({ serialNumber }) => serialNumber),
          [serialOf(1), serialOf(0)],
        )
        assert.equal(second.nextCursor, undefined)
      }),
    )
  })
}
