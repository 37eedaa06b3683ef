import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  keepExpiredTokensPruned,
  keepNoncesPruned,
  keepRevokedTokensPruned,
} from '../../../src/authority/keep-pruned.ts'
import { createSettledClock } from '../../../src/authority/settled-clock.ts'
import { createMemoryStore } from '../../../src/store/memory/memory-store.ts'
import { START } from '../../support/build-use-cases.ts'
import { type FakeTime, createFakeTime, silentLog } from '../../support/fakes.ts'
import { auditEntry, clientRecord } from '../../support/store-fixtures.ts'

const settings = { ageWindowSeconds: 60, clockSkewSeconds: 30, crlLifetimeSeconds: 3600 }
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const claimAt = (nonce: string, at: Date, seconds: number) => ({
  keyId: new Uint8Array(32),
  nonce,
  at,
  expiresAt: new Date(at.getTime() + seconds * 1000),
})

function start(time: FakeTime, store = createMemoryStore()) {
  const deps = { ...time, store, log: silentLog, settings }
  const settled = createSettledClock(deps)
  const stops = [keepNoncesPruned, keepRevokedTokensPruned, keepExpiredTokensPruned].map((keep) =>
    keep({ ...deps, settled }),
  )
  return {
    store,
    stop: () => {
      for (const stop of stops) stop()
    },
  }
}

describe('keepNoncesPruned', () => {
  it('makes room for new nonces when old ones have run out', async () => {
    const time = createFakeTime(START)
    const { clock } = time
    const { store } = start(time)
    await time.advance(20 * MINUTE)
    for (const nonce of ['a', 'b']) await store.nonces.claim(claimAt(nonce, clock.now(), 60), 2)
    assert.equal(await store.nonces.claim(claimAt('c', clock.now(), 60), 2), 'full')
    await time.advance(70_000)
    assert.equal(await store.nonces.claim(claimAt('c', clock.now(), 60), 2), 'claimed')
  })

  it('goes on after the store failed once', async () => {
    const time = createFakeTime(START)
    let calls = 0
    const nonces = {
      claim: () => Promise.resolve('claimed' as const),
      prune: () => (++calls === 1 ? Promise.reject(new Error('busy')) : Promise.resolve(0)),
    }
    start(time, { ...createMemoryStore(), nonces })
    await time.advance(20 * MINUTE)
    assert.ok(calls >= 3)
  })

  it('leaves no timer behind when it is stopped', () => {
    const time = createFakeTime(START)
    start(time).stop()
    assert.equal(time.waiting, 0)
  })

  it('keeps a nonce that can be replayed when the clock is set ahead and then right, however far and soon', async () => {
    for (const aheadMs of [2 * MINUTE, 10 * MINUTE, DAY, 400 * DAY]) {
      const time = createFakeTime(START)
      const { store } = start(time)
      await time.advance(20 * MINUTE)
      const { clock } = time
      await store.nonces.claim(claimAt('a', clock.now(), 90), 9)
      time.setClock(aheadMs)
      await time.advance(MINUTE)
      time.setClock(-aheadMs)
      assert.equal(await store.nonces.claim(claimAt('a', clock.now(), 90), 9), 'replayed')
    }
  })

  it('keeps it also where the process began while the clock was ahead', async () => {
    const time = createFakeTime(START)
    const store = createMemoryStore()
    await store.nonces.claim(claimAt('a', time.clock.now(), 330), 9)
    time.setClock(DAY)
    start(time, store)
    await time.advance(5 * MINUTE)
    time.setClock(-DAY)
    assert.equal(await store.nonces.claim(claimAt('a', time.clock.now(), 330), 9), 'replayed')
  })

  it('goes on pruning by a clock that stays where it was set', async () => {
    const time = createFakeTime(START)
    const { store } = start(time)
    await time.advance(20 * MINUTE)
    time.setClock(DAY)
    await time.advance(20 * MINUTE)
    await store.nonces.claim(claimAt('a', time.clock.now(), 60), 1)
    await time.advance(70_000)
    assert.equal(await store.nonces.claim(claimAt('b', time.clock.now(), 60), 1), 'claimed')
  })
})

describe('keepRevokedTokensPruned', () => {
  const revoke = (store: ReturnType<typeof createMemoryStore>, at: Date) => {
    const expiresAt = new Date(at.getTime() + 5 * MINUTE)
    return store.tokens.revoke({ tokenId: 'one', clientId: 'alice', expiresAt, at }, auditEntry())
  }

  it('forgets a revoked token one lifetime of a list after it expired, and not before', async () => {
    const time = createFakeTime(START)
    const { store, stop } = start(time)
    await revoke(store, START)
    await time.advance(3_900_000)
    assert.equal(store.tokens.isRevoked('one'), true)
    await time.advance(10_000)
    assert.equal(store.tokens.isRevoked('one'), false)
    stop()
    assert.equal(time.waiting, 0)
  })

  it('keeps one that lives while the clock is ahead by more than the lifetime of a list', async () => {
    const time = createFakeTime(START)
    const { store } = start(time)
    await time.advance(20 * MINUTE)
    await revoke(store, time.clock.now())
    time.setClock(2 * DAY)
    await time.advance(4 * MINUTE)
    time.setClock(-2 * DAY)
    assert.equal(store.tokens.isRevoked('one'), true)
  })
})

describe('keepExpiredTokensPruned', () => {
  it('forgets what an expired token carried, and not before it has expired for certain', async () => {
    const time = createFakeTime(START)
    const { store } = start(time)
    const { clock } = time
    await store.clients.create(clientRecord(), auditEntry())
    await time.advance(20 * MINUTE)
    const record = (tokenId: string) => {
      const expiresAt = new Date(clock.now().getTime() + 5 * MINUTE)
      return store.tokens.record({ tokenId, clientId: 'alice', scopes: ['a.b'], expiresAt }, 1, auditEntry())
    }
    const wouldRevoke = async () => {
      const change = { clientId: 'alice', grantedScopes: [], at: clock.now(), dryRun: true }
      const result = await store.clients.setScopes(change, auditEntry())
      return result.outcome === 'changed' && result.tokens.count
    }
    await record('one')
    time.setClock(DAY)
    await time.advance(MINUTE)
    assert.equal(await wouldRevoke(), 1)
    time.setClock(-DAY)
    await time.advance(3 * MINUTE)
    assert.equal(await wouldRevoke(), 1)
    await time.advance(20 * MINUTE)
    assert.equal(await wouldRevoke(), 0)
  })
})
