import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { MAX_PATH_CERTIFICATES, MAX_PATH_SIGNATURE_CHECKS } from '../../../../../src/core/path-limits.ts'
import { validatePath } from '../../../../../src/core/x509/path/validate-path.ts'
import {
  NOW,
  type TestEntity,
  authorityKeyIdentifier,
  makeCa,
  makeCrl,
  makeKey,
  makeLeaf,
  makeRoot,
  nameConstraints,
  subjectAltName,
  validate,
  verdict,
} from '../../../../support/pki/index.ts'

const root = makeRoot({ subject: 'CN=Root' })

/** Every CA certified by every other. */
function mesh(size: number): TestEntity[] {
  const cas = Array.from({ length: size }, (_, i) => makeRoot({ subject: `CN=M${i}` }))
  return cas.flatMap((subject) =>
    cas
      .filter((issuer) => issuer !== subject)
      .map((issuer) => makeCa(issuer, { subject: subject.name, key: subject.key })),
  )
}

describe('a mesh of thirty CAs that certify each other', () => {
  let cross: TestEntity[]
  before(() => {
    cross = mesh(30)
  })

  it('is not entered when no chain of names leads from it to an anchor', async () => {
    const leaf = makeLeaf(cross[0]!)
    assert.equal(await verdict({ leaf, via: cross, anchors: [root] }), 'ISSUER_UNKNOWN')
  })

  it('is given up when its ways to an anchor are forged', async () => {
    const leaf = makeLeaf(cross[0]!)
    const forged = cross.map((ca) => makeCa(root, { subject: ca.name, key: ca.key, signingKey: leaf.key }))
    assert.equal(await verdict({ leaf, via: [...cross, ...forged], anchors: [root] }), 'PATH_TOO_COMPLEX')
  })

  it('is crossed when one of them leads to an anchor', async () => {
    const leaf = makeLeaf(cross[0]!)
    const [last] = cross.slice(-1)
    const bridge = makeCa(root, { subject: last!.name, key: last!.key })
    assert.equal(await verdict({ leaf, via: [...cross, bridge], anchors: [root] }), 'ok')
  })
})

describe('a small mesh', () => {
  const cross = mesh(4)
  const bridge = makeCa(root, { subject: cross[0]!.name, key: cross[0]!.key, pathLength: 0 })

  it('is searched to the end, no loop being entered, before a path is refused', async () => {
    const noLeaf = makeCa(cross[0]!, { subject: 'CN=Sub' })
    const leaf = makeLeaf(noLeaf)
    assert.equal(await verdict({ leaf, via: [...cross, bridge, noLeaf], anchors: [root] }), 'CHAIN_INVALID')
  })
})

describe('a large mesh', () => {
  it('is left at once when the leaf is bad on its own account', async () => {
    const cross = mesh(12)
    const bridge = makeCa(root, { subject: cross[0]!.name, key: cross[0]!.key })
    const leaf = makeLeaf(cross[0]!, { notAfter: new Date('2026-02-01T00:00:00Z') })
    assert.equal(await verdict({ leaf, via: [...cross, bridge], anchors: [root] }), 'CERTIFICATE_EXPIRED')
  })
})

