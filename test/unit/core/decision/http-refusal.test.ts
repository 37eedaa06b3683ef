import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DENY_REASONS } from '../../../../src/core/decision/deny-reason.ts'
import { httpRefusal } from '../../../../src/core/decision/http-refusal.ts'

describe('a refusal over HTTP', () => {
  it('forbids only what another proof of identity would not change', () => {
    assert.deepEqual(
      DENY_REASONS.filter((reason) => httpRefusal(reason, false).status === 403),
      ['AUDIENCE_MISMATCH', 'SCOPE_INSUFFICIENT'],
    )
  })

  it('says nothing of the reason, and asks for a token only where one is accepted', () => {
    const signature = { status: 401, challenge: 'Signature realm="chancery"' }
    assert.deepEqual(httpRefusal('TOKEN_EXPIRED', false), signature)
    assert.deepEqual(httpRefusal(undefined, false), signature)
    assert.deepEqual(httpRefusal('CERTIFICATE_REVOKED', true), {
      status: 401,
      challenge: 'Signature realm="chancery", Bearer realm="chancery"',
    })
  })
})
