import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DomainError } from '../../../../src/core/errors.ts'
import { isConcrete, parseScope, parseScopePattern, patternCovers } from '../../../../src/core/scope/scope.ts'

const segment64 = 's'.repeat(64)
const longest = [segment64, segment64, segment64, 's'.repeat(60)].join('.')

function refuses(parse: (text: string) => string, text: string): void {
  assert.throws(
    () => parse(text),
    (error) => {
      assert.ok(error instanceof DomainError)
      assert.equal(error.reason, 'SCOPE_MALFORMED')
      assert.deepEqual(error.metadata, { scope: text.slice(0, 64) })
      return true
    },
  )
}

const NEVER = [
  ['nothing', ''],
  ['a dot alone', '.'],
  ['an empty first segment', '.bob'],
  ['an empty last segment', 'bob.'],
  ['an empty segment in between', 'bob..read'],
  ['upper case', 'Bob.read'],
  ['a blank', 'bob. read'],
  ['a line feed at the end', 'bob.read\n'],
  ['a NUL', 'bob\u0000.read'],
  ['a letter that only looks like a', 'b\u043eb.read'],
  ['a letter that lower-cases to ASCII', '\u212aelvin.read'],
  ['a slash', 'bob/read'],
  ['a colon', 'bob:read'],
  ['a segment of 65 characters', `${segment64}s.read`],
  ['17 segments', Array(17).fill('a').join('.')],
  ['256 characters', `${longest}s`],
  ['a megabyte of dots', '.'.repeat(1_000_000)],
  ['a star inside a segment', 'bob.re*d'],
  ['three stars', 'bob.***'],
] as const

describe('parseScope', () => {
  for (const text of ['a', 'bob.user.read', '0-_.z', segment64, longest, Array(16).fill('a').join('.')]) {
    it(`accepts ${text.slice(0, 20)} of ${text.length} characters`, () => {
      assert.equal(parseScope(text), text)
      assert.equal(parseScopePattern(text), text)
    })
  }
  for (const [what, text] of NEVER) {
    it(`refuses ${what}`, () => {
      refuses(parseScope, text)
    })
  }
  it('refuses every pattern that is not concrete', () => {
    for (const text of ['*', '**', 'bob.*', 'bob.**', '*.read']) refuses(parseScope, text)
  })
})

describe('parseScopePattern', () => {
  it('accepts stars for whole segments, and two stars at the end', () => {
    for (const text of ['*', '**', 'bob.*', 'bob.**', '*.read', '*.*.**']) {
      assert.equal(parseScopePattern(text), text)
      assert.equal(isConcrete(text), false)
    }
  })
  it('refuses two stars before the end', () => {
    for (const text of ['**.read', 'bob.**.read', '**.**']) refuses(parseScopePattern, text)
  })
  for (const [what, text] of NEVER) {
    it(`refuses ${what}`, () => {
      refuses(parseScopePattern, text)
    })
  }
})

describe('patternCovers', () => {
  const cases: readonly [pattern: string, scope: string, covered: boolean][] = [
    ['bob.user.read', 'bob.user.read', true],
    ['bob.user.read', 'bob.user.reader', false],
    ['bob.user', 'bob.user.read', false],
    ['bob.user.read', 'bob.user', false],
    ['bob.*.read', 'bob.user.read', true],
    ['bob.*.read', 'bob.read', false],
    ['bob.*.read', 'bob.a.b.read', false],
    ['bob.*', 'bob.user', true],
    ['bob.*', 'bob', false],
    ['bob.*', 'bob.user.read', false],
    ['bob.**', 'bob', false],
    ['bob.**', 'bob.user', true],
    ['bob.**', 'bob.user.read', true],
    ['bob.**', 'bobby.user', false],
    ['*.**', 'bob', false],
    ['*.**', 'bob.user', true],
    ['**', 'bob', true],
    ['**', 'bob.user.read', true],
    ['*', 'bob.user', false],
  ]
  for (const [pattern, scope, covered] of cases) {
    it(`${pattern} ${covered ? 'covers' : 'does not cover'} ${scope}`, () => {
      assert.equal(patternCovers(pattern, scope), covered)
    })
  }
  it('covers no pattern, not even itself', () => {
    for (const pattern of ['*', '**', 'bob.*', 'bob.**']) assert.equal(patternCovers(pattern, pattern), false)
    assert.equal(patternCovers('**', 'bob.*'), false)
  })
  it('lets a malformed pattern cover nothing', () => {
    for (const pattern of ['', '**.read', 'bob.**.read', 'b*b.read', 'BOB.*']) {
      for (const scope of ['bob', 'bob.read', 'bob.user.read'])
        assert.equal(patternCovers(pattern, scope), false)
    }
  })
  it('covers no malformed scope', () => {
    for (const scope of ['', '.', 'bob.', 'BOB', 'bob.user\n'])
      assert.equal(patternCovers('**', scope), false)
  })
})
