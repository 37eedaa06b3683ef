import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatHex } from '../../../src/core/bytes.ts'
import { MAX_TOKENS_PRUNED, TOKENS_GONE_SECONDS } from '../../../src/core/token-limits.ts'
import { clientStandIn, tokenStandIn } from '../../../src/core/revocation/stand-in-serial.ts'
import type { Store, TokenRevocation } from '../../../src/store/store.ts'
import { readAssembledList } from '../../support/assembled-list.ts'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const { auditEntry, authorityRecord, secondsLater, seed } = fixtures
const ALICE = formatHex(clientStandIn('alice'))

function revoke(store: Store, tokenId: string, changes: Partial<TokenRevocation> = {}) {
  const revocation = {
    tokenId,
    clientId: 'alice',
    expiresAt: secondsLater(300),
    at: fixtures.NOW,
    ...changes,
  }
  return store.tokens.revoke(revocation, auditEntry({ action: 'token.revoke' }))
}

function setState(store: Store, state: 'active' | 'locked', at = fixtures.NOW) {
  const change = { clientId: 'alice', state, lockMessage: '', at }
  return store.clients.setState(change, auditEntry())
}

/** What the next list of an authority names, and why. */
async function listed(store: Store, authorityId = 'issuing-1', expiredBefore = fixtures.NOW) {
  const number = await store.crls.reserveNumber(authorityId)
  const entries = await readAssembledList(store, authorityId, number, expiredBefore)
  return entries.map(({ serialNumber, reason }) => [serialNumber, reason])
}

const tokenEntry = (tokenId: string) => [formatHex(tokenStandIn(tokenId)), 'unspecified']

async function auditCount(store: Store): Promise<number> {
  return (await store.audit.list({ afterSequence: 0n, limit: 1000 })).length
}

