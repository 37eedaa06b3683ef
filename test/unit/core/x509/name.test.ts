import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OID } from '../../../../src/core/asn1/oids.ts'
import { DerReader } from '../../../../src/core/asn1/reader.ts'
import { TAG } from '../../../../src/core/asn1/tags.ts'
import {
  encodeElement,
  encodeOid,
  encodeSequence,
  encodeUtf8String,
} from '../../../../src/core/asn1/writer.ts'
import { encodeUtf8 } from '../../../../src/core/bytes.ts'
import { MAX_NAME_ATTRIBUTES } from '../../../../src/core/limits.ts'
import {
  formatName,
  isEmptyName,
  isWithinSubtree,
  parseName,
  sameName,
  singleAttribute,
} from '../../../../src/core/x509/name.ts'
import { commonName, hex } from '../../../support/build-x509.ts'
import { assertDefect } from '../../../support/defect.ts'

const parse = (der: Uint8Array) => parseName(new DerReader(der).readAny())
const attribute = (oid: string, value: Uint8Array) => encodeSequence(encodeOid(oid), value)
const rdn = (...attributes: Uint8Array[]) => encodeElement(TAG.set, ...attributes)
const name = (...rdns: Uint8Array[]) => parse(encodeSequence(...rdns))
const text = (tag: number, value: string) => encodeElement(tag, encodeUtf8(value))
const organization = (value: Uint8Array) => rdn(attribute(OID.organizationName, value))
const cn = (value: Uint8Array) => rdn(attribute(OID.commonName, value))
const utf16 = (value: string) =>
  encodeElement(TAG.bmpString, new Uint8Array(Buffer.from(value, 'utf16le').swap16()))

describe('sameName', () => {
  const same: readonly (readonly [what: string, a: Uint8Array, b: Uint8Array])[] = [
    ['case', text(TAG.utf8String, 'Good CA'), text(TAG.utf8String, 'gOOD cA')],
    ['runs of white space', text(TAG.printableString, ' Good   CA '), text(TAG.printableString, 'Good CA')],
    [
      'PrintableString against UTF8String',
      text(TAG.printableString, 'Good CA'),
      text(TAG.utf8String, 'Good CA'),
    ],
    ['BMPString against UTF8String', utf16('Zoë'), text(TAG.utf8String, 'Zoë')],
    [
      'TeletexString (as Latin-1) against UTF8String',
      encodeElement(TAG.teletexString, hex('5a6feb')),
      text(TAG.utf8String, 'Zoë'),
    ],
    [
      'UniversalString against IA5String',
      encodeElement(TAG.universalString, hex('00000061')),
      text(TAG.ia5String, 'A'),
    ],
    ['composed against decomposed letters', text(TAG.utf8String, 'Zoe\u0308'), text(TAG.utf8String, 'ZOË')],
    ['a final sigma', text(TAG.utf8String, 'ΟΔΟΣ'), text(TAG.utf8String, 'οδοσ')],
    ['a soft hyphen', text(TAG.utf8String, 'Good\u00adCA'), text(TAG.utf8String, 'GoodCA')],
  ]
  for (const [what, a, b] of same)
    it(`does not mind ${what}`, () => assert.equal(sameName(name(cn(a)), name(cn(b))), true))

  it('tells apart names that differ in text, attribute type, number or order of RDNs', () => {
    const a = organization(text(TAG.utf8String, 'a'))
    const b = organization(text(TAG.utf8String, 'b'))
    assert.equal(sameName(name(a), name(b)), false)
    assert.equal(sameName(name(a), name(cn(text(TAG.utf8String, 'a')))), false)
    assert.equal(sameName(name(a), name(a, b)), false)
    assert.equal(sameName(name(a, b), name(b, a)), false)
  })

  it('tells two RDNs from one RDN of two attributes', () => {
    const [a, b] = [
      attribute(OID.organizationName, text(TAG.utf8String, 'a')),
      attribute(OID.commonName, text(TAG.utf8String, 'b')),
    ]
    assert.equal(sameName(name(rdn(a), rdn(b)), name(rdn(a, b))), false)
    assert.equal(sameName(name(rdn(a, b)), name(rdn(b, a))), true)
  })

  it('does not take text that looks like two attributes for two attributes', () => {
    const forged = name(cn(text(TAG.utf8String, 'a,2.5.4.10=b')))
    assert.equal(
      sameName(forged, name(cn(text(TAG.utf8String, 'a')), organization(text(TAG.utf8String, 'b')))),
      false,
    )
  })

  it('compares values that are no text octet for octet', () => {
    const [a, b] = [hex('0302 0780'), hex('0302 0640')]
    assert.equal(sameName(name(cn(a)), name(cn(a))), true)
    assert.equal(sameName(name(cn(a)), name(cn(b))), false)
    assert.equal(sameName(name(cn(a)), name(cn(text(TAG.utf8String, '#03020780')))), false)
  })
})

