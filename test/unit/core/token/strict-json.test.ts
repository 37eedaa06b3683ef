import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeUtf8 } from '../../../../src/core/bytes.ts'
import { member, parseJsonObject } from '../../../../src/core/token/strict-json.ts'
import { defectOf } from '../../../support/defect.ts'

const parse = (text: string) => parseJsonObject(encodeUtf8(text))

describe('strict JSON', () => {
  it('reads one object', () => {
    assert.deepEqual(parse(' {"a":[{"b":"c,}\\""},{"b":1}],"d":{"a":null}} '), {
      a: [{ b: 'c,}"' }, { b: 1 }],
      d: { a: null },
    })
  })

  const refused: readonly (readonly [string, string, string])[] = [
    ['a name twice', '{"alg":"ES256","alg":"none"}', 'json.duplicate'],
    ['a name twice, once escaped', '{"alg":1,"\\u0061lg":2}', 'json.duplicate'],
    ['a name twice in an inner object', '{"a":[{"b":{"c":1,"d":2,"c":3}}]}', 'json.duplicate'],
    ['a name twice after an inner object', '{"a":{"b":1},"a":2}', 'json.duplicate'],
    ['the empty name twice', '{"":1,"":2}', 'json.duplicate'],
    ['a list', '[]', 'json.not_an_object'],
    ['null', 'null', 'json.not_an_object'],
    ['a string', '"{}"', 'json.not_an_object'],
    ['nothing', '', 'json.syntax'],
    ['two values', '{}{}', 'json.syntax'],
    ['a comma at the end', '{"a":1,}', 'json.syntax'],
    ['a byte order mark', '\ufeff{}', 'json.syntax'],
    ['seventeen levels', `{"a":${'['.repeat(16)}${']'.repeat(16)}}`, 'json.depth'],
  ]
  for (const [what, text, defect] of refused) {
    it(`refuses ${what}`, () => {
      assert.equal(
        defectOf(() => parse(text)),
        defect,
      )
    })
  }

  it('refuses octets that are not UTF-8', () => {
    assert.equal(
      defectOf(() => parseJsonObject(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d))),
      'json.utf8',
    )
  })

  it('does not take the same name in two objects for one that is there twice', () => {
    assert.doesNotThrow(() => parse('{"a":{"a":[{"a":1},{"a":2}]},"b":"a","c":["a","a"]}'))
  })

  it('has no members but its own', () => {
    const object = parse('{"__proto__":{"alg":"none"}}')
    assert.equal(member(object, 'alg'), undefined)
    assert.equal(member(object, 'constructor'), undefined)
    assert.deepEqual(member(object, '__proto__'), { alg: 'none' })
  })

  it('reads the longest strings that its callers let through', () => {
    const text = `{"a":"${'\\"x'.repeat(20_000)}"}`
    assert.equal((parse(text)['a'] as string).length, 40_000)
  })
})
