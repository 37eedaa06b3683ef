import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ScopeChange, Store } from '../../../src/store/store.ts'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const { auditEntry, clientRecord, insertCertificate, secondsLater, seed } = fixtures

function change(changes: Partial<ScopeChange> = {}): ScopeChange {
  return {
    clientId: 'alice',
    grantedScopes: ['bob.user.read'],
    at: secondsLater(5),
    dryRun: false,
    ...changes,
  }
}

async function auditCount(store: Store): Promise<number> {
  return (await store.audit.list({ afterSequence: 0n, limit: 1000 })).length
}

/** Clients, their grants and their locks. */
export function clientContract(withStore: WithStore): void {
  describe('clients', () => {
    it(
      'come back as they were stored',
      withStore(async (store) => {
        assert.equal(await store.clients.create(clientRecord(), auditEntry()), 'created')
        assert.deepEqual(await store.clients.get('alice'), clientRecord())
        assert.equal(await store.clients.get('bob'), undefined)
      }),
    )
    it(
      'answer exists, and no audit entry, if the id exists',
      withStore(async (store) => {
        await store.clients.create(clientRecord(), auditEntry())
        assert.equal(
          await store.clients.create(clientRecord({ displayName: 'Mallory' }), auditEntry()),
          'exists',
        )
        assert.equal((await store.clients.get('alice'))?.displayName, 'Alice')
        assert.equal(await auditCount(store), 1)
      }),
    )
    it(
      'are created once when many create the same id at once',
      withStore(async (store) => {
        const results = await Promise.all(
          Array.from({ length: 32 }, () => store.clients.create(clientRecord(), auditEntry())),
        )
        assert.equal(results.filter((result) => result === 'created').length, 1)
        assert.equal(await auditCount(store), 1)
      }),
    )
    it(
      'are listed by id, after afterId, at most limit of them',
      withStore(async (store) => {
        for (const clientId of ['carol', 'alice', 'dave', 'bob']) {
          await store.clients.create(clientRecord({ clientId }), auditEntry())
        }
        const ids = async (query: { afterId?: string; limit: number }) =>
          (await store.clients.list(query)).map(({ clientId }) => clientId)
        assert.deepEqual(await ids({ limit: 2 }), ['alice', 'bob'])
        assert.deepEqual(await ids({ limit: 2, afterId: 'bob' }), ['carol', 'dave'])
        assert.deepEqual(await ids({ limit: 2, afterId: 'dave' }), [])
        assert.deepEqual(await ids({ limit: 9, afterId: 'b' }), ['bob', 'carol', 'dave'])
      }),
    )
    it(
      'are filtered by state and by whether the grant covers a scope, across many rows',
      withStore(async (store) => {
        await Promise.all(
          Array.from({ length: 1200 }, (_, i) =>
            store.clients.create(clientRecord({ clientId: `c${String(i).padStart(4, '0')}` }), auditEntry()),
          ),
        )
        await store.clients.create(clientRecord({ clientId: 'x', grantedScopes: ['ops.**'] }), auditEntry())
        await store.clients.create(
          clientRecord({ clientId: 'y', grantedScopes: ['ops.*.read'] }),
          auditEntry(),
        )
        const locked = { clientId: 'y', state: 'locked', lockMessage: 'gone', at: fixtures.NOW } as const
        await store.clients.setState(locked, auditEntry())
        const ids = async (query: object) =>
          (await store.clients.list({ limit: 5, ...query })).map(({ clientId }) => clientId)
        assert.deepEqual(await ids({ grantCovers: 'ops.db.read' }), ['x', 'y'])
        assert.deepEqual(await ids({ grantCovers: 'ops.db.write' }), ['x'])
        assert.deepEqual(await ids({ state: 'locked' }), ['y'])
        assert.deepEqual(await ids({ state: 'active', grantCovers: 'ops.db.read' }), ['x'])
      }),
    )
    it(
      'get one version more with every change',
      withStore(async (store) => {
        await seed(store)
        const locked = await store.clients.setState(
          { clientId: 'alice', state: 'locked', lockMessage: 'lost laptop', at: secondsLater(1) },
          auditEntry(),
        )
        const client = clientRecord({
          state: 'locked',
          lockMessage: 'lost laptop',
          updatedAt: secondsLater(1),
          version: 2,
        })
        assert.deepEqual(locked, { client, affected: [], crlNumber: 1n, authorityIds: ['issuing-1'] })
        assert.deepEqual(await store.clients.get('alice'), client)
        await store.clients.setScopes(change(), auditEntry())
        assert.equal((await store.clients.get('alice'))?.version, 3)
      }),
    )
    it(
      'update the message when locked again, and count nothing when nothing changes',
      withStore(async (store) => {
        await seed(store)
        const lock = (lockMessage: string) =>
          store.clients.setState(
            { clientId: 'alice', state: 'locked', lockMessage, at: secondsLater(1) },
            auditEntry(),
          )
        await lock('first')
        assert.equal((await lock('second'))?.client.lockMessage, 'second')
        const entries = await auditCount(store)
        assert.equal((await lock('second'))?.client.version, 3)
        assert.equal(await auditCount(store), entries)
      }),
    )
    it(
      'answer undefined to a change of state of nobody',
      withStore(async (store) => {
        const nobody = { clientId: 'nobody', state: 'locked', lockMessage: '', at: fixtures.NOW } as const
        assert.equal(await store.clients.setState(nobody, auditEntry()), undefined)
        assert.equal(await auditCount(store), 0)
      }),
    )
  })

  describe('setScopes', () => {
    it(
      'revokes with the change every live certificate that the new grant does not cover',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store, { serialNumber: '01', scopes: ['bob.user.read'] })
        await insertCertificate(store, { serialNumber: '02', scopes: ['bob.user.read', 'bob.user.write'] })
        await insertCertificate(store, {
          serialNumber: '03',
          scopes: ['bob.user.write'],
          notAfter: secondsLater(4),
        })
        await insertCertificate(store, {
          serialNumber: '04',
          scopes: ['bob.user.write'],
          notAfter: secondsLater(5),
        })
        const result = await store.clients.setScopes(change(), auditEntry({ action: 'client.set_scopes' }))
        assert.ok(result.outcome === 'changed')
        assert.deepEqual(
          result.revoked.map(({ serialNumber }) => serialNumber),
          ['02', '04'],
        )
        const revocation = {
          revokedAt: secondsLater(5),
          reason: 'privilegeWithdrawn',
          invalidityDate: undefined,
          crlNumber: 1n,
        }
        assert.deepEqual(result.revoked[0]?.revocation, revocation)
        assert.deepEqual(store.certificates.status('issuing-1', '02')?.revocation, revocation)
        assert.equal(store.certificates.status('issuing-1', '01')?.revocation, undefined)
        assert.equal(store.certificates.status('issuing-1', '03')?.revocation, undefined)
        assert.deepEqual(
          result.client,
          clientRecord({ grantedScopes: ['bob.user.read'], updatedAt: secondsLater(5), version: 2 }),
        )
        assert.deepEqual(await store.clients.get('alice'), result.client)
        const entry = (await store.audit.list({ afterSequence: 0n, limit: 100 })).at(-1)
        assert.deepEqual(entry?.details, { note: 'n', count: 2, serial_numbers: ['02', '04'] })
      }),
    )
    it(
      'changes nothing on a dry run and answers what would be',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store)
        const entries = await auditCount(store)
        const planned = await store.clients.setScopes(change({ dryRun: true }), auditEntry())
        assert.deepEqual(await store.clients.get('alice'), clientRecord())
        assert.equal(store.certificates.status('issuing-1', '0a01')?.revocation, undefined)
        assert.equal(await auditCount(store), entries)
        assert.deepEqual(await store.clients.setScopes(change(), auditEntry()), planned)
      }),
    )
    it(
      'refuses the change unless the client is at the expected version',
      withStore(async (store) => {
        await seed(store)
        const stale = await store.clients.setScopes(change({ expectedVersion: 7 }), auditEntry())
        assert.deepEqual(stale, { outcome: 'version_mismatch', currentVersion: 1 })
        assert.deepEqual(await store.clients.get('alice'), clientRecord())
        const current = await store.clients.setScopes(change({ expectedVersion: 1 }), auditEntry())
        assert.equal(current.outcome, 'changed')
      }),
    )
    it(
      'lets one of many changes from the same version win',
      withStore(async (store) => {
        await seed(store)
        const results = await Promise.all(
          Array.from({ length: 16 }, (_, i) =>
            store.clients.setScopes(change({ grantedScopes: [`s${i}`], expectedVersion: 1 }), auditEntry()),
          ),
        )
        assert.equal(results.filter(({ outcome }) => outcome === 'changed').length, 1)
      }),
    )
    it(
      'leaves version and audit log alone when nothing changes',
      withStore(async (store) => {
        await seed(store)
        const entries = await auditCount(store)
        const same = change({ grantedScopes: clientRecord().grantedScopes })
        assert.deepEqual(await store.clients.setScopes(same, auditEntry()), {
          outcome: 'changed',
          client: clientRecord(),
          revoked: [],
          tokens: { count: 0, remain: false },
          authorityIds: [],
          crlNumber: 0n,
        })
        assert.equal(await auditCount(store), entries)
      }),
    )
    it(
      'answers not_found for nobody',
      withStore(async (store) => {
        const result = await store.clients.setScopes(change({ clientId: 'nobody' }), auditEntry())
        assert.deepEqual(result, { outcome: 'not_found' })
      }),
    )
  })
}
