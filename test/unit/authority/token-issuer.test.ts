import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTokenAuthority } from '../../../src/authority/token-issuer.ts'
import { openFakeTokenKeys } from '../../support/token-keys.ts'

const OPTIONS = { trustDomain: 'chancery.example', publicUrl: undefined, authorityId: 'issuing-1' }

describe('this service as issuer of tokens', () => {
  it('is named by its public URL, and by the trust domain without one', async () => {
    const keys = await openFakeTokenKeys()
    const publicUrl = 'https://pki.example'
    assert.equal(createTokenAuthority(keys, { ...OPTIONS, publicUrl }).issuer, publicUrl)
    const { issuer, audience } = createTokenAuthority(keys, OPTIONS)
    assert.deepEqual([issuer, audience], ['spiffe://chancery.example', 'spiffe://chancery.example'])
  })

  it('has at every instant the keys that there are then', async () => {
    const keys = await openFakeTokenKeys()
    const authority = createTokenAuthority(keys, OPTIONS)
    const first = authority.jwks
    assert.equal(authority.jwks, first)
    await keys.rotate('admin', 'scheduled')
    assert.notEqual(authority.jwks, first)
    assert.equal(authority.keys.length, 2)
    assert.deepEqual((await authority.signing()).key, authority.keys[0])
  })
})
