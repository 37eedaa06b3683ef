import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { concatBytes, formatHex } from '../../../../src/core/bytes.ts'
import {
  type TbsCertListInput,
  encodeCrlEntry,
  encodeTbsCertList,
} from '../../../../src/core/revocation/encode-crl.ts'
import { assembleCertList } from '../../../../src/core/issuance/assemble.ts'
import { encodeCrlDistributionPoint } from '../../../../src/core/issuance/encode-extension.ts'
import { encodeName } from '../../../../src/core/issuance/encode-name.ts'
import { parseCrl } from '../../../../src/core/x509/crl.ts'
import type { CrlReason } from '../../../../src/core/x509/types.ts'

const START = new Date('2026-06-01T12:00:00Z')
const END = new Date('2026-06-02T12:00:00Z')
const base: TbsCertListInput = {
  issuerNameDer: encodeName({ commonName: 'an issuer' }),
  algorithm: 'ed25519',
  thisUpdate: START,
  nextUpdate: END,
  crlNumber: 1n,
  issuerKeyIdentifier: new Uint8Array(20).fill(7),
  entries: [],
}
const encode = (input: Partial<TbsCertListInput> = {}) => encodeTbsCertList({ ...base, ...input })
const parse = (input: Partial<TbsCertListInput> = {}) =>
  parseCrl(assembleCertList(encode(input), 'ed25519', new Uint8Array(64)))
const entry = (serial: number, reason: CrlReason = 'unspecified', invalidityDate?: Date) =>
  encodeCrlEntry({ serialNumber: Uint8Array.of(0x40, serial), revokedAt: START, reason, invalidityDate })

describe('an entry of a CRL', () => {
  it('has serial number and date only when no reason was given', () => {
    assert.equal(formatHex(entry(1)), '3013' + '02024001' + '170d3236303630313132303030305a')
  })
  const codes: readonly [CrlReason, number][] = [
    ['keyCompromise', 1],
    ['cACompromise', 2],
    ['affiliationChanged', 3],
    ['superseded', 4],
    ['cessationOfOperation', 5],
    ['certificateHold', 6],
    ['removeFromCRL', 8],
    ['privilegeWithdrawn', 9],
    ['aACompromise', 10],
  ]
  for (const [reason, code] of codes) {
    it(`gives ${reason} as ${code}`, () => {
      const extension = `300c300a0603551d1504030a01${code.toString(16).padStart(2, '0')}`
      assert.equal(formatHex(entry(1, reason)), `302102024001170d3236303630313132303030305a${extension}`)
    })
  }
  it('writes an invalidity date as GeneralizedTime, beside a reason or alone', () => {
    const date = new Date('2026-05-31T01:02:03.999Z')
    const extension = '06035' + '51d18' + '0411180f32303236303533313031303230335a'
    assert.ok(formatHex(entry(1, 'unspecified', date)).endsWith(`301a3018${extension}`))
    assert.ok(
      formatHex(entry(1, 'keyCompromise', date)).endsWith(`3026300a0603551d1504030a01013018${extension}`),
    )
  })
  it('writes dates from 2050 on as GeneralizedTime', () => {
    const late = encodeCrlEntry({
      serialNumber: Uint8Array.of(1),
      revokedAt: new Date('2050-01-01T00:00:00Z'),
      reason: 'unspecified',
      invalidityDate: undefined,
    })
    assert.equal(formatHex(late), '3014' + '020101' + '180f32303530303130313030303030305a')
  })
  it('keeps a serial number positive whose first bit is set', () => {
    const encoded = encodeCrlEntry({
      serialNumber: Uint8Array.of(0x80),
      revokedAt: START,
      reason: 'unspecified',
      invalidityDate: undefined,
    })
    assert.ok(formatHex(encoded).startsWith('3013' + '02020080'))
  })
})

