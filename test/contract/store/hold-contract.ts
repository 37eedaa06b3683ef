import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatHex } from '../../../src/core/bytes.ts'
import { clientStandIn } from '../../../src/core/revocation/stand-in-serial.ts'
import type { CrlReason } from '../../../src/core/x509/types.ts'
import type { Store } from '../../../src/store/store.ts'
import { readAssembledList } from '../../support/assembled-list.ts'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const { auditEntry, clientRecord, digestOf, insertCertificate, revokeCommand, secondsLater, seed } = fixtures
const { serialOf, serialTarget } = fixtures

/** Under which lists name her. */
const ALICE = formatHex(clientStandIn('alice'))

type Named = readonly (readonly [serialNumber: string, reason: CrlReason])[]

function revoke(store: Store, serialNumber: string, reason: CrlReason, at = fixtures.NOW) {
  return store.certificates.revoke(revokeCommand(serialTarget(serialNumber), { reason, at }), auditEntry())
}

function unrevoke(store: Store, serialNumber: string) {
  const command = { authorityId: 'issuing-1', serialNumber, at: fixtures.NOW }
  return store.certificates.unrevoke(command, auditEntry({ action: 'certificate.unrevoke' }))
}

function setState(store: Store, state: 'active' | 'locked', lockMessage = '') {
  const change = { clientId: 'alice', state, lockMessage, at: secondsLater(5) }
  return store.clients.setState(change, auditEntry({ action: `client.${state}` }))
}

function revocationOf(store: Store, serialNumber: string) {
  return store.certificates.status('issuing-1', serialNumber)?.revocation
}

async function listOf(store: Store, crlNumber: bigint): Promise<Named> {
  const entries = await readAssembledList(store, 'issuing-1', crlNumber, fixtures.NOW)
  return entries.map(({ serialNumber, reason }) => [serialNumber, reason] as const)
}

async function changesOf(store: Store, after: bigint, upTo: bigint): Promise<Named> {
  const entries = await store.crls.changes('issuing-1', after, upTo, 10_000)
  return entries!.map(({ serialNumber, reason }) => [serialNumber, reason] as const)
}

/** Takes the next number, so that what is stored from now on is not in its list. */
function reserve(store: Store): Promise<bigint> {
  return store.crls.reserveNumber('issuing-1')
}

async function auditCount(store: Store): Promise<number> {
  return (await store.audit.list({ afterSequence: 0n, limit: 1000 })).length
}

