import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatHex } from '../../../../src/core/bytes.ts'
import { clientStandIn, standInKind, tokenStandIn } from '../../../../src/core/revocation/stand-in-serial.ts'

describe('stand-in serial numbers', () => {
  // Computed with `printf %s 'chancery-stand-in:v1:token:one' | openssl dgst -sha256`, and the like: those who follow lists in other languages rely on them.
  it('are those of docs/protocol.md', () => {
    assert.equal(formatHex(tokenStandIn('one')), '74e7def96f8c0c991e98d3c5e67155293d4599bf')
    assert.equal(formatHex(clientStandIn('one')), '63f23c720df5033e0d11ee7b8c8cd5e671cea480')
  })
  it('are positive, have 20 octets, and say what they stand for', () => {
    for (let i = 0; i < 100; i++) {
      for (const [kind, serialNumber] of [
        ['token', tokenStandIn(`t${i}`)],
        ['client', clientStandIn(`t${i}`)],
      ] as const) {
        assert.equal(serialNumber.length, 20)
        assert.ok(serialNumber[0]! > 0 && serialNumber[0]! < 0x80)
        assert.equal(standInKind(serialNumber), kind)
      }
    }
  })
  it('are never taken for those of certificates of 16 octets, nor the other way round', () => {
    assert.equal(standInKind(tokenStandIn('one').subarray(0, 16)), undefined)
    assert.equal(standInKind(new Uint8Array(20).fill(1)), undefined)
  })
})
