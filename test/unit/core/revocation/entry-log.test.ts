import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { concatBytes } from '../../../../src/core/bytes.ts'
import { createEntryLog } from '../../../../src/core/revocation/entry-log.ts'

describe('a log of entries', () => {
  it('is empty at first', () => {
    assert.deepEqual(createEntryLog().expiringAfter(0), { count: 0, pieces: [] })
  })
  it('gives back what was appended, joined, and leaves out what expired by then', () => {
    const log = createEntryLog()
    const entries = [10, 20, 10, 30, 30, 10].map((notAfter, i) => ({
      notAfter,
      bytes: new Uint8Array(i + 1).fill(i),
    }))
    for (const { notAfter, bytes } of entries) log.append(bytes, notAfter)
    for (const expiredBefore of [0, 9, 10, 20, 30]) {
      const kept = entries.filter(({ notAfter }) => notAfter > expiredBefore)
      const { count, pieces } = log.expiringAfter(expiredBefore)
      assert.equal(count, kept.length)
      assert.deepEqual(concatBytes([...pieces]), concatBytes(kept.map(({ bytes }) => bytes)))
    }
    assert.equal(log.expiringAfter(0).pieces.length, 1)
  })
  it('grows past what it began with', () => {
    const log = createEntryLog()
    for (let i = 0; i < 5000; i++) log.append(new Uint8Array(40).fill(i), 1)
    const { count, pieces } = log.expiringAfter(0)
    assert.equal(count, 5000)
    const all = concatBytes([...pieces])
    assert.equal(all.length, 200_000)
    assert.ok(all.every((octet, at) => octet === Math.floor(at / 40) % 256))
  })
})
