import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  MAX_STRUCTURED_FIELD_ITEMS,
  MAX_STRUCTURED_FIELD_LENGTH,
  MAX_STRUCTURED_FIELD_MEMBERS,
  MAX_STRUCTURED_FIELD_PARAMETERS,
} from '../../../../../src/core/limits.ts'
import {
  parseDictionary,
  parseInnerList,
  parseItem,
  parseList,
} from '../../../../../src/core/request/structured-field/parse-field.ts'
import {
  serializeDictionary,
  serializeMember,
} from '../../../../../src/core/request/structured-field/serialize.ts'
import { type BareItem, makeDecimal } from '../../../../../src/core/request/structured-field/value.ts'
import { assertDefect } from '../../../../support/defect.ts'

const repeat = (count: number, one: (i: number) => string, separator: string) =>
  Array.from({ length: count }, (_, i) => one(i)).join(separator)

describe('a structured field', () => {
  it('keeps a decimal a decimal', () => {
    for (const text of ['1.0', '-0.5', '999999999999.999', '0.001', '12.25'])
      assert.equal(serializeMember(parseItem([text])), text)
    assert.equal(serializeMember(parseItem(['1.500'])), '1.5')
    assert.equal(serializeMember(parseItem(['-0.0'])), '0.0')
    assert.equal(serializeMember(parseItem(['-0'])), '0')
  })

  it('rounds a decimal half to even and refuses one that is too large', () => {
    const written = (value: number) =>
      serializeMember({ kind: 'item', value: makeDecimal(value), parameters: new Map() })
    assert.equal(written(0.0025), '0.002')
    assert.equal(written(-0.0035), '-0.004')
    assert.equal(written(2), '2.0')
    assertDefect('structured_field.number', () => makeDecimal(1e12))
    assertDefect('structured_field.number', () => makeDecimal(Number.NaN))
  })

  it('takes the last of a repeated key, or refuses it when told to', () => {
    assert.equal(serializeDictionary(parseDictionary(['a=1, b, a=2'])), 'a=2, b')
    assertDefect('structured_field.key_repeated', () => parseDictionary(['a=1, b', 'a=2'], { unique: true }))
    assert.equal(serializeMember(parseInnerList('("a";x=1;x=2)')), '("a";x=2)')
    assertDefect('structured_field.key_repeated', () => parseInnerList('("a";x=1;x=2)', { unique: true }))
    assertDefect('structured_field.key_repeated', () => parseInnerList('("a");x;x', { unique: true }))
    // The same key on two members is no repetition.
    parseInnerList('("a";x "b";x);x', { unique: true })
  })

  it('is refused for what is not in it', () => {
    const cases = [
      ['structured_field.bare_item', ''],
      ['structured_field.bare_item', '()'],
      ['structured_field.bare_item', '\t1'],
      ['structured_field.trailing', '1\t'],
      ['structured_field.trailing', '1, 2'],
      ['structured_field.string', '"a'],
      ['structured_field.string', '"\\a"'],
      ['structured_field.string', '"a\n"'],
      ['structured_field.string', '"\u00e9"'],
      ['structured_field.number', '1.'],
      ['structured_field.number', '1.1234'],
      ['structured_field.number', '-'],
      ['structured_field.number', '1234567890123456'],
      ['structured_field.bytes', ':AAB=:'],
      ['structured_field.bytes', ':AA-_:'],
      ['structured_field.bytes', ':AAAA'],
      ['structured_field.boolean', '?2'],
      ['structured_field.date', '@1.5'],
      ['structured_field.display_string', '%"%ff"'],
      ['structured_field.display_string', '%"%C3%BC"'],
      ['structured_field.display_string', '%"%c3'],
      ['structured_field.key', '1;A'],
      ['structured_field.key', '1;'],
    ] as const
    for (const [defect, text] of cases) assertDefect(defect, () => parseItem([text]))
    assertDefect('structured_field.trailing_comma', () => parseList(['1,']))
    assertDefect('structured_field.separator', () => parseList(['1 2']))
    assertDefect('structured_field.inner_list', () => parseList(['(1']))
    assertDefect('structured_field.inner_list', () => parseList(['(1"a")']))
    assertDefect('structured_field.inner_list', () => parseInnerList('1'))
    assertDefect('structured_field.trailing', () => parseInnerList('(1) 2'))
  })

  it('is bounded in length and in each count', () => {
    parseItem([`"${'a'.repeat(MAX_STRUCTURED_FIELD_LENGTH - 2)}"`])
    assertDefect('structured_field.too_long', () =>
      parseItem([`"${'a'.repeat(MAX_STRUCTURED_FIELD_LENGTH - 1)}"`]),
    )
    const members = (count: number) => repeat(count, (i) => `a${i}`, ',')
    assert.equal(parseDictionary([members(MAX_STRUCTURED_FIELD_MEMBERS)]).size, MAX_STRUCTURED_FIELD_MEMBERS)
    const parameters = (count: number) => `1;${repeat(count, (i) => `a${i}`, ';')}`
    parseItem([parameters(MAX_STRUCTURED_FIELD_PARAMETERS)])
    const items = (count: number) => `(${repeat(count, () => '1', ' ')})`
    parseInnerList(items(MAX_STRUCTURED_FIELD_ITEMS))
    assertDefect('structured_field.too_many', () =>
      parseDictionary([members(MAX_STRUCTURED_FIELD_MEMBERS + 1)]),
    )
    assertDefect('structured_field.too_many', () =>
      parseItem([parameters(MAX_STRUCTURED_FIELD_PARAMETERS + 1)]),
    )
    assertDefect('structured_field.too_many', () => parseInnerList(items(MAX_STRUCTURED_FIELD_ITEMS + 1)))
  })

  it('is read in linear time, however hostile', () => {
    const hostile = [
      ' '.repeat(200_000),
      `"${'\\"'.repeat(100_000)}`,
      `"${'a'.repeat(200_000)}`,
      `:${'='.repeat(200_000)}`,
      `%"${'%'.repeat(200_000)}"`,
      '9'.repeat(200_000),
      `1;${' '.repeat(200_000)}`,
    ]
    for (const text of hostile) assert.throws(() => parseItem([text]))
  })

  it('cannot be written with what no field can hold', () => {
    const parameters = new Map()
    const item = (value: BareItem) => () => serializeMember({ kind: 'item', value, parameters })
    assertDefect('structured_field.string', item({ kind: 'string', text: 'a\n' }))
    assertDefect('structured_field.token', item({ kind: 'token', text: '1a' }))
    assertDefect('structured_field.number', item({ kind: 'integer', value: 1.5 }))
    assertDefect('structured_field.number', item({ kind: 'date', seconds: 1e15 }))
    assertDefect('structured_field.display_string', item({ kind: 'display', text: '\ud800' }))
    assertDefect('structured_field.key', () =>
      serializeDictionary(
        new Map([['A', { kind: 'item', value: { kind: 'integer', value: 1 }, parameters }]]),
      ),
    )
  })
})