describe('a CRL', () => {
  it('is read back as written', () => {
    const list = parse({ entries: [entry(1), entry(2, 'superseded', END)], crlNumber: 0x80n })
    assert.equal(list.version, 2)
    assert.equal(list.crlNumber, 0x80n)
    assert.equal(list.baseCrlNumber, undefined)
    assert.deepEqual([list.thisUpdate, list.nextUpdate], [START, END])
    assert.deepEqual(list.issuer.der, base.issuerNameDer)
    assert.deepEqual(list.authorityKeyIdentifier?.keyIdentifier, base.issuerKeyIdentifier)
    assert.equal(list.entryCount, 2)
    assert.equal(list.find(Uint8Array.of(0x40, 1))?.reason, undefined)
    const found = list.find(Uint8Array.of(0x40, 2))
    assert.deepEqual([found?.reason, found?.invalidityDate], ['superseded', END])
    assert.equal(list.find(Uint8Array.of(0x40, 3)), undefined)
  })
  it('has no field for revoked certificates when there are none', () => {
    const empty = encode()
    // After nextUpdate the extensions follow at once.
    assert.match(formatHex(empty), /170d3236303630323132303030305aa0/)
    assert.equal(parse().entryCount, 0)
  })
  it('marks none of its extensions critical', () => {
    for (const { critical } of parse({ entries: [entry(1)] }).extensions.values())
      assert.equal(critical, false)
  })
  it('takes entries joined in one piece as well as one by one', () => {
    const entries = [entry(1), entry(2), entry(3)]
    assert.deepEqual(encode({ entries: [concatBytes(entries)] }), encode({ entries }))
    assert.deepEqual(encode({ entries: [new Uint8Array(0), ...entries] }), encode({ entries }))
  })
  it('takes an iterable that can be walked once', () => {
    const entries = [entry(1), entry(2)]
    assert.deepEqual(encode({ entries: entries.values() }), encode({ entries }))
  })
  it('cuts fractions of seconds', () => {
    assert.deepEqual(parse({ thisUpdate: new Date(START.getTime() + 999) }).thisUpdate, START)
  })
  it('does not end before or when it begins, in whole seconds', () => {
    for (const nextUpdate of [START, new Date(START.getTime() - 1), new Date(START.getTime() + 999)]) {
      assert.throws(() => encode({ nextUpdate }), { reason: 'VALIDITY_OUT_OF_RANGE' })
    }
  })
  it('has a number of at most 20 octets', () => {
    const largest = (1n << 159n) - 1n
    assert.equal(parse({ crlNumber: largest }).crlNumber, largest)
    for (const crlNumber of [-1n, largest + 1n]) assert.throws(() => encode({ crlNumber }), RangeError)
  })
  it('says where its newest delta is', () => {
    const url = 'http://ca.example/crl/a.delta.crl'
    const { freshestCrl } = parse({ freshestCrlUrl: url })
    const name = freshestCrl?.[0]?.name
    assert.deepEqual(name?.type === 'full' && name.names, [{ type: 'uri', value: url }])
  })
  it('holds 100,000 entries', () => {
    const entries = Array.from({ length: 100_000 }, (_, i) =>
      encodeCrlEntry({
        serialNumber: Uint8Array.of(0x40, i >> 16, (i >> 8) & 0xff, i & 0xff),
        revokedAt: START,
        reason: 'superseded',
        invalidityDate: undefined,
      }),
    )
    const list = parse({ entries })
    assert.equal(list.entryCount, 100_000)
    assert.equal(list.find(Uint8Array.of(0x40, 1, 0x86, 0x9f))?.reason, 'superseded')
  })
})

describe('a delta CRL', () => {
  const delta = (input: Partial<TbsCertListInput> = {}) =>
    parse({ crlNumber: 9n, baseCrlNumber: 7n, ...input })

  it('is marked as one, critically, with the number that it builds on', () => {
    const list = delta()
    assert.deepEqual([list.baseCrlNumber, list.crlNumber, list.entryCount], [7n, 9n, 0])
    assert.equal(list.extensions.get('2.5.29.27')?.critical, true)
    assert.deepEqual(list.authorityKeyIdentifier?.keyIdentifier, base.issuerKeyIdentifier)
  })
  it('can take a certificate off the list', () => {
    const list = delta({ entries: [entry(1, 'removeFromCRL'), entry(2, 'superseded')] })
    assert.equal(list.find(Uint8Array.of(0x40, 1))?.reason, 'removeFromCRL')
  })
  it('has a number higher than that of its base, which is not negative', () => {
    assert.equal(delta({ baseCrlNumber: 0n }).baseCrlNumber, 0n)
    for (const baseCrlNumber of [-1n, 9n, 10n]) assert.throws(() => delta({ baseCrlNumber }), RangeError)
  })
  it('does not point to a fresher list', () => {
    assert.throws(() => delta({ freshestCrlUrl: 'http://ca.example/d' }), RangeError)
  })
})

describe('the list of a part', () => {
  const urls = ['http://a/1.crl', 'http://b/1.crl']
  const scope = (distributionPointUrls: readonly string[]) =>
    parse({ distributionPointUrls }).extensions.get('2.5.29.28')

  it('says so critically, for user certificates that name one of its URLs', () => {
    const extension = scope(urls)!
    assert.equal(extension.critical, true)
    const uris = urls.map((url) => '860e' + Buffer.from(url).toString('hex')).join('')
    assert.equal(formatHex(extension.value), '3027' + 'a022' + 'a020' + uris + '8101ff')
    assert.equal(parse().extensions.has('2.5.29.28'), false)
  })

  it('has the name encoded as certificates have it', () => {
    const inCertificate = encodeCrlDistributionPoint(urls[0]!)
    // distributionPoint [0] with fullName [0] and the URI, as it stands in both.
    const name = formatHex(scope(urls.slice(0, 1))!.value.subarray(2, -3))
    assert.ok(formatHex(inCertificate).endsWith(name))
    assert.ok(name.startsWith('a012a010860e'))
  })

  it('is no delta, has none, and is not without a name', () => {
    assert.throws(() => encode({ distributionPointUrls: urls, baseCrlNumber: 0n }), RangeError)
    assert.throws(() => encode({ distributionPointUrls: urls, freshestCrlUrl: 'http://a' }), RangeError)
    assert.throws(() => encode({ distributionPointUrls: [] }), RangeError)
  })
})
