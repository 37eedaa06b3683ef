import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RevokeResult, Store } from '../../../src/store/store.ts'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const {
  auditEntry,
  certificateRecord,
  clientRecord,
  digestOf,
  insertCertificate,
  revokeCommand,
  secondsLater,
  seed,
  serialOf,
  serialTarget,
} = fixtures

async function auditCount(store: Store): Promise<number> {
  return (await store.audit.list({ afterSequence: 0n, limit: 1000 })).length
}

/** Serial numbers newly revoked and already revoked. */
function serials(result: RevokeResult): { revoked: string[]; already: string[] } {
  assert.ok(result.outcome === 'revoked')
  const names = (records: readonly { serialNumber: string }[]) =>
    records.map(({ serialNumber }) => serialNumber)
  return { revoked: names(result.revoked), already: names(result.alreadyRevoked) }
}

/** Alice has, with one key, 01 (scope a), 02 (a and b, revoked) and 03 (a, expired); carol has 04 (b, key 5). */
async function seedFour(store: Store): Promise<void> {
  await seed(store)
  await store.clients.create(clientRecord({ clientId: 'carol' }), auditEntry())
  await insertCertificate(store, { serialNumber: '01', scopes: ['a'], publicKeySha256: digestOf(2) })
  await insertCertificate(store, { serialNumber: '02', scopes: ['a', 'b'], publicKeySha256: digestOf(2) })
  await insertCertificate(store, {
    serialNumber: '03',
    scopes: ['a'],
    publicKeySha256: digestOf(2),
    notAfter: secondsLater(-0.001),
  })
  await insertCertificate(store, {
    serialNumber: '04',
    scopes: ['b'],
    clientId: 'carol',
    publicKeySha256: digestOf(5),
  })
  await store.certificates.revoke(revokeCommand(serialTarget('02'), { reason: 'superseded' }), auditEntry())
}

