import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatHex } from '../../../src/core/bytes.ts'
import { MAX_TOKENS_PRUNED, MAX_TOKENS_WITHDRAWN } from '../../../src/core/token-limits.ts'
import { tokenStandIn } from '../../../src/core/revocation/stand-in-serial.ts'
import type { ScopeChange, Store, TokenRecord } from '../../../src/store/store.ts'
import { readAssembledList } from '../../support/assembled-list.ts'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const { auditEntry, authorityRecord, clientRecord, insertCertificate, secondsLater, seed } = fixtures

const READ = ['bob.user.read']
const WRITE = ['bob.user.read', 'bob.user.write']

function record(store: Store, tokenId: string, changes: Partial<TokenRecord> = {}, clientVersion = 1) {
  const token = { tokenId, clientId: 'alice', scopes: WRITE, expiresAt: secondsLater(300), ...changes }
  return store.tokens.record(token, clientVersion, auditEntry({ action: 'token.issue' }))
}

async function withdraw(store: Store, changes: Partial<ScopeChange> = {}) {
  const change = { clientId: 'alice', grantedScopes: READ, at: fixtures.NOW, dryRun: false, ...changes }
  const result = await store.clients.setScopes(change, auditEntry({ action: 'client.set_scopes' }))
  assert.ok(result.outcome === 'changed')
  return result
}

async function listed(store: Store, authorityId = 'issuing-1') {
  const number = await store.crls.reserveNumber(authorityId)
  const entries = await readAssembledList(store, authorityId, number, fixtures.NOW)
  return entries.map(({ serialNumber }) => serialNumber).sort()
}

const standIns = (...tokenIds: string[]) => tokenIds.map((tokenId) => formatHex(tokenStandIn(tokenId))).sort()

async function audit(store: Store) {
  return store.audit.list({ afterSequence: 0n, limit: 1000 })
}

