import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DerElement, DerReader } from '../../../../src/core/asn1/reader.ts'
import { contextConstructed, contextPrimitive, tagName } from '../../../../src/core/asn1/tags.ts'
import {
  decodeBitString,
  decodeBoolean,
  decodeIa5,
  decodeInteger,
  decodeNull,
  decodeOctetAlignedBitString,
  decodeOid,
  decodeSmallInteger,
  decodeTime,
  decodeUnsignedBigInt,
  decodeUtf8String,
} from '../../../../src/core/asn1/values.ts'
import { encodeOid } from '../../../../src/core/asn1/writer.ts'
import { hex } from '../../../support/build-x509.ts'
import { assertDefect } from '../../../support/defect.ts'

const element = (text: string): DerElement => new DerReader(hex(text)).readAny()
const ascii = (tag: number, text: string): DerElement => {
  const content = new TextEncoder().encode(text)
  return new DerReader(Uint8Array.of(tag, content.length, ...content)).readAny()
}

describe('decodeTime', () => {
  const read = (tag: number, text: string) => decodeTime(ascii(tag, text)).toISOString()

  it('reads UTCTime from 1950 to 2049', () => {
    assert.equal(read(0x17, '500101000000Z'), '1950-01-01T00:00:00.000Z')
    assert.equal(read(0x17, '491231235959Z'), '2049-12-31T23:59:59.000Z')
  })

  it('reads GeneralizedTime from the year 0 to 9999, before 2050 too', () => {
    assert.equal(read(0x18, '00000101000000Z'), '0000-01-01T00:00:00.000Z')
    assert.equal(read(0x18, '00680229120000Z'), '0068-02-29T12:00:00.000Z')
    assert.equal(read(0x18, '20020101120100Z'), '2002-01-01T12:01:00.000Z')
    assert.equal(read(0x18, '99991231235959Z'), '9999-12-31T23:59:59.000Z')
  })

  it('knows leap years', () => {
    assert.equal(read(0x17, '000229000000Z'), '2000-02-29T00:00:00.000Z')
    assertDefect('der.time', () => read(0x18, '21000229000000Z'))
  })

  const refused: readonly (readonly [what: string, tag: number, text: string])[] = [
    ['nothing', 0x17, ''],
    ['UTCTime without seconds', 0x17, '2601010000Z'],
    ['UTCTime with an offset', 0x17, '260101000000+0100'],
    ['UTCTime without Z', 0x17, '260101000000'],
    ['UTCTime with a local letter', 0x17, '260101000000A'],
    ['UTCTime of GeneralizedTime length', 0x17, '20260101000000Z'],
    ['GeneralizedTime with a fraction', 0x18, '20260101000000.5Z'],
    ['GeneralizedTime of UTCTime length', 0x18, '260101000000Z'],
    ['a space for a digit', 0x17, '26010100000 Z'],
    ['a sign for a digit', 0x17, '-60101000000Z'],
    ['month 0', 0x17, '260001000000Z'],
    ['month 13', 0x17, '261301000000Z'],
    ['day 0', 0x17, '260100000000Z'],
    ['31 April', 0x17, '260431000000Z'],
    ['29 February outside a leap year', 0x17, '260229000000Z'],
    ['hour 24', 0x17, '260101240000Z'],
    ['minute 60', 0x17, '260101006000Z'],
    ['a leap second', 0x17, '260101000060Z'],
    ['a time under another tag', 0x16, '260101000000Z'],
  ]
  for (const [what, tag, text] of refused) {
    it(`refuses ${what}`, () => assertDefect('der.time', () => decodeTime(ascii(tag, text))))
  }
})

