import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MalformedError } from '../../src/core/errors.ts'
import { decodeScopeExtension, encodeScopeExtension } from '../../src/core/scope/scope-extension.ts'
import { covers, grantCovers, missingScopes, normalizeScopes } from '../../src/core/scope/scope-set.ts'
import { isScope, isScopePattern, patternCovers } from '../../src/core/scope/scope.ts'

// Few letters, so that generated patterns and scopes meet often.
const segment = fc.string({ unit: fc.constantFrom('a', 'b', '-', '7'), minLength: 1, maxLength: 2 })
const scope = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('.'))
const pattern = fc
  .tuple(fc.array(fc.oneof(segment, fc.constant('*')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([segments, open]) => (open ? [...segments.slice(1), '**'] : segments).join('.'))
const grant = fc.array(pattern, { maxLength: 6 })
const required = fc.array(scope, { maxLength: 6 })

/** The definition, told another way: a pattern as a regular expression over segments. */
function coversByDefinition(text: string, concrete: string): boolean {
  const source = text
    .split('.')
    .map((part) => (part === '**' ? '[^.]+(\\.[^.]+)*' : part === '*' ? '[^.]+' : part))
    .join('\\.')
  return new RegExp(`^${source}$`).test(concrete)
}

describe('the laws of scopes', () => {
  it('a scope covers itself and no other scope', () => {
    fc.assert(fc.property(scope, scope, (a, b) => patternCovers(a, b) === (a === b)))
  })
  it('a pattern covers exactly what its definition says', () => {
    fc.assert(fc.property(pattern, scope, (p, s) => patternCovers(p, s) === coversByDefinition(p, s)))
  })
  it('** never covers zero segments', () => {
    fc.assert(fc.property(scope, (s) => !patternCovers(`${s}.**`, s) && patternCovers(`${s}.**`, `${s}.x`)))
  })
  it('whatever * covers, ** in its place at the end covers', () => {
    fc.assert(fc.property(scope, scope, (p, s) => !patternCovers(`${p}.*`, s) || patternCovers(`${p}.**`, s)))
  })
  it('a larger grant covers at least as much', () => {
    fc.assert(
      fc.property(grant, pattern, scope, (g, p, s) => !grantCovers(g, s) || grantCovers([...g, p], s)),
    )
  })
  it('more required scopes are never easier to satisfy under "all", nor harder under "any"', () => {
    fc.assert(
      fc.property(grant, required, scope, (g, r, s) => {
        assert.ok(covers(g, r, 'all') || !covers(g, [...r, s], 'all'))
        assert.ok(!covers(g, r, 'any') || covers(g, [...r, s], 'any'))
      }),
    )
  })
  it('order and repetition change nothing', () => {
    fc.assert(
      fc.property(grant, required, fc.constantFrom('all' as const, 'any' as const), (g, r, match) => {
        const answer = covers(g, r, match)
        assert.equal(covers(g.toReversed(), [...r, ...r.toReversed()], match), answer)
        assert.deepEqual(normalizeScopes([...r, ...r.toReversed()]), normalizeScopes(r))
      }),
    )
  })
  it('"all" holds exactly when nothing is missing', () => {
    fc.assert(
      fc.property(grant, required, (g, r) => covers(g, r, 'all') === (missingScopes(g, r).length === 0)),
    )
  })
  it('any text at all is judged without an exception, and no text is both refused and covered', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.ok(isScopePattern(text) || !isScope(text))
        assert.equal(patternCovers('**', text), isScope(text))
      }),
    )
  })
})

describe('the laws of the scope extension', () => {
  it('what is written is read back', () => {
    fc.assert(
      fc.property(required, (scopes) => {
        const set = normalizeScopes(scopes)
        assert.deepEqual(decodeScopeExtension(encodeScopeExtension(set)), set)
      }),
    )
  })
  it('whatever octets are accepted are the one encoding of what they say', () => {
    const mutated = fc
      .tuple(required, fc.nat(), fc.integer({ min: 0, max: 255 }))
      .map(([scopes, position, octet]) => {
        const value = encodeScopeExtension(normalizeScopes(scopes))
        value[position % value.length] = octet
        return value
      })
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 40 })), (value) => {
        let scopes: readonly string[]
        try {
          scopes = decodeScopeExtension(value)
        } catch (error) {
          assert.ok(error instanceof MalformedError && error.defect.startsWith('scopes.'))
          return
        }
        assert.deepEqual(encodeScopeExtension(scopes), Uint8Array.from(value))
      }),
      { numRuns: 1000 },
    )
  })
})
