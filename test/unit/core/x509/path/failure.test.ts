import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { failure, morePromising } from '../../../../../src/core/x509/path/failure.ts'

describe('the more promising of two failures', () => {
  const early = failure('ISSUER_UNKNOWN', 'early')
  const late = failure('CERTIFICATE_REVOKED', 'late')

  it('is the one of the later check', () => {
    assert.equal(morePromising(early, late), late)
    assert.equal(morePromising(late, early), late)
  })

  it('is the first of two of the same check, and the only one of one', () => {
    assert.equal(morePromising(early, failure('ISSUER_UNKNOWN', 'again')), early)
    assert.equal(morePromising(undefined, early), early)
  })
})
