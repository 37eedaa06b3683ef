import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resolveScopes } from '../../../../src/core/issuance/resolve-scopes.ts'

const grant = ['bob.**', 'carol.*.read', 'dave.user.read', 'erin']

describe('resolveScopes', () => {
  it('gives what was asked for, sorted, each once', () => {
    const asked = ['erin', 'bob.x.y', 'carol.user.read', 'erin']
    assert.deepEqual(resolveScopes('alice', grant, asked), {
      scopes: ['bob.x.y', 'carol.user.read', 'erin'],
      warnings: [],
    })
  })
  it('gives every concrete scope when none was asked for, and names the patterns that it cannot carry', () => {
    const { scopes, warnings } = resolveScopes('alice', grant, [])
    assert.deepEqual(scopes, ['dave.user.read', 'erin'])
    assert.equal(warnings.length, 1)
    assert.match(warnings[0]!, /"bob\.\*\*", "carol\.\*\.read"/)
  })
  it('says that a certificate without scopes has none', () => {
    const { scopes, warnings } = resolveScopes('alice', [], [])
    assert.deepEqual(scopes, [])
    assert.equal(warnings.length, 1)
  })
  it('refuses a scope outside the grant, with all others', () => {
    assert.throws(() => resolveScopes('alice', grant, ['erin', 'frank']), {
      reason: 'SCOPE_NOT_GRANTABLE',
      metadata: { client_id: 'alice', scope: 'frank' },
    })
  })
  it('refuses what a pattern does not reach', () => {
    for (const scope of ['bob', 'carol.read', 'carol.a.b.read', 'dave', 'erin.x']) {
      assert.throws(() => resolveScopes('alice', grant, [scope]), { reason: 'SCOPE_NOT_GRANTABLE' }, scope)
    }
  })
  it('refuses a pattern, also one that stands in the grant', () => {
    for (const scope of ['bob.**', 'carol.*.read', '**', '']) {
      assert.throws(() => resolveScopes('alice', grant, [scope]), { reason: 'SCOPE_MALFORMED' }, scope)
    }
  })
  it('refuses more scopes than a certificate carries', () => {
    const asked = Array.from({ length: 257 }, (_, i) => `bob.${i}`)
    assert.throws(() => resolveScopes('alice', grant, asked), {
      reason: 'FIELD_INVALID',
      metadata: { field: 'scopes' },
    })
  })
  it('gives nothing to a client without a grant', () => {
    assert.throws(() => resolveScopes('alice', [], ['erin']), { reason: 'SCOPE_NOT_GRANTABLE' })
  })
})
