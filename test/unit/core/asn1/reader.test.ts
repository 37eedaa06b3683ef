import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DerReader, enterDer } from '../../../../src/core/asn1/reader.ts'
import { TAG } from '../../../../src/core/asn1/tags.ts'
import { checkDer } from '../../../../src/core/asn1/values.ts'
import { encodeElement, encodeSequence } from '../../../../src/core/asn1/writer.ts'
import { MAX_DER_DEPTH } from '../../../../src/core/limits.ts'
import { hex } from '../../../support/build-x509.ts'
import { assertDefect } from '../../../support/defect.ts'

const read = (text: string) => () => new DerReader(hex(text)).readAny()

describe('DerReader', () => {
  it('reads elements one after another and gives views on the input', () => {
    const bytes = hex('0201 05 0400')
    const reader = new DerReader(bytes)
    const first = reader.read(TAG.integer)
    assert.equal(first.content.buffer, bytes.buffer)
    assert.deepEqual([...first.der], [0x02, 0x01, 0x05])
    assert.equal(reader.read(TAG.octetString).content.length, 0)
    assert.equal(reader.done, true)
  })

  it('reads a length of two octets', () => {
    const element = new DerReader(encodeElement(TAG.octetString, new Uint8Array(300))).readAny()
    assert.equal(element.content.length, 300)
  })

  const refused: readonly (readonly [what: string, bytes: string, defect: string])[] = [
    ['nothing at all', '', 'der.truncated'],
    ['a tag without a length', '02', 'der.truncated'],
    ['a length beyond the end', '0202 05', 'der.truncated'],
    ['a long length that is cut off', '0482 01', 'der.truncated'],
    ['an indefinite length', '3080 0000', 'der.length_indefinite'],
    ['a long form below 128', '0481 05 0000000000', 'der.length_not_minimal'],
    ['a length with a leading zero', `048200ff${'00'.repeat(255)}`, 'der.length_not_minimal'],
    ['a length of five octets', '0485 0000000001 00', 'der.length_too_large'],
    ['a length of 127 octets', '04ff', 'der.length_too_large'],
    ['a length of four gigabytes', '0484ffffffff', 'der.truncated'],
    ['a tag above 30', '1f 8148 00', 'der.tag_unsupported'],
    ['a tag above 30 in context', 'bf 2100', 'der.tag_unsupported'],
  ]
  for (const [what, bytes, defect] of refused) it(`refuses ${what}`, () => assertDefect(defect, read(bytes)))

  it('refuses another tag than the one asked for', () => {
    assertDefect('der.unexpected_tag', () => new DerReader(hex('0400')).read(TAG.integer))
    assertDefect('der.unexpected_tag', () => new DerReader(hex('')).read(TAG.integer))
  })

  it('refuses octets after the end', () => {
    assertDefect('der.trailing_data', () => enterDer(hex('3000 00'), TAG.sequence))
  })

  it('refuses nesting deeper than the limit, without using the stack for it', () => {
    let nested: Uint8Array = hex('0500')
    for (let depth = 0; depth < MAX_DER_DEPTH; depth++) nested = encodeSequence(nested)
    checkDer(nested)
    assertDefect('der.too_deep', () => checkDer(encodeSequence(nested)))
    assertDefect('der.length_indefinite', () =>
      checkDer(new Uint8Array(10_000).fill(0x30).map((v, i) => (i % 2 === 0 ? v : 0x80))),
    )
  })
})
