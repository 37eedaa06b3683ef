import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OID } from '../../../../../src/core/asn1/oids.ts'
import type { CertificateList, ReasonFlag } from '../../../../../src/core/x509/types.ts'
import {
  type CrlOptions,
  type TestDistributionPoint,
  type TestIssuingPoint,
  crlDistributionPoints,
  extension,
  issuingDistributionPoint,
  makeCa,
  makeCrl,
  makeLeaf,
  makeRoot,
  verdict,
} from '../../../../support/pki/index.ts'
import { assertDefect } from '../../../../support/defect.ts'

const root = makeRoot({ subject: 'O=Test,CN=Root' })
const ca = makeCa(root, { subject: 'O=Test,CN=CA' })
const rootCrl = makeCrl(root)
const uri = (name: string) => ({ names: [`uri:http://crl.example/${name}`] })
const unknown = 'REVOCATION_UNKNOWN'

function leafWith(points: readonly TestDistributionPoint[]) {
  return makeLeaf(ca, { extensions: points.length === 0 ? [] : [crlDistributionPoints(...points)] })
}

/** Validates a leaf with these distribution points against lists with these issuing points. */
function check(points: readonly TestDistributionPoint[], lists: readonly (TestIssuingPoint | undefined)[]) {
  const crls: CertificateList[] = lists.map((issuingPoint) =>
    makeCrl(ca, issuingPoint ? { issuingPoint } : {}),
  )
  return verdict({ leaf: leafWith(points), via: [ca], anchors: [root], crls: [rootCrl, ...crls] })
}

describe('distribution points', () => {
  it('do not matter to a list without an issuing point', async () => {
    assert.equal(await check([], [undefined]), 'ok')
    assert.equal(await check([uri('a')], [undefined]), 'ok')
  })

  it('must share a name with the issuing point of the list', async () => {
    assert.equal(await check([uri('a')], [uri('a')]), 'ok')
    assert.equal(await check([uri('b'), uri('a')], [uri('a')]), 'ok')
    const several = { names: ['email:a@crl.example', ...uri('z').names, ...uri('a').names] }
    assert.equal(await check([uri('a')], [several]), 'ok')
    assert.equal(await check([uri('a')], [uri('b')]), unknown)
    assert.equal(await check([], [uri('a')]), unknown)
  })

  it('compare URIs octet by octet', async () => {
    assert.equal(await check([uri('foo.crl')], [uri('FOO.CRL')]), unknown)
    assert.equal(await check([uri('%73hard')], [uri('shard')]), unknown)
  })

  it('compare directory names as names, in full or relative to the issuer', async () => {
    const full = { names: ['dir:O=Test,CN=CA,CN=part 1'] }
    const other = { names: ['dir:O=Test,CN=CA,CN=part 2'] }
    const relative = { relative: 'CN=Part 1' }
    for (const point of [full, relative]) {
      assert.equal(await check([point], [full]), 'ok')
      assert.equal(await check([point], [relative]), 'ok')
      assert.equal(await check([point], [other]), unknown)
    }
    assert.equal(await check([{ relative: 'CN=part 2' }], [full]), unknown)
  })

  it('take the name of the issuer for the implicit one', async () => {
    assert.equal(await check([], [{ names: ['dir:O=Test,CN=CA'] }]), 'ok')
  })

  it('of another CRL issuer cover nothing', async () => {
    const elsewhere = { ...uri('a'), crlIssuer: 'CN=Somebody' }
    assert.equal(await check([elsewhere], [undefined]), unknown)
    assert.equal(await check([elsewhere], [uri('a')]), unknown)
    assert.equal(await check([elsewhere, uri('b')], [uri('b')]), 'ok')
  })
})

describe('an issuing point', () => {
  it('may be limited to one kind of certificate', async () => {
    const caCheck = (issuingPoint: TestIssuingPoint) =>
      verdict({ leaf: ca, anchors: [root], crls: [makeCrl(root, { issuingPoint })] })
    assert.equal(await check([], [{ only: 'user' }]), 'ok')
    assert.equal(await check([], [{ only: 'ca' }]), unknown)
    assert.equal(await check([], [{ only: 'attribute' }]), unknown)
    assert.equal(await caCheck({ only: 'ca' }), 'ok')
    assert.equal(await caCheck({ only: 'user' }), unknown)
    assert.equal(await check([uri('a')], [{ ...uri('a'), only: 'ca' }]), unknown)
    assert.equal(await check([uri('a')], [{ ...uri('a'), only: 'user' }]), 'ok')
  })

  it('of an indirect list covers nothing', async () => {
    assert.equal(await check([], [{ indirect: true }]), unknown)
    assert.equal(await check([uri('a')], [{ ...uri('a'), indirect: true }]), unknown)
  })
})

