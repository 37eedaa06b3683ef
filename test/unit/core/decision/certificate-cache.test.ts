import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCertificateCache } from '../../../../src/core/decision/certificate-cache.ts'
import { deny, firstDenial, isDenial } from '../../../../src/core/decision/denial.ts'
import { chainKey, parseChain, verifyPath, withoutOurs } from '../../../../src/core/decision/verified-path.ts'
import { FIXTURE_NOW, createDecisionFixture } from '../../../support/decision-fixture.ts'

const fixture = createDecisionFixture()
const leaf = fixture.client('ed25519')

async function verifiedPath() {
  const parsed = parseChain([leaf])
  assert.ok(!isDenial(parsed))
  const path = await verifyPath(parsed, fixture.trust, FIXTURE_NOW)
  assert.ok(!isDenial(path))
  return path
}

describe('the certificate cache', () => {
  it('forgets what was not used for longest', async () => {
    const path = await verifiedPath()
    const cache = createCertificateCache(2)
    cache.set('a', path)
    cache.set('b', path)
    assert.equal(cache.get('a'), path)
    cache.set('c', path)
    assert.equal(cache.get('b'), undefined)
    assert.equal(cache.get('a'), path)
    assert.equal(cache.get('c'), path)
  })

  it('holds no more than it may, down to nothing', async () => {
    const path = await verifiedPath()
    const cache = createCertificateCache(0)
    cache.set('a', path)
    assert.equal(cache.get('a'), undefined)
  })

  it('counts an entry that is set again once', async () => {
    const path = await verifiedPath()
    const cache = createCertificateCache(2)
    for (const key of ['a', 'b', 'b', 'b']) cache.set(key, path)
    assert.equal(cache.get('a'), path)
  })

  it('can be cleared', async () => {
    const cache = createCertificateCache(2)
    cache.set('a', await verifiedPath())
    cache.clear()
    assert.equal(cache.get('a'), undefined)
  })

  it('takes no authority of the bundle beside the leaf for another chain', () => {
    const [a, b] = [Uint8Array.of(1, 2), Uint8Array.of(3)]
    const { issuing: ours, root, trust } = fixture
    for (const [chain, same] of [
      [[a, ours], [a]],
      [[a, root, ours, ours], [a]],
      [
        [a, ours, b, root],
        [a, b],
      ],
    ] as const)
      assert.equal(chainKey(withoutOurs(chain, trust)), chainKey(withoutOurs(same, trust)))
  })

  it('tells chains apart by every octet and by where certificates begin', () => {
    const [a, b] = [Uint8Array.of(1, 2), Uint8Array.of(3)]
    const ours = fixture.issuing
    const altered = Uint8Array.from(ours, (octet, i) => (i === 40 ? octet ^ 1 : octet))
    const chains = [
      ...[[a, b], [b, a], [a], [Uint8Array.of(1, 2, 3)], [Uint8Array.of(1), Uint8Array.of(2, 3)]],
      ...[[ours, a], [ours], [a, altered]],
    ]
    const keyOf = (chain: readonly Uint8Array[]) => chainKey(withoutOurs(chain, fixture.trust))
    const keys = chains.map(keyOf)
    assert.equal(new Set(keys).size, keys.length)
    const copies = chains.map((chain) => keyOf(chain.map((der) => Uint8Array.from(der))))
    assert.deepEqual(copies, keys)
  })
})

describe('firstDenial', () => {
  it('picks the reason that comes first, and the first of equals', () => {
    const [late, early, equal] = [
      deny('NONCE_REPLAYED', '1'),
      deny('CERTIFICATE_REVOKED', '2'),
      deny('CERTIFICATE_REVOKED', '3'),
    ]
    assert.equal(firstDenial([late, early, equal]), early)
    assert.equal(firstDenial([]), undefined)
  })
})