/** What is known of tokens while they live, and what taking a scope does to them. */
export function tokenRecordContract(withStore: WithStore): void {
  describe('tokens on record', () => {
    it(
      'are entered with their audit entry',
      withStore(async (store) => {
        await seed(store)
        assert.equal(await record(store, 'one'), 'recorded')
        assert.equal((await audit(store)).at(-1)?.action, 'token.issue')
        assert.equal(store.tokens.isRevoked('one'), false)
      }),
    )
    it(
      'are refused unless their client is active and at the version of the plan',
      withStore(async (store) => {
        await seed(store)
        const refuse = async (clientId: string, version: number) => {
          const entries = (await audit(store)).length
          assert.equal(await record(store, 'one', { clientId }, version), 'client_changed')
          assert.equal((await audit(store)).length, entries)
        }
        await refuse('alice', 2)
        await refuse('nobody', 1)
        const lock = { clientId: 'alice', state: 'locked', lockMessage: '', at: fixtures.NOW } as const
        await store.clients.setState(lock, auditEntry())
        await refuse('alice', 2)
        await store.clients.setState({ ...lock, state: 'active' }, auditEntry())
        assert.equal(await record(store, 'one', {}, 3), 'recorded')
      }),
    )
    it(
      'are revoked with the change that takes a scope which they carry, expired or not, and no others',
      withStore(async (store) => {
        await seed(store)
        await store.authorities.create(authorityRecord({ id: 'issuing-2' }), auditEntry())
        await store.crls.skipTo('issuing-2', 7n)
        await store.clients.create(clientRecord({ clientId: 'carol' }), auditEntry())
        await record(store, 'writes')
        await record(store, 'expired', { expiresAt: secondsLater(-1) })
        await record(store, 'reads', { scopes: READ })
        await record(store, 'nothing', { scopes: [] })
        await record(store, 'of carol', { clientId: 'carol' })
        const { tokens, authorityIds, crlNumber, revoked } = await withdraw(store)
        assert.deepEqual(tokens, { count: 2, remain: false })
        assert.deepEqual([[...authorityIds].sort(), crlNumber], [['issuing-1', 'issuing-2'], 7n])
        assert.deepEqual(revoked, [])
        const ids = ['writes', 'expired', 'reads', 'nothing', 'of carol']
        assert.deepEqual(
          ids.map((id) => store.tokens.isRevoked(id)),
          [true, true, false, false, false],
        )
        assert.equal(await store.crls.hasUnpublished('issuing-1'), true)
        assert.deepEqual(await listed(store), standIns('writes'))
        assert.deepEqual(await listed(store, 'issuing-2'), standIns('writes'))
        const details = { note: 'n', count: 0, serial_numbers: [], token_count: 2 }
        assert.deepEqual((await audit(store)).at(-1)?.details, details)
        assert.deepEqual((await withdraw(store)).tokens, { count: 0, remain: false })
      }),
    )
    it(
      'stand in a list of the same number as the certificates that go with them',
      withStore(async (store) => {
        await seed(store)
        await insertCertificate(store)
        await record(store, 'one')
        const { revoked, tokens, authorityIds, crlNumber } = await withdraw(store)
        assert.equal(tokens.count, 1)
        assert.equal(revoked[0]?.revocation?.crlNumber, crlNumber)
        assert.deepEqual(authorityIds, ['issuing-1'])
        assert.deepEqual(await listed(store), ['0a01', ...standIns('one')].sort())
      }),
    )
    it(
      'are not revoked by a dry run, which answers what would be',
      withStore(async (store) => {
        await seed(store)
        await record(store, 'one')
        const entries = (await audit(store)).length
        const planned = await withdraw(store, { dryRun: true })
        assert.equal(store.tokens.isRevoked('one'), false)
        assert.equal((await audit(store)).length, entries)
        assert.deepEqual(await withdraw(store), planned)
        assert.equal(planned.tokens.count, 1)
      }),
    )
    it(
      'that were revoked before are not counted again',
      withStore(async (store) => {
        await seed(store)
        await record(store, 'one')
        const known = { tokenId: 'one', clientId: 'alice', expiresAt: secondsLater(300), at: fixtures.NOW }
        await store.tokens.revoke(known, auditEntry())
        assert.deepEqual((await withdraw(store)).tokens, { count: 0, remain: false })
        assert.equal(store.tokens.isRevoked('one'), true)
      }),
    )
    it(
      'are recorded before a change, and revoked by it, or not at all',
      withStore(async (store) => {
        await seed(store)
        const ids = Array.from({ length: 40 }, (_, i) => `t${i}`)
        const recording = ids.map(async (id, i) => {
          if (i === 20) await withdraw(store)
          return record(store, id)
        })
        for (const [i, outcome] of (await Promise.all(recording)).entries())
          assert.equal(store.tokens.isRevoked(ids[i]!), outcome === 'recorded')
      }),
    )
    it(
      'beyond what one transaction revokes remain, for the same change again',
      withStore(async (store) => {
        await seed(store)
        const ids = Array.from({ length: MAX_TOKENS_WITHDRAWN + 1 }, (_, i) => `t${i}`)
        await Promise.all(ids.map((id) => record(store, id)))
        assert.deepEqual((await withdraw(store)).tokens, { count: MAX_TOKENS_WITHDRAWN, remain: true })
        const rest = await withdraw(store)
        assert.deepEqual(rest.tokens, { count: 1, remain: false })
        assert.equal(rest.client.version, 2)
        assert.deepEqual(
          ids.filter((id) => !store.tokens.isRevoked(id)),
          [],
        )
      }),
    )
    it(
      'are forgotten when they expired before then, a bounded number at a time, and stay revoked',
      withStore(async (store) => {
        await seed(store)
        await record(store, 'lives')
        await record(store, 'revoked', { expiresAt: fixtures.NOW })
        await withdraw(store, { grantedScopes: ['bob.user.write'] })
        await withdraw(store, { grantedScopes: WRITE })
        await record(store, 'lives too', { scopes: READ }, 3)
        const expired = Array.from({ length: MAX_TOKENS_PRUNED + 1 }, (_, i) =>
          record(store, `t${i}`, { expiresAt: fixtures.NOW }, 3),
        )
        await Promise.all(expired)
        assert.equal(await store.tokens.pruneRecorded(fixtures.NOW), 0)
        assert.equal(await store.tokens.pruneRecorded(secondsLater(1)), MAX_TOKENS_PRUNED)
        assert.equal(await store.tokens.pruneRecorded(secondsLater(1)), 1)
        assert.equal(await store.tokens.pruneRecorded(secondsLater(1)), 0)
        assert.equal(store.tokens.isRevoked('revoked'), true)
        assert.deepEqual((await withdraw(store, { grantedScopes: [] })).tokens, { count: 1, remain: false })
      }),
    )
  })
}
