import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keepNoncesPruned, keepRevokedTokensPruned } from '../../../src/authority/keep-pruned.ts'
import { createMemoryStore } from '../../../src/store/memory/memory-store.ts'
import { START } from '../../support/build-use-cases.ts'
import { createFakeTime, silentLog } from '../../support/fakes.ts'
import { auditEntry } from '../../support/store-fixtures.ts'

const claimAt = (nonce: string, at: Date, seconds: number) => ({
  keyId: new Uint8Array(32),
  nonce,
  at,
  expiresAt: new Date(at.getTime() + seconds * 1000),
})

describe('keepNoncesPruned', () => {
  it('makes room for new nonces when old ones have run out', async () => {
    const time = createFakeTime(START)
    const { clock } = time
    const store = createMemoryStore()
    keepNoncesPruned({ store, ...time, log: silentLog })
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
    keepNoncesPruned({ store: { nonces }, ...time, log: silentLog })
    await time.advance(20_000)
    assert.ok(calls >= 3)
  })

  it('leaves no timer behind when it is stopped', () => {
    const time = createFakeTime(START)
    const stop = keepNoncesPruned({ store: createMemoryStore(), ...time, log: silentLog })
    stop()
    assert.equal(time.waiting, 0)
  })
})

describe('keepRevokedTokensPruned', () => {
  it('forgets a revoked token one lifetime of a list after it expired, and not before', async () => {
    const time = createFakeTime(START)
    const store = createMemoryStore()
    const settings = { crlLifetimeSeconds: 3600 }
    const stop = keepRevokedTokensPruned({ store, ...time, log: silentLog, settings })
    const expiresAt = new Date(START.getTime() + 300_000)
    await store.tokens.revoke({ tokenId: 'one', clientId: 'alice', expiresAt, at: START }, auditEntry())
    await time.advance(3_900_000)
    assert.equal(store.tokens.isRevoked('one'), true)
    await time.advance(10_000)
    assert.equal(store.tokens.isRevoked('one'), false)
    stop()
    assert.equal(time.waiting, 0)
  })
})
