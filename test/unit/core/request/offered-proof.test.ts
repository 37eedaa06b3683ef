import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findBearerToken } from '../../../../src/core/request/offered-proof.ts'
import { header } from '../../../support/decision-fixture.ts'

const find = (...pairs: readonly (readonly [string, string])[]) =>
  findBearerToken(pairs.map(([name, value]) => header(name, value)))

describe('the token of a request', () => {
  it('is what follows Bearer, in any case', () => {
    assert.equal(find(['authorization', 'Bearer a.b.c']), 'a.b.c')
    assert.equal(find(['AUTHORIZATION', 'bEARER   a.b.c']), 'a.b.c')
  })

  it('is nothing where another scheme, or none, is used', () => {
    assert.equal(find(), undefined)
    assert.equal(find(['authorization', 'Basic YTpi']), undefined)
    assert.equal(find(['authorization', 'Bearerish a.b.c']), undefined)
    assert.equal(find(['authorization', 'DPoP a.b.c']), undefined)
    assert.equal(find(['x-authorization', 'Bearer a.b.c']), undefined)
  })

  it('is empty after Bearer alone', () => {
    assert.equal(find(['authorization', 'Bearer']), '')
    assert.equal(find(['authorization', 'Bearer ']), '')
  })

  it('is no token if there are two Authorization lines, whichever comes first', () => {
    const bearer = ['authorization', 'Bearer a.b.c'] as const
    const basic = ['Authorization', 'Basic YTpi'] as const
    assert.match(find(bearer, bearer) ?? '', /,/)
    assert.match(find(bearer, basic) ?? '', /,/)
    assert.match(find(basic, bearer) ?? '', /,/)
  })

  it('is not looked for in a request that tries to be signed', () => {
    for (const name of ['Signature', 'signature-input', 'X-Client-Cert', 'X-SIGNATURE'])
      assert.equal(find(['authorization', 'Bearer a.b.c'], [name, '']), undefined)
  })
})