/** Revoked tokens, and what lists say of tokens and clients. */
export function tokenContract(withStore: WithStore): void {
  describe('tokens', () => {
    it(
      'that are revoked are known as such at once, and stand in the next list',
      withStore(async (store) => {
        await seed(store)
        assert.equal(store.tokens.isRevoked('one'), false)
        assert.deepEqual(await revoke(store, 'one'), {
          outcome: 'revoked',
          authorityIds: ['issuing-1'],
          crlNumber: 1n,
        })
        assert.equal(store.tokens.isRevoked('one'), true)
        assert.equal(store.tokens.isRevoked('two'), false)
        assert.equal(await store.crls.hasUnpublished('issuing-1'), true)
        assert.deepEqual(await listed(store), [tokenEntry('one')])
        assert.equal((await store.audit.list({ afterSequence: 0n, limit: 9 })).at(-1)?.action, 'token.revoke')
      }),
    )
    it(
      'that are revoked again stay as they are, without another entry',
      withStore(async (store) => {
        await seed(store)
        await revoke(store, 'one')
        await listed(store)
        const entries = await auditCount(store)
        for (const changes of [{}, { expiresAt: secondsLater(10) }, { clientId: undefined }]) {
          assert.deepEqual(await revoke(store, 'one', changes), {
            outcome: 'already_revoked',
            authorityIds: [],
            crlNumber: 1n,
          })
        }
        assert.equal(await auditCount(store), entries)
        assert.deepEqual(
          await store.crls.changes('issuing-1', 1n, await store.crls.reserveNumber('issuing-1'), 9),
          [],
        )
      }),
    )
    it(
      'that live longer than was said stand in lists for as long',
      withStore(async (store) => {
        await seed(store)
        await revoke(store, 'one')
        await listed(store)
        const again = await revoke(store, 'one', { expiresAt: secondsLater(900) })
        assert.deepEqual(again, { outcome: 'already_revoked', authorityIds: ['issuing-1'], crlNumber: 2n })
        assert.deepEqual(await listed(store, 'issuing-1', secondsLater(600)), [tokenEntry('one')])
        assert.equal(await store.tokens.prune(secondsLater(600)), 0)
        assert.equal(store.tokens.isRevoked('one'), true)
      }),
    )
    it(
      'stand in the lists of every issuing authority, and of no root',
      withStore(async (store) => {
        await seed(store)
        await store.authorities.create(authorityRecord({ id: 'root', role: 'root' }), auditEntry())
        await store.authorities.create(authorityRecord({ id: 'issuing-2' }), auditEntry())
        await store.crls.skipTo('issuing-2', 7n)
        const revoked = await revoke(store, 'one')
        assert.ok(revoked.outcome === 'revoked')
        const { authorityIds, crlNumber } = revoked
        assert.deepEqual([authorityIds, crlNumber], [['issuing-1', 'issuing-2'], 7n])
        for (const id of authorityIds) assert.deepEqual(await listed(store, id), [tokenEntry('one')])
        assert.deepEqual(await listed(store, 'root'), [])
      }),
    )
    it(
      'of one client are as many as may be, unless they are revoked already or nobody counts',
      withStore(async (store) => {
        await seed(store)
        await revoke(store, 'one', { maxOfClient: 2 })
        await revoke(store, 'two', { maxOfClient: 2 })
        const entries = await auditCount(store)
        assert.deepEqual(await revoke(store, 'three', { maxOfClient: 2 }), { outcome: 'too_many' })
        assert.equal(store.tokens.isRevoked('three'), false)
        assert.equal(await auditCount(store), entries)
        assert.equal((await revoke(store, 'one', { maxOfClient: 2 })).outcome, 'already_revoked')
        assert.equal((await revoke(store, 'four', { clientId: 'bob', maxOfClient: 2 })).outcome, 'revoked')
        assert.equal(
          (await revoke(store, 'five', { clientId: undefined, maxOfClient: 0 })).outcome,
          'revoked',
        )
        assert.equal((await revoke(store, 'three')).outcome, 'revoked')
      }),
    )
    it(
      'that expired are forgotten, a bounded number at a time, and the others are not',
      withStore(async (store) => {
        await seed(store)
        await revoke(store, 'lives', { expiresAt: secondsLater(10) })
        const count = MAX_TOKENS_PRUNED + 1
        await Promise.all(
          Array.from({ length: count }, (_, i) => revoke(store, `t${i}`, { expiresAt: fixtures.NOW })),
        )
        assert.equal((await listed(store)).length, 1)
        assert.equal(await store.tokens.prune(fixtures.NOW), 0)
        assert.equal(await store.tokens.prune(secondsLater(1)), MAX_TOKENS_PRUNED)
        assert.equal(await store.tokens.prune(secondsLater(1)), 1)
        assert.equal(await store.tokens.prune(secondsLater(1)), 0)
        assert.equal(store.tokens.isRevoked('t0'), false)
        assert.equal(store.tokens.isRevoked('lives'), true)
        const upTo = await store.crls.reserveNumber('issuing-1')
        const changes = await store.crls.changes('issuing-1', 0n, upTo, 9)
        assert.deepEqual(
          changes?.map(({ serialNumber, reason }) => [serialNumber, reason]),
          [tokenEntry('lives')],
        )
      }),
    )
  })

  describe('clients in lists', () => {
    it(
      'are on hold while they are locked, for as long as a token of theirs could live',
      withStore(async (store) => {
        await seed(store)
        await setState(store, 'locked')
        assert.deepEqual(await listed(store), [[ALICE, 'certificateHold']])
        const gone = secondsLater(TOKENS_GONE_SECONDS)
        assert.deepEqual(await listed(store, 'issuing-1', new Date(gone.getTime() - 1)), [
          [ALICE, 'certificateHold'],
        ])
        assert.deepEqual(await listed(store, 'issuing-1', gone), [])
        await setState(store, 'active')
        assert.deepEqual(await listed(store), [])
      }),
    )
    it(
      'leave by a delta when they are unlocked, however long ago they were locked',
      withStore(async (store) => {
        await seed(store)
        await setState(store, 'locked')
        const base = await store.crls.reserveNumber('issuing-1')
        const later = secondsLater(2 * TOKENS_GONE_SECONDS)
        const { crlNumber, authorityIds } = (await setState(store, 'active', later))!
        assert.deepEqual([authorityIds, crlNumber], [['issuing-1'], base + 1n])
        const upTo = await store.crls.reserveNumber('issuing-1')
        const changes = await store.crls.changes('issuing-1', base, upTo, 9)
        assert.deepEqual(
          changes?.map(({ serialNumber, reason }) => [serialNumber, reason]),
          [[ALICE, 'removeFromCRL']],
        )
      }),
    )
    it(
      'are named for good when they are removed, also those that are locked',
      withStore(async (store) => {
        await seed(store)
        await setState(store, 'locked')
        await listed(store)
        const removal = { clientId: 'alice', at: fixtures.NOW, dryRun: false }
        const removed = await store.clients.remove(removal, auditEntry())
        assert.ok(removed.outcome === 'removed')
        assert.deepEqual([removed.authorityIds, removed.crlNumber], [['issuing-1'], 2n])
        assert.deepEqual(await listed(store), [[ALICE, 'cessationOfOperation']])
      }),
    )
    it(
      'of whom nothing was ever listed leave no list when they are unlocked',
      withStore(async (store) => {
        await seed(store)
        const { authorityIds, crlNumber } = (await store.clients.setState(
          { clientId: 'alice', state: 'active', lockMessage: 'x', at: fixtures.NOW },
          auditEntry(),
        ))!
        assert.deepEqual([authorityIds, crlNumber], [[], 0n])
      }),
    )
  })
}
