import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  encodeElement,
  encodeInteger,
  encodeSequence,
  encodeUtf8String,
} from '../../../../src/core/asn1/writer.ts'
import { concatBytes, encodeUtf8, formatHex, parseHex } from '../../../../src/core/bytes.ts'
import {
  decodeScopeExtension,
  encodeScopeExtension,
  parseScopeExtensionOid,
} from '../../../../src/core/scope/scope-extension.ts'

const list = (...scopes: string[]) => encodeSequence(...scopes.map(encodeUtf8String))
const extension = (...scopes: string[]) => encodeSequence(encodeInteger(1), list(...scopes))

describe('the scope extension', () => {
  it('has this encoding', () => {
    assert.equal(formatHex(encodeScopeExtension(['a.b', 'c'])), '300d02010130080c03612e620c0163')
    assert.equal(formatHex(encodeScopeExtension([])), '30050201013000')
  })
  it('reads back what was written', () => {
    for (const scopes of [[], ['a'], ['bob.user.read', 'bob.user.write']]) {
      assert.deepEqual(decodeScopeExtension(encodeScopeExtension(scopes)), scopes)
    }
  })

  const hostile: readonly [what: string, value: Uint8Array, defect: string][] = [
    ['no octets', new Uint8Array(0), 'scopes.malformed'],
    ['raw text, as the seed had it', encodeUtf8('bob.user.read'), 'scopes.malformed'],
    ['octets after it', concatBytes([extension('a'), Uint8Array.of(0)]), 'scopes.malformed'],
    ['a third field', encodeSequence(encodeInteger(1), list('a'), encodeInteger(1)), 'scopes.malformed'],
    ['no list', encodeSequence(encodeInteger(1)), 'scopes.malformed'],
    ['no version', encodeSequence(list('a')), 'scopes.malformed'],
    ['version 0', encodeSequence(encodeInteger(0), list('a')), 'scopes.version'],
    ['version 2', encodeSequence(encodeInteger(2), list('a')), 'scopes.version'],
    ['a version of two octets', parseHex('3008020200013003' + '0c0161')!, 'scopes.malformed'],
    ['a negative version', encodeSequence(parseHex('0201ff')!, list('a')), 'scopes.malformed'],
    ['a length that is not minimal', parseHex('3081080201013003' + '0c0161')!, 'scopes.malformed'],
    ['an indefinite length', parseHex('308002010130030c01610000')!, 'scopes.malformed'],
    ['a list that is cut off', parseHex('300802010130050c0161')!, 'scopes.malformed'],
    [
      'an IA5String',
      encodeSequence(encodeInteger(1), encodeSequence(encodeElement(0x16, encodeUtf8('a')))),
      'scopes.malformed',
    ],
    [
      'broken UTF-8',
      encodeSequence(encodeInteger(1), encodeSequence(parseHex('0c02c3ff')!)),
      'scopes.malformed',
    ],
    [
      'a SET for the list',
      encodeSequence(encodeInteger(1), encodeElement(0x31, encodeUtf8String('a'))),
      'scopes.malformed',
    ],
    ['scopes out of order', extension('b', 'a'), 'scopes.unsorted'],
    ['a scope twice', extension('a', 'a'), 'scopes.duplicate'],
    ['a pattern', extension('bob.*'), 'scopes.syntax'],
    ['an open pattern', extension('**'), 'scopes.syntax'],
    ['upper case', extension('Bob'), 'scopes.syntax'],
    ['an empty scope', extension(''), 'scopes.syntax'],
    ['a scope with a NUL', extension('bob\u0000.read'), 'scopes.syntax'],
    [
      '257 scopes',
      extension(...Array.from({ length: 257 }, (_, i) => `s${String(i).padStart(3, '0')}`)),
      'scopes.too_many',
    ],
  ]
  for (const [what, value, defect] of hostile) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => decodeScopeExtension(value), { name: 'MalformedError', defect })
    })
  }
})

describe('parseScopeExtensionOid', () => {
  it('takes OIDs in dotted form, also those made of UUIDs', () => {
    for (const oid of [
      '1.3.6.1.4.1.32473.1.1',
      '1.3.6.1.4.1.99999.7',
      '2.25.329800735698586629295641978511506172918',
      '0.39.0',
    ]) {
      assert.equal(parseScopeExtensionOid(oid), oid)
    }
  })

  it('refuses what is none, and OIDs that mean something else already', () => {
    for (const oid of [
      '',
      'garbage',
      '1',
      '1.2',
      '1.40.1',
      '3.1.1',
      '1.2.03',
      '1.2.-3',
      '1.2.3.',
      ' 1.2.3',
      '1.2.3\n',
      `1.2${'.3'.repeat(17)}`,
      '2.5.29.17',
      '2.5.29.9999',
      '1.3.6.1.5.5.7.1.1',
      '1.2.840.10045.4.3.2',
    ]) {
      assert.throws(() => parseScopeExtensionOid(oid), { reason: 'FIELD_INVALID' }, oid)
    }
  })
})
