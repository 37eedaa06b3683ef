import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const { nonceClaim, secondsLater } = fixtures
const LIMIT = 100_000

/** Nonces. */
export function nonceContract(withStore: WithStore): void {
  describe('nonces', () => {
    it(
      'are claimed by the first claim only',
      withStore(async (store) => {
        assert.equal(await store.nonces.claim(nonceClaim(), LIMIT), 'claimed')
        assert.equal(await store.nonces.claim(nonceClaim(), LIMIT), 'replayed')
      }),
    )
    it(
      'of two certificates are apart',
      withStore(async (store) => {
        assert.equal(await store.nonces.claim(nonceClaim(), LIMIT), 'claimed')
        assert.equal(await store.nonces.claim(nonceClaim({ keyId: fixtures.digestOf(8) }), LIMIT), 'claimed')
        assert.equal(await store.nonces.claim(nonceClaim({ nonce: 'nonce-0123456780' }), LIMIT), 'claimed')
      }),
    )
    it(
      'are claimed once by many concurrent claims',
      withStore(async (store) => {
        const claims = Array.from({ length: 640 }, (_, i) =>
          store.nonces.claim(nonceClaim({ nonce: `nonce-${i % 10}` }), LIMIT),
        )
        const results = await Promise.all(claims)
        assert.equal(results.filter((result) => result === 'claimed').length, 10)
        assert.equal(results.filter((result) => result === 'replayed').length, 630)
      }),
    )
    it(
      'count through their last instant and can be claimed anew after it',
      withStore(async (store) => {
        await store.nonces.claim(nonceClaim({ expiresAt: secondsLater(90) }), LIMIT)
        const again = (at: Date) =>
          store.nonces.claim(nonceClaim({ at, expiresAt: secondsLater(200) }), LIMIT)
        assert.equal(await again(secondsLater(90)), 'replayed')
        assert.equal(await again(secondsLater(90.001)), 'claimed')
        assert.equal(await again(secondsLater(200)), 'replayed')
      }),
    )
    it(
      'are refused as full at the limit, and a replay is still told as one',
      withStore(async (store) => {
        for (const nonce of ['a', 'b', 'c'])
          assert.equal(await store.nonces.claim(nonceClaim({ nonce }), 3), 'claimed')
        assert.equal(await store.nonces.claim(nonceClaim({ nonce: 'd' }), 3), 'full')
        assert.equal(await store.nonces.claim(nonceClaim({ nonce: 'a' }), 3), 'replayed')
        assert.equal(await store.nonces.claim(nonceClaim({ nonce: 'd' }), 4), 'claimed')
      }),
    )
    it(
      'stop at exactly the limit under concurrent claims',
      withStore(async (store) => {
        const results = await Promise.all(
          Array.from({ length: 100 }, (_, i) => store.nonces.claim(nonceClaim({ nonce: `n${i}` }), 40)),
        )
        assert.equal(results.filter((result) => result === 'claimed').length, 40)
        assert.equal(results.filter((result) => result === 'full').length, 60)
      }),
    )
    it(
      'that have expired make room when they are pruned, and no sooner: the clock of a claim may be wrong',
      withStore(async (store) => {
        for (const nonce of ['a', 'b', 'c']) await store.nonces.claim(nonceClaim({ nonce }), 3)
        const late = { at: secondsLater(91), expiresAt: secondsLater(180) }
        assert.equal(await store.nonces.claim(nonceClaim({ nonce: 'a', ...late }), 3), 'claimed')
        assert.equal(await store.nonces.claim(nonceClaim({ nonce: 'd', ...late }), 3), 'full')
        assert.equal(await store.nonces.claim(nonceClaim({ nonce: 'b' }), 3), 'replayed')
        assert.equal(await store.nonces.prune(secondsLater(91)), 2)
        for (const nonce of ['d', 'e'])
          assert.equal(await store.nonces.claim(nonceClaim({ nonce, ...late }), 3), 'claimed')
        assert.equal(await store.nonces.claim(nonceClaim({ nonce: 'f', ...late }), 3), 'full')
      }),
    )
    it(
      'are pruned after they expired, not before, a bounded number per call',
      withStore(async (store) => {
        await Promise.all(
          Array.from({ length: 10_050 }, (_, i) => store.nonces.claim(nonceClaim({ nonce: `n${i}` }), LIMIT)),
        )
        await store.nonces.claim(nonceClaim({ nonce: 'late', expiresAt: secondsLater(500) }), LIMIT)
        assert.equal(await store.nonces.prune(secondsLater(90)), 0)
        const first = await store.nonces.prune(secondsLater(91))
        assert.ok(first > 0 && first < 10_050)
        let rest = 0
        for (let call = 0; call < 20; call++) rest += await store.nonces.prune(secondsLater(91))
        assert.equal(first + rest, 10_050)
        assert.equal(
          await store.nonces.claim(nonceClaim({ nonce: 'late', at: secondsLater(91) }), LIMIT),
          'replayed',
        )
        assert.equal(await store.nonces.claim(nonceClaim({ nonce: 'new', at: secondsLater(91) }), 1), 'full')
        assert.equal(
          await store.nonces.claim(nonceClaim({ nonce: 'new', at: secondsLater(91) }), 2),
          'claimed',
        )
      }),
    )
  })
}