/** The `revoke` of certificates. */
export function revocationContract(withStore: WithStore): void {
  describe('revoke', () => {
    it(
      'by serial number stores reason, dates and CRL number, and returns the new state',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store)
        const command = revokeCommand(serialTarget('0a01'), { invalidityDate: secondsLater(-500) })
        const result = await store.certificates.revoke(command, auditEntry({ action: 'certificate.revoke' }))
        const revocation = {
          revokedAt: fixtures.NOW,
          reason: 'keyCompromise',
          invalidityDate: secondsLater(-500),
          crlNumber: 1n,
        } as const
        assert.deepEqual(result, {
          outcome: 'revoked',
          revoked: [certificateRecord({ revocation })],
          alreadyRevoked: [],
        })
        assert.deepEqual(await store.certificates.get('issuing-1', '0a01'), certificateRecord({ revocation }))
      }),
    )
    it(
      'by serial number reaches also what has expired',
      withStore(async (store) => {
        await seedFour(store)
        const result = await store.certificates.revoke(revokeCommand(serialTarget('03')), auditEntry())
        assert.deepEqual(serials(result), { revoked: ['03'], already: [] })
      }),
    )
    it('by client, scope or key revokes every live certificate and returns those already revoked', async (t) => {
      const targets = [
        [{ kind: 'client', clientId: 'alice' }, ['01'], ['02']],
        [{ kind: 'scope', scope: 'a' }, ['01'], ['02']],
        [{ kind: 'scope', scope: 'b' }, ['04'], ['02']],
        [{ kind: 'public_key', publicKeySha256: digestOf(2) }, ['01'], ['02']],
        [{ kind: 'public_key', publicKeySha256: digestOf(5) }, ['04'], []],
      ] as const
      for (const [target, revoked, already] of targets) {
        await t.test(
          JSON.stringify(target),
          withStore(async (store) => {
            await seedFour(store)
            const before = await store.certificates.get('issuing-1', '02')
            const command = revokeCommand(target, { reason: 'cessationOfOperation' })
            const result = await store.certificates.revoke(command, auditEntry())
            assert.deepEqual(serials(result), { revoked, already })
            assert.deepEqual(await store.certificates.get('issuing-1', '02'), before)
            assert.equal(store.certificates.status('issuing-1', '03')?.revocation, undefined)
          }),
        )
      }
    })
    it(
      'treats the last instant of validity as live',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { notAfter: fixtures.NOW })
        const result = await store.certificates.revoke(
          revokeCommand({ kind: 'client', clientId: 'alice' }),
          auditEntry(),
        )
        assert.deepEqual(serials(result).revoked, ['0a01'])
      }),
    )
    it(
      'answers not_found when the target names nothing',
      withStore(async (store) => {
        await seedFour(store)
        const targets = [
          serialTarget('ff'),
          { kind: 'serial', authorityId: 'other', serialNumber: '01' },
          { kind: 'client', clientId: 'nobody' },
          { kind: 'scope', scope: 'c' },
          { kind: 'public_key', publicKeySha256: digestOf(6) },
        ] as const
        for (const target of targets) {
          assert.deepEqual(await store.certificates.revoke(revokeCommand(target), auditEntry()), {
            outcome: 'not_found',
          })
        }
      }),
    )
    it(
      'of a client that holds nothing is done at once',
      withStore(async (store) => {
        await seed(store)
        const result = await store.certificates.revoke(
          revokeCommand({ kind: 'client', clientId: 'alice' }),
          auditEntry(),
        )
        assert.deepEqual(serials(result), { revoked: [], already: [] })
      }),
    )
    it(
      'again is success, changes nothing and writes no audit entry',
      withStore(async (store) => {
        await seedFour(store)
        const entries = await auditCount(store)
        const command = revokeCommand(serialTarget('02'), {
          reason: 'cessationOfOperation',
          at: secondsLater(9),
        })
        assert.deepEqual(serials(await store.certificates.revoke(command, auditEntry())), {
          revoked: [],
          already: ['02'],
        })
        const { revocation } = store.certificates.status('issuing-1', '02')!
        assert.equal(revocation?.reason, 'superseded')
        assert.deepEqual(revocation.revokedAt, fixtures.NOW)
        assert.equal(await auditCount(store), entries)
      }),
    )
    it(
      'revokes nothing unless exactly the expected count would be newly revoked',
      withStore(async (store) => {
        await seedFour(store)
        const target = { kind: 'client', clientId: 'alice' } as const
        const reason = 'superseded'
        const entries = await auditCount(store)
        const refused = await store.certificates.revoke(
          revokeCommand(target, { reason, expectedCount: 2 }),
          auditEntry(),
        )
        assert.deepEqual(refused, { outcome: 'count_mismatch', actualCount: 1 })
        assert.equal(store.certificates.status('issuing-1', '01')?.revocation, undefined)
        assert.equal(await auditCount(store), entries)
        const done = await store.certificates.revoke(
          revokeCommand(target, { reason, expectedCount: 1 }),
          auditEntry(),
        )
        assert.deepEqual(serials(done).revoked, ['01'])
      }),
    )
    it(
      'revokes in parts of maxCount where that is asked for, in the order of issue, until nothing is left',
      withStore(async (store) => {
        await seed(store)
        for (let i = 0; i < 5; i++) await insertCertificate(store, { serialNumber: serialOf(i) })
        const target = { kind: 'client', clientId: 'alice' } as const
        const entries = await auditCount(store)
        const part = async (dryRun = false) => {
          const command = revokeCommand(target, { maxCount: 2, inParts: true, dryRun })
          return serials(await store.certificates.revoke(command, auditEntry()))
        }
        const all = [0, 1, 2, 3, 4].map(serialOf)
        assert.deepEqual(await part(true), { revoked: all.slice(0, 2), already: [] })
        assert.deepEqual(await part(), { revoked: all.slice(0, 2), already: [] })
        assert.deepEqual(await part(), { revoked: all.slice(2, 4), already: [] })
        assert.deepEqual(await part(), { revoked: all.slice(4), already: all.slice(0, 1) })
        assert.deepEqual(await part(), { revoked: [], already: all.slice(0, 2) })
        assert.equal(await auditCount(store), entries + 3)
      }),
    )
    it(
      'revokes nothing if more than maxCount would be newly revoked',
      withStore(async (store) => {
        await seed(store)
        for (let i = 0; i < 5; i++) await insertCertificate(store, { serialNumber: serialOf(i) })
        const target = { kind: 'scope', scope: 'bob.user.read' } as const
        const refused = await store.certificates.revoke(revokeCommand(target, { maxCount: 4 }), auditEntry())
        assert.deepEqual(refused, { outcome: 'too_many', actualCount: 5 })
        assert.equal(await store.crls.hasUnpublished('issuing-1'), false)
        const done = await store.certificates.revoke(revokeCommand(target, { maxCount: 5 }), auditEntry())
        assert.equal(serials(done).revoked.length, 5)
        await insertCertificate(store, { serialNumber: 'ee' })
        const more = serials(
          await store.certificates.revoke(revokeCommand(target, { maxCount: 3 }), auditEntry()),
        )
        assert.deepEqual(more.revoked, ['ee'])
        assert.equal(more.already.length, 2)
      }),
    )
    it(
      'changes nothing on a dry run and answers in the present state',
      withStore(async (store) => {
        await seedFour(store)
        const entries = await auditCount(store)
        const present = await store.certificates.get('issuing-1', '01')
        const command = revokeCommand(
          { kind: 'client', clientId: 'alice' },
          { reason: 'superseded', dryRun: true },
        )
        const result = await store.certificates.revoke(command, auditEntry())
        assert.ok(result.outcome === 'revoked')
        assert.deepEqual(result.revoked, [present])
        assert.deepEqual(await store.certificates.get('issuing-1', '01'), present)
        assert.equal(await auditCount(store), entries)
      }),
    )
    it(
      'adds the count and at most 100 serial numbers to the audit entry',
      withStore(async (store) => {
        await seed(store)
        const all = Array.from({ length: 120 }, (_, i) => serialOf(i))
        for (const serialNumber of all) await insertCertificate(store, { serialNumber })
        const command = revokeCommand({ kind: 'client', clientId: 'alice' }, { maxCount: 1000 })
        await store.certificates.revoke(command, auditEntry())
        const entry = (await store.audit.list({ afterSequence: 0n, limit: 1000 })).at(-1)
        assert.deepEqual(entry?.details, { note: 'n', count: 120, serial_numbers: all.slice(0, 100) })
      }),
    )
    it(
      'of one certificate by many at once happens once',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store)
        const results = await Promise.all(
          Array.from({ length: 32 }, () =>
            store.certificates.revoke(revokeCommand(serialTarget('0a01')), auditEntry()),
          ),
        )
        assert.equal(results.filter((result) => serials(result).revoked.length === 1).length, 1)
      }),
    )
    it(
      'never lets a certificate slip in between: concurrent inserts are revoked or come after',
      withStore(async (store) => {
        await seed(store)
        const inserts = Array.from({ length: 50 }, (_, i) =>
          store.certificates.insert(
            certificateRecord({ serialNumber: serialOf(i), scopes: ['bob.user.write'] }),
            { clientVersion: 1 },
            auditEntry(),
          ),
        )
        const change = {
          clientId: 'alice',
          grantedScopes: ['bob.user.read'],
          at: fixtures.NOW,
          dryRun: false,
        }
        const changing = store.clients.setScopes(change, auditEntry())
        const late = Array.from({ length: 50 }, (_, i) =>
          store.certificates.insert(
            certificateRecord({ serialNumber: serialOf(100 + i), scopes: ['bob.user.write'] }),
            { clientVersion: 1 },
            auditEntry(),
          ),
        )
        await Promise.all([...inserts, changing, ...late])
        const live = await store.certificates.list({ limit: 1000, at: fixtures.NOW, state: 'active' })
        assert.deepEqual(live.certificates, [])
      }),
    )
  })
}
