import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeUtf8, encodeUtf8 } from '../../../src/core/bytes.ts'

describe('encodeUtf8', () => {
  const encoder = new TextEncoder()

  it('encodes short texts as the encoder of the platform does, of seven bits or not', () => {
    const texts = ['', 'a', '\0', '\x7f', '\x80', 'ü', 'aü', '€', '😀', 'a'.repeat(64), `${'a'.repeat(63)}ü`]
    for (const text of texts) assert.deepEqual(encodeUtf8(text), encoder.encode(text), JSON.stringify(text))
  })

  it('encodes longer texts and half pairs of surrogates as the encoder of the platform does', () => {
    for (const text of ['a'.repeat(65), `${'b'.repeat(1000)}ü`, '\ud800', 'a\udc00'])
      assert.deepEqual(encodeUtf8(text), encoder.encode(text), JSON.stringify(text))
  })

  it('is undone by decodeUtf8', () => {
    for (const text of ['', 'abc', 'grün', '\ufeffmarked', 'x'.repeat(100)])
      assert.equal(decodeUtf8(encodeUtf8(text)), text)
  })
})
