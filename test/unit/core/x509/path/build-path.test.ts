import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  authorityKeyIdentifier,
  makeCa,
  makeKey,
  makeLeaf,
  makeRoot,
  validate,
  verdict,
} from '../../../../support/pki/index.ts'

const root = makeRoot({ subject: 'CN=Root' })
const outer = makeCa(root, { subject: 'CN=Outer' })
const inner = makeCa(outer, { subject: 'CN=Inner' })
const leaf = makeLeaf(inner, { subject: 'CN=leaf' })

describe('building a path', () => {
  it('finds the path whatever the order of the intermediates', async () => {
    for (const via of [
      [inner, outer],
      [outer, inner],
      [outer, root, inner, inner, leaf],
    ]) {
      assert.deepEqual(await validate({ leaf, via, anchors: [root] }), [
        'CN=leaf',
        'CN=Inner',
        'CN=Outer',
        'CN=Root',
      ])
    }
  })

  it('does not know the issuer when an intermediate is missing', async () => {
    assert.equal(await validate({ leaf, via: [outer], anchors: [root] }), 'ISSUER_UNKNOWN')
    assert.equal(await validate({ leaf, via: [inner], anchors: [root] }), 'ISSUER_UNKNOWN')
  })

  it('does not trust a root among the intermediates', async () => {
    const stranger = makeRoot({ subject: 'CN=Stranger' })
    assert.equal(await validate({ leaf, via: [inner, outer, root], anchors: [stranger] }), 'ISSUER_UNKNOWN')
    assert.equal(await validate({ leaf, via: [inner, outer, root], anchors: [] }), 'ISSUER_UNKNOWN')
  })

  it('does not trust a root that has only the name of an anchor', async () => {
    const namesake = makeRoot({ subject: 'CN=Root' })
    assert.notEqual(await verdict({ leaf, via: [inner, outer, root], anchors: [namesake] }), 'ok')
  })

  it('finds its anchor among several', async () => {
    const others = [makeRoot({ subject: 'CN=Root' }), makeRoot({ subject: 'CN=Other' })]
    assert.equal(await verdict({ leaf, via: [inner, outer], anchors: [...others, root] }), 'ok')
  })

  it('ends at an intermediate that is an anchor, also when the root is at hand', async () => {
    assert.deepEqual(await validate({ leaf, via: [inner, outer, root], anchors: [outer] }), [
      'CN=leaf',
      'CN=Inner',
      'CN=Outer',
    ])
    assert.deepEqual(await validate({ leaf, via: [inner, outer, root], anchors: [root, inner] }), [
      'CN=leaf',
      'CN=Inner',
    ])
  })

  it('accepts a leaf that is an anchor itself, octet for octet', async () => {
    assert.deepEqual(await validate({ leaf, anchors: [leaf] }), ['CN=leaf'])
    assert.deepEqual(await validate({ leaf: root, anchors: [root] }), ['CN=Root'])
    const twin = makeRoot({ subject: 'CN=Root', key: makeKey() })
    assert.notEqual(await verdict({ leaf: twin, anchors: [root] }), 'ok')
  })

  it('accepts an anchor that was issued anew under its own key', async () => {
    const renewed = makeCa(root, { subject: 'CN=Root', key: root.key })
    assert.equal(await verdict({ leaf: renewed, anchors: [root] }), 'ok')
  })

  it('accepts a CA in the place of the leaf', async () => {
    assert.deepEqual(await validate({ leaf: inner, via: [outer], anchors: [root] }), [
      'CN=Inner',
      'CN=Outer',
      'CN=Root',
    ])
  })

  it('tells two keys of one CA apart by key identifier', async () => {
    const decoys = Array.from({ length: 20 }, () => makeCa(outer, { subject: 'CN=Inner' }))
    assert.equal(await verdict({ leaf, via: [...decoys, inner, outer], anchors: [root] }), 'ok')
  })

  it('finds the issuer by issuer name and serial number, and without any identifier', async () => {
    const decoy = makeCa(outer, { subject: 'CN=Inner' })
    const named = makeLeaf(inner, {
      extensions: [authorityKeyIdentifier(undefined, { issuer: 'CN=Outer', serial: inner.serial })],
    })
    const bare = makeLeaf(inner, { without: ['2.5.29.35'] })
    for (const one of [named, bare]) {
      assert.equal(await verdict({ leaf: one, via: [decoy, inner, outer], anchors: [root] }), 'ok')
    }
  })

  it('lets the signature decide when the key identifier points elsewhere', async () => {
    const misled = makeLeaf(inner, { extensions: [authorityKeyIdentifier(Uint8Array.of(1, 2, 3))] })
    assert.equal(await verdict({ leaf: misled, via: [inner, outer], anchors: [root] }), 'ok')
  })

  it('goes on after an expired cross-certificate', async () => {
    const old = makeRoot({ subject: 'CN=Old root' })
    const cross = makeCa(old, {
      subject: 'CN=Outer',
      key: outer.key,
      notBefore: new Date('2020-01-01T00:00:00Z'),
      notAfter: new Date('2021-01-01T00:00:00Z'),
    })
    for (const via of [
      [cross, outer, inner],
      [inner, outer, cross],
    ]) {
      assert.equal(await verdict({ leaf, via, anchors: [old, root] }), 'ok')
    }
  })

  it('backtracks over a branch that leads nowhere', async () => {
    const lost = makeRoot({ subject: 'CN=Lost' })
    const cross = makeCa(lost, {
      subject: 'CN=Inner',
      key: inner.key,
      notBefore: new Date('2026-02-01T00:00:00Z'),
    })
    assert.equal(await verdict({ leaf, via: [cross, lost, inner, outer], anchors: [root] }), 'ok')
  })

  it('is not led round in circles by CAs that certify each other', async () => {
    const a = makeCa(root, { subject: 'CN=A' })
    const b = makeCa(a, { subject: 'CN=B' })
    const c = makeCa(b, { subject: 'CN=C' })
    const cross = [
      makeCa(b, { subject: 'CN=A', key: a.key }),
      makeCa(c, { subject: 'CN=A', key: a.key }),
      makeCa(c, { subject: 'CN=B', key: b.key }),
      makeCa(a, { subject: 'CN=C', key: c.key }),
    ]
    const target = makeLeaf(a, { subject: 'CN=target' })
    assert.equal(await verdict({ leaf: target, via: [...cross, b, c], anchors: [root] }), 'ISSUER_UNKNOWN')
    assert.equal(await verdict({ leaf: target, via: [...cross, b, c, a], anchors: [root] }), 'ok')
  })

  it('walks a key rollover in both directions', async () => {
    const newKey = makeKey()
    const withOld = makeCa(root, { subject: 'CN=CA' })
    const newWithOld = makeCa(withOld, { subject: 'CN=CA', key: newKey })
    const byNew = makeLeaf(newWithOld)
    assert.equal(await verdict({ leaf: byNew, via: [withOld, newWithOld], anchors: [root] }), 'ok')

    const withNew = makeCa(root, { subject: 'CN=CA', key: newKey })
    const oldWithNew = makeCa(withNew, { subject: 'CN=CA', key: withOld.key })
    const byOld = makeLeaf(oldWithNew)
    assert.equal(await verdict({ leaf: byOld, via: [oldWithNew, withNew], anchors: [root] }), 'ok')
  })

  it('compares names without case, and spaces as one', async () => {
    const shouting = makeLeaf(inner, { issuer: 'CN= INNER ' })
    assert.equal(await verdict({ leaf: shouting, via: [inner, outer], anchors: [root] }), 'ok')
    const reordered = makeCa(root, { subject: 'O=Test,CN=Order' })
    const wrong = makeLeaf(reordered, { issuer: 'CN=Order,O=Test' })
    assert.equal(await verdict({ leaf: wrong, via: [reordered], anchors: [root] }), 'ISSUER_UNKNOWN')
  })
})