/** Applies what a delta says to the list that it is made for. */
function applyChanges(base: Named, changes: Named): Named {
  const list = new Map(base)
  for (const [serialNumber, reason] of changes) {
    if (reason === 'removeFromCRL') list.delete(serialNumber)
    else list.set(serialNumber, reason)
  }
  return [...list].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Holds, their lifting, and what they become. */
export function holdContract(withStore: WithStore): void {
  describe('unrevoke', () => {
    it(
      'lifts a hold: the certificate is good again, and no list from the next number on shows it',
      withStore(async (store) => {
        await seed(store)
        const certificate = await insertCertificate(store, { serialNumber: '01' })
        await revoke(store, '01', 'certificateHold')
        const first = await reserve(store)
        const released = await unrevoke(store, '01')
        assert.deepEqual(released, { outcome: 'released', certificate, crlNumber: first + 1n })
        assert.equal(revocationOf(store, '01'), undefined)
        assert.deepEqual(await store.certificates.get('issuing-1', '01'), certificate)
        const second = await reserve(store)
        assert.deepEqual(await listOf(store, second), [])
        assert.deepEqual(await listOf(store, first), [['01', 'certificateHold']])
        assert.equal(
          (await store.audit.list({ afterSequence: 0n, limit: 100 })).at(-1)?.action,
          'certificate.unrevoke',
        )
      }),
    )
    it(
      'leaves nothing in any list of a hold that none has shown',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01' })
        await revoke(store, '01', 'certificateHold')
        assert.equal((await unrevoke(store, '01')).outcome, 'released')
        const first = await reserve(store)
        assert.deepEqual(await listOf(store, first), [])
        assert.deepEqual(await changesOf(store, 0n, first), [])
      }),
    )
    it(
      'refuses what is not on hold, and changes nothing',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01' })
        await insertCertificate(store, { serialNumber: '02' })
        await revoke(store, '02', 'superseded')
        const entries = await auditCount(store)
        assert.deepEqual(await unrevoke(store, 'ff'), { outcome: 'not_found' })
        for (const serialNumber of ['01', '02']) {
          const certificate = await store.certificates.get('issuing-1', serialNumber)
          assert.deepEqual(await unrevoke(store, serialNumber), { outcome: 'not_on_hold', certificate })
        }
        assert.equal(revocationOf(store, '02')?.reason, 'superseded')
        assert.equal(await auditCount(store), entries)
      }),
    )
    it(
      'refuses while the client is locked, whoever put the hold on',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01' })
        await insertCertificate(store, { serialNumber: '02' })
        await revoke(store, '01', 'certificateHold')
        await setState(store, 'locked')
        for (const serialNumber of ['01', '02'])
          assert.equal((await unrevoke(store, serialNumber)).outcome, 'client_locked')
        await setState(store, 'active')
        assert.equal((await unrevoke(store, '01')).outcome, 'released')
        assert.equal((await unrevoke(store, '02')).outcome, 'not_on_hold')
      }),
    )
    it(
      'refuses a key that was found compromised',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01', publicKeySha256: digestOf(4) })
        await insertCertificate(store, { serialNumber: '02', publicKeySha256: digestOf(4) })
        await revoke(store, '01', 'certificateHold')
        await revoke(store, '02', 'keyCompromise')
        assert.equal((await unrevoke(store, '01')).outcome, 'key_compromised')
        assert.equal(revocationOf(store, '01')?.reason, 'certificateHold')
      }),
    )
    it(
      'of one certificate by many at once happens once',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01' })
        await revoke(store, '01', 'certificateHold')
        const results = await Promise.all(Array.from({ length: 16 }, () => unrevoke(store, '01')))
        assert.equal(results.filter(({ outcome }) => outcome === 'released').length, 1)
      }),
    )
  })

  describe('a graver reason', () => {
    it(
      'takes the place of a hold from the next list on, and the date stays',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01' })
        await revoke(store, '01', 'certificateHold')
        const first = await reserve(store)
        const result = await revoke(store, '01', 'keyCompromise', secondsLater(9))
        assert.ok(result.outcome === 'revoked')
        const revocation = {
          revokedAt: fixtures.NOW,
          reason: 'keyCompromise',
          invalidityDate: undefined,
          crlNumber: first + 1n,
        }
        assert.deepEqual(result.revoked[0]?.revocation, revocation)
        assert.deepEqual(revocationOf(store, '01'), revocation)
        assert.equal(await store.certificates.isKeyCompromised(result.revoked[0].publicKeySha256), true)
        const second = await reserve(store)
        assert.deepEqual(await listOf(store, first), [['01', 'certificateHold']])
        assert.deepEqual(await listOf(store, second), [['01', 'keyCompromise']])
        assert.deepEqual(await changesOf(store, first, second), [['01', 'keyCompromise']])
      }),
    )
    it(
      'is keyCompromise for every other, and no other for a final one',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01' })
        await revoke(store, '01', 'superseded')
        for (const reason of ['certificateHold', 'cessationOfOperation', 'superseded'] as const) {
          const result = await revoke(store, '01', reason)
          assert.ok(result.outcome === 'revoked' && result.alreadyRevoked.length === 1)
        }
        const result = await revoke(store, '01', 'keyCompromise')
        assert.ok(result.outcome === 'revoked' && result.revoked.length === 1)
        const again = await revoke(store, '01', 'keyCompromise')
        assert.ok(again.outcome === 'revoked' && again.alreadyRevoked.length === 1)
        assert.equal(revocationOf(store, '01')?.reason, 'keyCompromise')
      }),
    )
    it(
      'counts among the expected ones, and keeps an invalidity date unless it brings one',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01' })
        await insertCertificate(store, { serialNumber: '02' })
        const invalidityDate = secondsLater(-100)
        await store.certificates.revoke(
          revokeCommand(serialTarget('01'), { reason: 'certificateHold', invalidityDate }),
          auditEntry(),
        )
        const target = { kind: 'client', clientId: 'alice' } as const
        const result = await store.certificates.revoke(
          revokeCommand(target, { reason: 'superseded', expectedCount: 2 }),
          auditEntry(),
        )
        assert.equal(result.outcome, 'revoked')
        assert.deepEqual(revocationOf(store, '01')?.invalidityDate, invalidityDate)
        assert.equal(revocationOf(store, '02')?.invalidityDate, undefined)
      }),
    )
    it(
      'is that of a withdrawn scope: no hold brings it back',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01', scopes: ['bob.user.write'] })
        await revoke(store, '01', 'certificateHold')
        const change = {
          clientId: 'alice',
          grantedScopes: ['bob.user.read'],
          at: fixtures.NOW,
          dryRun: false,
        }
        const result = await store.clients.setScopes(change, auditEntry())
        assert.ok(result.outcome === 'changed' && result.revoked.length === 1)
        assert.equal(revocationOf(store, '01')?.reason, 'privilegeWithdrawn')
        assert.equal((await unrevoke(store, '01')).outcome, 'not_on_hold')
      }),
    )
  })

  describe('a lock', () => {
    it(
      'puts every live certificate on hold in one step, and unlocking lifts exactly those holds',
      withStore(async (store) => {
        await seed(store)
        await store.clients.create(clientRecord({ clientId: 'carol' }), auditEntry())
        const live = ['01', '02']
        for (const serialNumber of [...live, '03', '04']) await insertCertificate(store, { serialNumber })
        await insertCertificate(store, { serialNumber: '05', notAfter: secondsLater(4) })
        await insertCertificate(store, { serialNumber: '06', clientId: 'carol' })
        await revoke(store, '03', 'certificateHold')
        await revoke(store, '04', 'superseded')
        const first = await reserve(store)

        const locked = await setState(store, 'locked', 'lost')
        assert.deepEqual(
          locked?.affected.map(({ serialNumber }) => serialNumber),
          live,
        )
        assert.equal(locked.crlNumber, first + 1n)
        const revocation = {
          revokedAt: secondsLater(5),
          reason: 'certificateHold',
          invalidityDate: undefined,
          crlNumber: first + 1n,
        }
        for (const serialNumber of live) assert.deepEqual(revocationOf(store, serialNumber), revocation)
        for (const serialNumber of ['05', '06']) assert.equal(revocationOf(store, serialNumber), undefined)
        const entry = (await store.audit.list({ afterSequence: 0n, limit: 100 })).at(-1)
        assert.deepEqual(entry?.details, { note: 'n', count: 2, serial_numbers: live })

        const second = await reserve(store)
        const unlocked = await setState(store, 'active')
        assert.deepEqual(
          unlocked?.affected.map(({ serialNumber, revocation: now }) => [serialNumber, now]),
          live.map((serialNumber) => [serialNumber, undefined]),
        )
        assert.equal(unlocked.crlNumber, second + 1n)
        assert.equal(revocationOf(store, '03')?.reason, 'certificateHold')
        const third = await reserve(store)
        assert.deepEqual(await changesOf(store, second, third), [
          ['01', 'removeFromCRL'],
          ['02', 'removeFromCRL'],
          [ALICE, 'removeFromCRL'],
        ])
        assert.deepEqual(await changesOf(store, first, third), [])
      }),
    )
    it(
      'again puts nothing on hold twice',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01' })
        await setState(store, 'locked', 'a')
        const before = revocationOf(store, '01')
        await reserve(store)
        assert.deepEqual((await setState(store, 'locked', 'b'))?.affected, [])
        assert.deepEqual(revocationOf(store, '01'), before)
      }),
    )
    it(
      'that was put on by a clock that was ahead is made whole by another, which finds nothing the next time',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01', notAfter: secondsLater(60) })
        const lock = (at: Date) =>
          store.clients.setState({ clientId: 'alice', state: 'locked', lockMessage: '', at }, auditEntry())
        assert.deepEqual((await lock(secondsLater(3600)))?.affected, [])
        assert.equal(revocationOf(store, '01'), undefined)
        const entries = await auditCount(store)
        const again = await lock(fixtures.NOW)
        assert.deepEqual(
          again?.affected.map(({ serialNumber }) => serialNumber),
          ['01'],
        )
        assert.deepEqual(again.authorityIds, ['issuing-1'])
        assert.equal(revocationOf(store, '01')?.reason, 'certificateHold')
        assert.deepEqual((await lock(fixtures.NOW))?.affected, [])
        assert.equal(await auditCount(store), entries + 1)
        await setState(store, 'active')
        assert.equal(revocationOf(store, '01'), undefined)
      }),
    )
    it(
      'gives way to a hold that someone asks for, which unlocking leaves',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01' })
        await setState(store, 'locked')
        const asked = await revoke(store, '01', 'certificateHold')
        assert.ok(asked.outcome === 'revoked' && asked.revoked.length === 1)
        const again = await revoke(store, '01', 'certificateHold')
        assert.ok(again.outcome === 'revoked' && again.alreadyRevoked.length === 1)
        assert.deepEqual((await setState(store, 'active'))?.affected, [])
        assert.equal(revocationOf(store, '01')?.reason, 'certificateHold')
      }),
    )
    it(
      'that is taken back leaves what was revoked meanwhile, and what has a compromised key',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01', publicKeySha256: digestOf(4) })
        await insertCertificate(store, { serialNumber: '02', publicKeySha256: digestOf(4) })
        await insertCertificate(store, { serialNumber: '03' })
        await setState(store, 'locked')
        await revoke(store, '01', 'keyCompromise')
        const unlocked = await setState(store, 'active')
        assert.deepEqual(
          unlocked?.affected.map(({ serialNumber }) => serialNumber),
          ['03'],
        )
        assert.equal(revocationOf(store, '01')?.reason, 'keyCompromise')
        assert.equal(revocationOf(store, '02')?.reason, 'certificateHold')
      }),
    )
  })

  describe('remove', () => {
    it(
      'takes the client away and revokes all that it holds in one step, also what is on hold',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01' })
        await insertCertificate(store, { serialNumber: '02' })
        await insertCertificate(store, { serialNumber: '03', notAfter: secondsLater(-1) })
        await insertCertificate(store, { serialNumber: '04' })
        await revoke(store, '02', 'certificateHold')
        await revoke(store, '04', 'superseded')
        const removal = { clientId: 'alice', at: fixtures.NOW, dryRun: false }
        const result = await store.clients.remove(removal, auditEntry({ action: 'client.remove' }))
        assert.ok(result.outcome === 'removed')
        assert.deepEqual(result.client, clientRecord())
        assert.deepEqual(
          result.revoked.map(({ serialNumber }) => serialNumber),
          ['01', '02'],
        )
        for (const serialNumber of ['01', '02'])
          assert.equal(revocationOf(store, serialNumber)?.reason, 'cessationOfOperation')
        assert.equal(revocationOf(store, '03'), undefined)
        assert.equal(revocationOf(store, '04')?.reason, 'superseded')
        assert.equal(await store.clients.get('alice'), undefined)
        assert.equal(store.certificates.status('issuing-1', '01')?.clientState, 'missing')
        const entry = (await store.audit.list({ afterSequence: 0n, limit: 100 })).at(-1)
        assert.equal(entry?.action, 'client.remove')
        assert.deepEqual(entry.details, { note: 'n', count: 2, serial_numbers: ['01', '02'] })
        assert.deepEqual(await store.clients.remove(removal, auditEntry()), { outcome: 'not_found' })
      }),
    )
    it(
      'by a clock that was ahead leaves what a revocation of all that the client has finds later',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01', notAfter: secondsLater(60) })
        const removal = { clientId: 'alice', at: secondsLater(3600), dryRun: false }
        await store.clients.remove(removal, auditEntry({ action: 'client.remove' }))
        assert.equal(revocationOf(store, '01'), undefined)
        const all = revokeCommand({ kind: 'client', clientId: 'alice' }, { reason: 'cessationOfOperation' })
        const result = await store.certificates.revoke(all, auditEntry())
        assert.ok(result.outcome === 'revoked')
        assert.deepEqual(
          result.revoked.map(({ serialNumber }) => serialNumber),
          ['01'],
        )
        assert.equal(revocationOf(store, '01')?.reason, 'cessationOfOperation')
        const nobody = revokeCommand({ kind: 'client', clientId: 'nobody' })
        assert.deepEqual(await store.certificates.revoke(nobody, auditEntry()), { outcome: 'not_found' })
      }),
    )
    it(
      'lets nobody have the id again',
      withStore(async (store) => {
        await seed(store)
        await store.clients.remove({ clientId: 'alice', at: fixtures.NOW, dryRun: false }, auditEntry())
        const entries = await auditCount(store)
        assert.equal(await store.clients.create(clientRecord(), auditEntry()), 'removed')
        assert.equal(await store.clients.get('alice'), undefined)
        assert.equal(await auditCount(store), entries)
      }),
    )
    it(
      'changes nothing on a dry run, or unless the client is at the expected version',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01' })
        const entries = await auditCount(store)
        const removal = { clientId: 'alice', at: fixtures.NOW, dryRun: false }
        const stale = await store.clients.remove({ ...removal, expectedVersion: 7 }, auditEntry())
        assert.deepEqual(stale, { outcome: 'version_mismatch', currentVersion: 1 })
        const planned = await store.clients.remove({ ...removal, dryRun: true }, auditEntry())
        assert.deepEqual(await store.clients.get('alice'), clientRecord())
        assert.equal(revocationOf(store, '01'), undefined)
        assert.equal(await auditCount(store), entries)
        assert.deepEqual(
          await store.clients.remove({ ...removal, expectedVersion: 1 }, auditEntry()),
          planned,
        )
      }),
    )
    it(
      'and an insert at the same moment leave no live certificate behind',
      withStore(async (store) => {
        await seed(store)
        const insert = (i: number) =>
          store.certificates.insert(
            fixtures.certificateRecord({ serialNumber: serialOf(i) }),
            { clientVersion: 1 },
            auditEntry(),
          )
        const writes: Promise<unknown>[] = Array.from({ length: 20 }, (_, i) => insert(i))
        writes.push(
          store.clients.remove({ clientId: 'alice', at: fixtures.NOW, dryRun: false }, auditEntry()),
        )
        writes.push(...Array.from({ length: 20 }, (_, i) => insert(100 + i)))
        await Promise.all(writes)
        const live = await store.certificates.list({ limit: 100, at: fixtures.NOW, state: 'active' })
        assert.deepEqual(live.certificates, [])
      }),
    )
  })

  describe('changes', () => {
    it(
      'carry what an entry needs, by serial number, of that authority and between those numbers only',
      withStore(async (store) => {
        await seed(store)
        await store.authorities.create(fixtures.authorityRecord({ id: 'issuing-2' }), auditEntry())
        for (const serialNumber of ['03', '02', '01']) await insertCertificate(store, { serialNumber })
        await insertCertificate(store, { authorityId: 'issuing-2', serialNumber: '04' })
        await revoke(store, '03', 'certificateHold')
        const first = await reserve(store)
        const invalidityDate = secondsLater(-9)
        await store.certificates.revoke(
          revokeCommand(serialTarget('02'), { reason: 'superseded', invalidityDate }),
          auditEntry(),
        )
        await unrevoke(store, '03')
        const second = await reserve(store)
        await revoke(store, '01', 'superseded')
        const third = await reserve(store)
        assert.deepEqual(await store.crls.changes('issuing-1', first, second, 2), [
          { serialNumber: '02', revokedAt: fixtures.NOW, reason: 'superseded', invalidityDate },
          { serialNumber: '03', revokedAt: fixtures.NOW, reason: 'removeFromCRL', invalidityDate: undefined },
        ])
        assert.deepEqual(await changesOf(store, second, third), [['01', 'superseded']])
        assert.deepEqual(await changesOf(store, third, third), [])
        assert.deepEqual(await changesOf(store, 0n, second), [['02', 'superseded']])
      }),
    )
    it(
      'lead from every list to every later one, whatever came in between',
      withStore(async (store) => {
        await seed(store)
        const serials = Array.from({ length: 6 }, (_, i) => serialOf(i))
        for (const serialNumber of serials) await insertCertificate(store, { serialNumber })
        // A fixed walk through holds, releases and final revocations, several of them within one number.
        const numbers: bigint[] = []
        for (let step = 0; step < 60; step++) {
          const serialNumber = serials[(step * 7) % serials.length]!
          if (step % 3 === 2) await unrevoke(store, serialNumber)
          else
            await revoke(
              store,
              serialNumber,
              step > 48 && step % 4 === 0 ? 'keyCompromise' : 'certificateHold',
            )
          if (step % 20 === 10) await setState(store, 'locked', String(step))
          if (step % 20 === 15) await setState(store, 'active')
          if (step % 2 === 0) numbers.push(await reserve(store))
        }
        for (const base of numbers) {
          const list = await listOf(store, base)
          for (const upTo of numbers.filter((number) => number >= base)) {
            const changed = applyChanges(list, await changesOf(store, base, upTo))
            assert.deepEqual(changed, await listOf(store, upTo), `${base} to ${upTo}`)
          }
        }
      }),
    )
    it(
      'are all there when there are thousands',
      withStore(async (store) => {
        await seed(store)
        const certificates = Array.from({ length: 4_100 }, (_, i) => serialOf(i))
        await Promise.all(certificates.map((serialNumber) => insertCertificate(store, { serialNumber })))
        const serials = [...certificates, ALICE]
        await setState(store, 'locked')
        const first = await reserve(store)
        await setState(store, 'active')
        const second = await reserve(store)
        const names = (entries: Named) => entries.map(([serialNumber]) => serialNumber)
        assert.deepEqual(names(await changesOf(store, 0n, first)), serials)
        const removed = await changesOf(store, first, second)
        assert.deepEqual(names(removed), serials)
        assert.ok(removed.every(([, reason]) => reason === 'removeFromCRL'))
      }),
    )
    it(
      'of a reserved number stay as they are while more happens',
      withStore(async (store) => {
        await seed(store)
        for (const serialNumber of ['01', '02']) await insertCertificate(store, { serialNumber })
        await revoke(store, '01', 'certificateHold')
        const first = await reserve(store)
        await revoke(store, '02', 'certificateHold')
        const second = await reserve(store)
        const before = [await changesOf(store, 0n, first), await changesOf(store, first, second)]
        await unrevoke(store, '01')
        await revoke(store, '02', 'keyCompromise')
        assert.deepEqual([await changesOf(store, 0n, first), await changesOf(store, first, second)], before)
      }),
    )
  })

  it(
    'the end of a hold is unpublished until a list without it is published',
    withStore(async (store) => {
      await seed(store)
      await insertCertificate(store, { serialNumber: '01' })
      await revoke(store, '01', 'certificateHold')
      const publish = async () => {
        const crlNumber = await reserve(store)
        const { NOW: thisUpdate } = fixtures
        const crl = { authorityId: 'issuing-1', crlNumber, thisUpdate, nextUpdate: secondsLater(9) }
        await store.crls.publish({ ...crl, entryCount: 0, pieces: [Uint8Array.of(0x30, 0)] })
      }
      await publish()
      assert.equal(await store.crls.hasUnpublished('issuing-1'), false)
      await unrevoke(store, '01')
      assert.equal(await store.crls.hasUnpublished('issuing-1'), true)
      await publish()
      assert.equal(await store.crls.hasUnpublished('issuing-1'), false)
    }),
  )
}
