import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { peerOf } from '../../../src/http/limit-peers.ts'

describe('peerOf', () => {
  it('takes an IPv4 address for a peer, however it is written', () => {
    assert.equal(peerOf('192.0.2.1'), '192.0.2.1')
    assert.equal(peerOf('::ffff:192.0.2.1'), '192.0.2.1')
    assert.equal(peerOf('::FFFF:192.0.2.1'), '192.0.2.1')
    assert.notEqual(peerOf('192.0.2.1'), peerOf('192.0.2.2'))
  })

  it('takes all addresses of one /64 of IPv6 for one peer, and those of another for another', () => {
    const one = '2001:db8:0:1::/64'
    for (const address of [
      '2001:db8:0:1::',
      '2001:db8:0:1::1',
      '2001:0db8::1:ffff:1:2:3',
      '2001:db8:0:1:a:b:c:d%eth0',
    ])
      assert.equal(peerOf(address), one, address)
    for (const address of ['2001:db8::1', '2001:db8:0:2::1', '2001:db8:1:1::1', '::1', 'fe80::1%eth0'])
      assert.notEqual(peerOf(address), one, address)
    assert.equal(peerOf('::1'), '0:0:0:0::/64')
  })

  it('has no address that is known before the connection is gone for a peer of its own', () => {
    assert.equal(peerOf(''), '')
  })
})
