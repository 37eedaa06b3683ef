import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  concreteScopes,
  covers,
  grantCovers,
  missingScopes,
  normalizeScopes,
  parseGrant,
  parseScopes,
} from '../../../../src/core/scope/scope-set.ts'

const many = (count: number) => Array.from({ length: count }, (_, i) => `s.${i}`)

describe('scope sets', () => {
  it('are sorted by octets and hold each scope once', () => {
    assert.deepEqual(normalizeScopes(['b', 'a.b', 'a-b', 'a', 'a_b', 'b']), ['a', 'a-b', 'a.b', 'a_b', 'b'])
  })
  it('hold 256 different scopes, counted without duplicates', () => {
    assert.equal(parseScopes([...many(256), ...many(256)]).length, 256)
  })
  it('refuse the 257th and name the field', () => {
    assert.throws(() => parseScopes(many(257), 'granted_scopes'), {
      reason: 'FIELD_INVALID',
      metadata: { field: 'granted_scopes' },
    })
  })
  it('refuse a pattern as a scope and accept it in a grant', () => {
    assert.throws(() => parseScopes(['bob.read', 'bob.*']), { reason: 'SCOPE_MALFORMED' })
    assert.deepEqual(parseGrant(['bob.read', 'bob.*']), ['bob.*', 'bob.read'])
  })
  it('tell which part of a grant a certificate can carry', () => {
    assert.deepEqual(concreteScopes(['bob.**', 'bob.read', 'carol.*.read', 'dave']), ['bob.read', 'dave'])
  })
})

describe('covers', () => {
  const granted = ['bob.user.read', 'bob.user.write']
  it('needs every scope under "all"', () => {
    assert.equal(covers(granted, ['bob.user.read', 'bob.user.write'], 'all'), true)
    assert.equal(covers(granted, ['bob.user.read', 'bob.user.delete'], 'all'), false)
  })
  it('needs one scope under "any"', () => {
    assert.equal(covers(granted, ['bob.user.delete', 'bob.user.read'], 'any'), true)
    assert.equal(covers(granted, ['bob.user.delete', 'bob.read'], 'any'), false)
  })
  it('asks for nothing when "all" of nothing is required', () => {
    assert.equal(covers([], [], 'all'), true)
  })
  it('refuses "any" of nothing, which no scope can satisfy', () => {
    assert.equal(covers(granted, [], 'any'), false)
  })
  it('grants nothing from nothing', () => {
    assert.equal(covers([], ['bob.user.read'], 'all'), false)
    assert.equal(grantCovers([], 'bob'), false)
  })
  it('names what is missing, sorted, each once', () => {
    assert.deepEqual(missingScopes(granted, ['z', 'bob.user.read', 'a', 'z', '*']), ['*', 'a', 'z'])
  })
})
