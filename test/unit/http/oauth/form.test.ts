import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MalformedError } from '../../../../src/core/errors.ts'
import { parseForm } from '../../../../src/http/oauth/form.ts'

const read = (text: string) => Object.fromEntries(parseForm(Buffer.from(text, 'latin1')))

describe('a form', () => {
  it('is read with its escapes, and without what has no value', () => {
    assert.deepEqual(read('a=1&b=x+y%20z%2B&c='), { a: '1', b: 'x y z+' })
    assert.deepEqual(read(''), {})
    assert.deepEqual(read('__proto__=1&constructor=2'), JSON.parse('{"__proto__":"1","constructor":"2"}'))
  })

  for (const [name, text, defect] of [
    ['a parameter twice', 'a=1&a=1', 'form.duplicate'],
    ['a parameter twice, once escaped', 'a=1&%61=2', 'form.duplicate'],
    ['a parameter twice, once without a value', 'a=&a=1', 'form.duplicate'],
    ['a second equals sign', 'a=b=c', 'form.pair'],
    ['no equals sign', 'a', 'form.pair'],
    ['no name', '=1', 'form.pair'],
    ['nothing between two ampersands', 'a=1&&b=2', 'form.pair'],
    ['a cut escape', 'a=%4', 'form.escape'],
    ['an escape that is no UTF-8', 'a=%ff', 'form.escape'],
    ['a blank', 'a=b c', 'form.characters'],
    ['a line feed', 'a=1\n', 'form.characters'],
    ['what is not ASCII', 'a=\u00e9', 'form.characters'],
    ['too many parameters', Array.from({ length: 33 }, (_, i) => `a${i}=1`).join('&'), 'form.too_many'],
  ] as const) {
    it(`is refused with ${name}`, () => {
      assert.throws(
        () => read(text),
        (error) => error instanceof MalformedError && error.defect === defect,
      )
    })
  }
})