describe('isWithinSubtree', () => {
  const [a, b] = [organization(text(TAG.utf8String, 'a')), cn(text(TAG.utf8String, 'b'))]
  it('holds for the name itself and what lies below, and for every name below the empty one', () => {
    assert.equal(isWithinSubtree(name(a, b), name(a)), true)
    assert.equal(isWithinSubtree(name(a), name(a)), true)
    assert.equal(isWithinSubtree(name(a), name()), true)
  })
  it('does not hold for what lies above or beside', () => {
    assert.equal(isWithinSubtree(name(a), name(a, b)), false)
    assert.equal(isWithinSubtree(name(b, a), name(a)), false)
  })
})

describe('formatName', () => {
  it('writes the last RDN first, with short names', () => {
    assert.equal(
      formatName(
        name(rdn(attribute('2.5.4.6', text(TAG.printableString, 'US'))), cn(text(TAG.utf8String, 'x'))),
      ),
      'CN=x,C=US',
    )
  })

  it('escapes what RFC 4514 asks, and control characters', () => {
    const written = (value: string) => formatName(name(cn(text(TAG.utf8String, value))))
    assert.equal(written('a,b+c"d\\e<f>g;h'), 'CN=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h')
    assert.equal(written('#a '), 'CN=\\#a\\ ')
    assert.equal(written(' a'), 'CN=\\ a')
    assert.equal(written(' '), 'CN=\\ ')
    assert.equal(written('a\nb\u202ec'), 'CN=a\\0ab\\e2\\80\\aec')
  })

  it('writes unknown types by OID and values that are no text in hex', () => {
    assert.equal(formatName(name(rdn(attribute('1.2.3', hex('0201 05'))))), '1.2.3=#020105')
  })

  it('joins the attributes of one RDN', () => {
    const both = rdn(
      attribute(OID.commonName, text(TAG.utf8String, 'a')),
      attribute('2.5.4.11', text(TAG.utf8String, 'b')),
    )
    assert.equal(formatName(name(both)), 'CN=a+OU=b')
  })
})

describe('singleAttribute', () => {
  it('gives the one value, and nothing when there are none or two', () => {
    assert.equal(singleAttribute(parse(commonName('alice')), OID.commonName), 'alice')
    assert.equal(
      singleAttribute(name(cn(encodeUtf8String('a')), cn(encodeUtf8String('b'))), OID.commonName),
      undefined,
    )
    assert.equal(singleAttribute(name(), OID.commonName), undefined)
    assert.equal(isEmptyName(name()), true)
  })
})

describe('parseName', () => {
  const refused: readonly (readonly [what: string, der: Uint8Array, defect: string])[] = [
    ['a SET for the SEQUENCE', encodeElement(TAG.set), 'name.not_a_sequence'],
    ['an empty RDN', encodeSequence(rdn()), 'der.unexpected_tag'],
    [
      'an attribute without a value',
      encodeSequence(rdn(encodeSequence(encodeOid('2.5.4.3')))),
      'der.truncated',
    ],
    [
      'an attribute with two values',
      encodeSequence(rdn(encodeSequence(encodeOid('2.5.4.3'), hex('0c0161'), hex('0c0162')))),
      'der.trailing_data',
    ],
    ['a NUL in UTF8String', encodeSequence(cn(hex('0c03 610062'))), 'name.string'],
    ['a NUL in TeletexString', encodeSequence(cn(hex('1403 610062'))), 'name.string'],
    ['a NUL in BMPString', encodeSequence(cn(hex('1e02 0000'))), 'name.string'],
    ['UTF-8 that is too long', encodeSequence(cn(hex('0c02 c0af'))), 'der.utf8_string'],
    ['eight bits in PrintableString', encodeSequence(cn(hex('1301 e9'))), 'name.string'],
    ['eight bits in IA5String', encodeSequence(cn(hex('1601 e9'))), 'name.string'],
    ['half a character of BMPString', encodeSequence(cn(hex('1e01 61'))), 'name.string'],
    ['half of a surrogate pair', encodeSequence(cn(hex('1e02 d800'))), 'name.string'],
    ['a character beyond Unicode', encodeSequence(cn(hex('1c04 00110000'))), 'name.string'],
    ['a value that is not DER', encodeSequence(cn(hex('3003 048000'))), 'der.length_indefinite'],
    [
      'too many RDNs',
      encodeSequence(...Array.from({ length: MAX_NAME_ATTRIBUTES + 1 }, () => cn(encodeUtf8String('a')))),
      'name.too_many_attributes',
    ],
    [
      'too many attributes in one RDN',
      encodeSequence(
        rdn(
          ...Array.from({ length: MAX_NAME_ATTRIBUTES + 1 }, () =>
            attribute('2.5.4.3', encodeUtf8String('a')),
          ),
        ),
      ),
      'name.too_many_attributes',
    ],
  ]
  for (const [what, der, defect] of refused)
    it(`refuses ${what}`, () => assertDefect(defect, () => parse(der)))
})