describe('shards', () => {
  const shard = (name: string): TestIssuingPoint => ({ ...uri(name), only: 'user' })
  const other = makeCa(root, { subject: 'O=Test,CN=Other' })
  const judge = (leaf: ReturnType<typeof leafWith>, crls: readonly CertificateList[]) =>
    verdict({ leaf, via: [ca], anchors: [root], crls: [rootCrl, ...crls] })

  it('of another part say nothing of a certificate, good or bad', async () => {
    const leaf = leafWith([uri('shard/4-1.crl')])
    const swapped = makeCrl(ca, { issuingPoint: shard('shard/4-2.crl') })
    assert.equal(await judge(leaf, [swapped]), unknown)
    assert.equal(await judge(leaf, [makeCrl(ca, { issuingPoint: shard('shard/4-1.crl') })]), 'ok')
    const naming = makeCrl(ca, { issuingPoint: shard('shard/4-1.crl'), revoked: [leaf] })
    assert.equal(await judge(leaf, [swapped, naming]), 'CERTIFICATE_REVOKED')
  })

  it('of the same part of another authority say nothing either', async () => {
    const leaf = leafWith([uri('shard/4-1.crl')])
    assert.equal(await judge(leaf, [makeCrl(other, { issuingPoint: shard('shard/4-1.crl') })]), unknown)
    const claimed = { issuer: 'O=Test,CN=CA', issuingPoint: shard('shard/4-1.crl') }
    assert.equal(await judge(leaf, [makeCrl(other, claimed)]), 'CRL_INVALID')
  })

  it('do not combine with a delta of the whole list', async () => {
    const leaf = leafWith([uri('shard/4-1.crl')])
    const { serial } = leaf
    const held = makeCrl(ca, {
      issuingPoint: shard('shard/4-1.crl'),
      revoked: [{ serial, reason: 'certificateHold' }],
    })
    const lifting = makeCrl(ca, { number: 2, base: 1, revoked: [{ serial, reason: 'removeFromCRL' }] })
    assert.equal(await judge(leaf, [held, lifting]), 'CERTIFICATE_REVOKED')
  })

  it('count in the same way if the issuing point is not critical, for all certificates if there is none', async () => {
    const leaf = leafWith([uri('shard/4-1.crl')])
    const uncritical = (name: string) =>
      makeCrl(ca, { extensions: [{ ...issuingDistributionPoint(shard(name)), critical: false }] })
    assert.equal(await judge(leaf, [uncritical('shard/4-2.crl')]), unknown)
    assert.equal(await judge(leaf, [uncritical('shard/4-1.crl')]), 'ok')
    assert.equal(await judge(leaf, [makeCrl(ca)]), 'ok')
  })

  it('with fields that are not known are not read at all', () => {
    const { value } = issuingDistributionPoint(shard('shard/4-1.crl'))
    const more = Uint8Array.of(0x30, value[1]! + 3, ...value.subarray(2), 0x86, 0x01, 0xff)
    const extended = { extensions: [extension(OID.issuingDistributionPoint, more, true)] }
    assertDefect('der.trailing_data', () => makeCrl(ca, extended))
  })
})

describe('reasons', () => {
  const first: readonly ReasonFlag[] = ['keyCompromise', 'cACompromise']
  const rest: readonly ReasonFlag[] = [
    'affiliationChanged',
    'superseded',
    'cessationOfOperation',
    'certificateHold',
    'privilegeWithdrawn',
    'aACompromise',
  ]

  it('add up over several lists until all are covered', async () => {
    assert.equal(await check([], [{ reasons: first }]), unknown)
    assert.equal(await check([], [{ reasons: first }, { reasons: rest }]), 'ok')
    assert.equal(await check([], [{ reasons: rest.slice(1) }, { reasons: first }]), unknown)
    assert.equal(await check([], [{ reasons: first }, undefined]), 'ok')
  })

  it('of distribution points limit what a list covers there', async () => {
    const points = [
      { ...uri('a'), reasons: first },
      { ...uri('b'), reasons: rest },
    ]
    assert.equal(await check(points, [uri('a'), uri('b')]), 'ok')
    assert.equal(await check(points, [uri('a')]), unknown)
    assert.equal(await check(points, [{ ...uri('a'), reasons: rest }, uri('b')]), unknown)
  })

  it('do not keep a revocation from counting', async () => {
    const leaf = leafWith([])
    const crls = [rootCrl, makeCrl(ca, { revoked: [leaf], issuingPoint: { reasons: first } }), makeCrl(ca)]
    assert.equal(await verdict({ leaf, via: [ca], anchors: [root], crls }), 'CERTIFICATE_REVOKED')
  })

  it('are not covered by a part that ran out', async () => {
    const leaf = leafWith([])
    const part = (reasons: readonly ReasonFlag[], options: CrlOptions = {}) =>
      makeCrl(ca, { ...options, issuingPoint: { reasons } })
    const crls = [rootCrl, part(first), part(rest, { nextUpdate: new Date('2026-03-01T00:00:00Z') })]
    assert.equal(await verdict({ leaf, via: [ca], anchors: [root], crls }), unknown)
  })
})
