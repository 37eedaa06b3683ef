import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createNonceMemory } from '../src/verifier/nonce-memory.ts'

const NOW = new Date('2026-06-01T12:00:00Z')
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)
const KEY = Uint8Array.of(1)
const claim = (nonce: string, change: object = {}) => ({
  keyId: KEY,
  nonce,
  at: NOW,
  expiresAt: after(90),
  ...change,
})

describe('the memory of nonces', () => {
  it('takes a nonce once for a key, and again for another', async () => {
    const memory = createNonceMemory()
    assert.equal(await memory.claim(claim('a')), 'claimed')
    assert.equal(await memory.claim(claim('a')), 'replayed')
    assert.equal(await memory.claim(claim('a', { keyId: Uint8Array.of(2) })), 'claimed')
  })

  it('remembers it up to the last instant at which it could be accepted, and no longer', async () => {
    const memory = createNonceMemory()
    await memory.claim(claim('a'))
    assert.equal(await memory.claim(claim('a', { at: after(90) })), 'replayed')
    assert.equal(await memory.claim(claim('a', { at: after(90.001), expiresAt: after(180) })), 'claimed')
    assert.equal(memory.size, 1)
  })

  it('has no answer when it is full, and goes on when some have ended', async () => {
    const memory = createNonceMemory(2)
    await memory.claim(claim('a'))
    await memory.claim(claim('b'))
    await assert.rejects(memory.claim(claim('c')), { reason: 'NONCE_STORE_FULL' })
    assert.equal(await memory.claim(claim('a')), 'replayed')
    assert.equal(await memory.claim(claim('c', { at: after(91), expiresAt: after(180) })), 'claimed')
    assert.equal(memory.size, 1)
  })

  it('lets one of two claims at once through', async () => {
    const memory = createNonceMemory()
    const outcomes = await Promise.all([memory.claim(claim('a')), memory.claim(claim('a'))])
    assert.deepEqual(outcomes.sort(), ['claimed', 'replayed'])
  })
})