describe('decodeOid', () => {
  for (const oid of [
    '0.0',
    '0.39',
    '1.0',
    '1.39',
    '2.0',
    '2.5.29.19',
    '2.999',
    '1.3.6.1.4.1.32473.1.1',
    `2.25.${2n ** 127n}`,
  ]) {
    it(`reads ${oid}`, () => assert.equal(decodeOid(new DerReader(encodeOid(oid)).readAny()), oid))
  }
  for (const [what, bytes] of [
    ['no octets', '0600'],
    ['an arc that is cut off', '0602 5581'],
    ['an arc with a leading zero', '0603 558001'],
    ['more than 64 octets', `0641${'01'.repeat(65)}`],
  ] as const) {
    it(`refuses ${what}`, () => assertDefect('der.oid', () => decodeOid(element(bytes))))
  }
})

describe('INTEGER', () => {
  it('keeps the octets as they are', () => {
    assert.deepEqual([...decodeInteger(element('0202 00ff'))], [0, 0xff])
    assert.deepEqual([...decodeInteger(element('0201 ff'))], [0xff])
  })

  it('refuses one without octets and one that is not in its shortest form', () => {
    assertDefect('der.integer_empty', () => decodeInteger(element('0200')))
    assertDefect('der.integer_not_minimal', () => decodeInteger(element('0202 0001')))
    assertDefect('der.integer_not_minimal', () => decodeInteger(element('0202 ff80')))
  })

  it('reads small ones in their range only', () => {
    assert.equal(decodeSmallInteger(element('0204 7fffffff')), 0x7fff_ffff)
    assert.equal(decodeSmallInteger(element('0201 03'), 3), 3)
    assertDefect('der.integer_too_large', () => decodeSmallInteger(element('0201 04'), 3))
    assertDefect('der.integer_too_large', () => decodeSmallInteger(element('0205 0080000000')))
    assertDefect('der.integer_too_large', () => decodeSmallInteger(element('0206 010000000000')))
    assertDefect('der.integer_negative', () => decodeSmallInteger(element('0201 ff')))
  })

  it('reads large ones up to a length, not counting a sign octet', () => {
    assert.equal(decodeUnsignedBigInt(element('0203 00ffff'), 2), 0xffffn)
    assertDefect('der.integer_too_large', () => decodeUnsignedBigInt(element('0203 01ffff'), 2))
    assertDefect('der.integer_negative', () => decodeUnsignedBigInt(element('0201 80'), 2))
  })
})

describe('other values', () => {
  it('reads BOOLEAN as 00 and FF only', () => {
    assert.equal(decodeBoolean(element('0101 ff')), true)
    assert.equal(decodeBoolean(element('0101 00')), false)
    for (const bytes of ['0101 01', '0100', '0102 ffff'])
      assertDefect('der.boolean', () => decodeBoolean(element(bytes)))
  })

  it('refuses BIT STRINGs with a bad count or with padding that is set', () => {
    assert.deepEqual(decodeBitString(element('0302 01fe')), { bytes: hex('fe'), unusedBits: 1 })
    for (const bytes of ['0300', '0302 08ff', '0301 01'])
      assertDefect('der.bit_string', () => decodeBitString(element(bytes)))
    assertDefect('der.bit_string_padding', () => decodeBitString(element('0302 01ff')))
    assertDefect('der.bit_string_not_octets', () => decodeOctetAlignedBitString(element('0302 01fe')))
  })

  it('refuses a NULL with content', () => {
    decodeNull(element('0500'))
    assertDefect('der.null', () => decodeNull(element('0501 00')))
  })

  it('refuses text that is not in its alphabet', () => {
    assert.equal(decodeIa5(hex('61')), 'a')
    assertDefect('der.ia5_string', () => decodeIa5(hex('80')))
    assert.equal(decodeUtf8String(hex('c3a9')), 'é')
    for (const bytes of ['c0af', 'eda080', 'f4908080', 'ff', 'c3']) {
      assertDefect('der.utf8_string', () => decodeUtf8String(hex(bytes)))
    }
  })

  it('names tags for messages', () => {
    assert.equal(tagName(0x30), 'sequence')
    assert.equal(tagName(contextPrimitive(1)), 'tag 0x81')
    assert.equal(tagName(contextConstructed(0)), 'tag 0xa0')
  })
})
