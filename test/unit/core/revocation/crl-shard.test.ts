import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SERIAL_BYTES, toSerialNumber } from '../../../../src/core/issuance/plan.ts'
import { MAX_CRL_SHARDS } from '../../../../src/core/limits.ts'
import { formatShard, isShardCount, shardOf } from '../../../../src/core/revocation/crl-shard.ts'

const serial = (last: number) => Uint8Array.of(0x40, 7, last)

describe('the shard of a certificate', () => {
  it('follows from its serial number alone, and each of them gets its share', () => {
    for (const count of [2, 16, 256]) {
      const members = new Map<number, number>()
      for (let last = 0; last < 256; last++) {
        const { count: of, index } = shardOf(serial(last), count)
        assert.equal(of, count)
        assert.ok(index >= 0 && index < count)
        members.set(index, (members.get(index) ?? 0) + 1)
      }
      assert.deepEqual(new Set(members.values()), new Set([256 / count]))
      assert.equal(members.size, count)
    }
  })

  it('of a larger number is a part of that of a smaller one', () => {
    for (let last = 0; last < 256; last++)
      assert.equal(shardOf(serial(last), 64).index % 16, shardOf(serial(last), 16).index)
  })

  it('is that of the random octets which the serial number is made from', () => {
    for (const first of [0x00, 0x80, 0xff]) {
      const octets = new Uint8Array(SERIAL_BYTES).fill(first)
      assert.deepEqual(shardOf(octets, 256), shardOf(toSerialNumber(octets), 256))
    }
  })

  it('is named by both numbers', () => {
    assert.equal(formatShard({ count: 16, index: 3 }), '16-3')
  })

  it('is one of a power of two, up to the limit', () => {
    const counts = Array.from({ length: 600 }, (_, i) => i).filter(isShardCount)
    assert.deepEqual(counts, [2, 4, 8, 16, 32, 64, 128, MAX_CRL_SHARDS])
    for (const count of [-2, 0.5, 2.5, NaN, Infinity]) assert.equal(isShardCount(count), false)
  })
})