describe('the failure that is reported', () => {
  it('is a bad signature when the key identifier points to the key that did not sign', async () => {
    const forged = makeLeaf(
      { ...inner, key: makeKey() },
      {
        extensions: [authorityKeyIdentifier(inner.certificate.subjectKeyIdentifier)],
      },
    )
    assert.equal(
      await verdict({ leaf: forged, via: [inner, outer], anchors: [root] }),
      'CERTIFICATE_SIGNATURE_INVALID',
    )
  })

  it('is that of the path which came furthest', async () => {
    const expired = makeCa(root, { subject: 'CN=CA', notAfter: new Date('2026-02-01T00:00:00Z') })
    const unknown = makeCa(makeRoot({ subject: 'CN=Nobody' }), { subject: 'CN=CA', key: expired.key })
    const target = makeLeaf(expired)
    for (const via of [
      [expired, unknown],
      [unknown, expired],
    ]) {
      assert.equal(await verdict({ leaf: target, via, anchors: [root] }), 'CERTIFICATE_EXPIRED')
    }
  })

  it('is that of the later check, when two paths reach an anchor', async () => {
    const key = makeKey()
    const expired = makeCa(root, { subject: 'CN=CA', key, notAfter: new Date('2026-02-01T00:00:00Z') })
    const confined = makeCa(makeCa(root, { subject: 'CN=Low', pathLength: 0 }), { subject: 'CN=CA', key })
    const low = makeCa(root, { subject: 'CN=Low', pathLength: 0 })
    const under = makeCa(low, { subject: 'CN=CA', key })
    const target = makeLeaf(expired)
    for (const via of [
      [expired, low, under],
      [low, under, expired],
    ]) {
      assert.equal(await verdict({ leaf: target, via, anchors: [root] }), 'CERTIFICATE_EXPIRED')
    }
    assert.equal(await verdict({ leaf: target, via: [low, under], anchors: [root] }), 'CHAIN_INVALID')
    assert.equal(await verdict({ leaf: target, via: [confined], anchors: [root] }), 'ISSUER_UNKNOWN')
  })

  it('is that of a path to an anchor rather than that of a dead end', async () => {
    const low = makeCa(root, { subject: 'CN=Low', pathLength: 0 })
    const under = makeCa(low, { subject: 'CN=CA' })
    const weak = makeCa(root, { subject: 'CN=CA', key: under.key, hash: 'sha1' })
    const target = makeLeaf(under)
    for (const via of [
      [low, under, weak],
      [weak, under, low],
    ]) {
      assert.equal(await verdict({ leaf: target, via, anchors: [root] }), 'CHAIN_INVALID')
    }
    assert.equal(await verdict({ leaf: target, via: [weak], anchors: [root] }), 'ALGORITHM_WEAK')
  })
})