describe('work limits', () => {
  it('stop a search among thousands of CAs of one name', async () => {
    const key = makeKey()
    const many = Array.from({ length: 5000 }, () => makeCa(root, { subject: 'CN=Many', key }))
    const forged = makeLeaf({ ...many[0]!, key: makeKey() })
    assert.equal(await verdict({ leaf: forged, via: many, anchors: [root] }), 'PATH_TOO_COMPLEX')
    const good = makeLeaf(many[0]!)
    assert.equal(await verdict({ leaf: good, via: many, anchors: [root] }), 'ok')
  })

  it('stop verifying signatures of forged candidates', async () => {
    const key = makeKey()
    const ski = makeCa(root, { key }).certificate.subjectKeyIdentifier
    const decoys = Array.from({ length: MAX_PATH_SIGNATURE_CHECKS + 1 }, () =>
      makeCa(root, { subject: 'CN=D' }),
    )
    const leaf = makeLeaf(
      { ...decoys[0]!, key },
      { extensions: [authorityKeyIdentifier(ski)], without: ['2.5.29.35'] },
    )
    assert.equal(await verdict({ leaf, via: decoys, anchors: [root] }), 'PATH_TOO_COMPLEX')
  })

  it('count the certificates of a path', async () => {
    const cas: TestEntity[] = []
    for (let i = 0; i < MAX_PATH_CERTIFICATES - 1; i++) {
      cas.push(makeCa(cas.at(-1) ?? root, { subject: `CN=L${i}` }))
    }
    const longest = makeLeaf(cas.at(-2)!)
    assert.equal((await validate({ leaf: longest, via: cas, anchors: [root] })).length, MAX_PATH_CERTIFICATES)
    const tooLong = makeLeaf(cas.at(-1)!)
    assert.equal(await verdict({ leaf: tooLong, via: cas, anchors: [root] }), 'CHAIN_INVALID')
  })

  it('stop comparing names with constraints', async () => {
    const names = Array.from({ length: 250 }, (_, i) => `dns:a${i}`)
    const wide = nameConstraints({
      permitted: [...names, 'dns:example.com'],
      excluded: names.map((n) => `${n}.x`),
    })
    const cas: TestEntity[] = []
    for (let i = 0; i < 6; i++) {
      cas.push(makeCa(cas.at(-1) ?? root, { subject: `CN=N${i}`, extensions: [wide] }))
    }
    const leaf = makeLeaf(cas.at(-1)!, {
      extensions: [subjectAltName(names.map((_, i) => `dns:b${i}.example.com`))],
    })
    assert.equal(await verdict({ leaf, via: cas, anchors: [root] }), 'PATH_TOO_COMPLEX')
    const few = makeLeaf(cas[0]!, { extensions: [subjectAltName(['dns:b.example.com'])] })
    assert.equal(await verdict({ leaf: few, via: cas, anchors: [root] }), 'ok')
  })

  it('stop verifying the lists of a stranger', async () => {
    const ca = makeCa(root, { subject: 'CN=CA' })
    const leaf = makeLeaf(ca)
    const forged = Array.from({ length: MAX_PATH_SIGNATURE_CHECKS }, (_, i) =>
      makeCrl(ca, { number: i, signingKey: leaf.key }),
    )
    const crls = [makeCrl(root), ...forged]
    assert.equal(await verdict({ leaf, via: [ca], anchors: [root], crls }), 'PATH_TOO_COMPLEX')
  })
})

describe('verified edges', () => {
  const ca = makeCa(root, { subject: 'CN=CA' })
  const leaf = makeLeaf(ca)
  const request = (verifiedEdges: Set<string>, crls = [makeCrl(root), makeCrl(ca)], at = NOW) =>
    validatePath({
      leaf: leaf.certificate,
      intermediates: [ca.certificate],
      anchors: [root.certificate],
      crls,
      at,
      purpose: 'any',
      revocation: 'hard',
      verifiedEdges,
    })

  it('remember the good signatures of certificates and lists', async () => {
    const edges = new Set<string>()
    assert.equal((await request(edges)).ok, true)
    assert.equal(edges.size, 4)
    assert.equal((await request(edges)).ok, true)
  })

  it('remember no bad signature, and keep nothing else from being checked', async () => {
    const edges = new Set<string>()
    await request(edges)
    const size = edges.size
    const forged = await request(edges, [makeCrl(root), makeCrl(ca, { signingKey: makeKey() })])
    assert.equal(!forged.ok && forged.reason, 'CRL_INVALID')
    assert.equal(edges.size, size + 1)
    const late = await request(edges, [], new Date('2028-01-01T00:00:00Z'))
    assert.equal(!late.ok && late.reason, 'CERTIFICATE_EXPIRED')
  })
})
