import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { status } from '@grpc/grpc-js'
import { readErrorDetails } from '../../../src/rpc/error-details.ts'
import { grpcRefusal } from '../src/http/grpc-refusal.ts'
import { refuseUndecided } from '../src/http/refusal.ts'

describe('the end of a gRPC call about which there is no decision', () => {
  it('says when to try again', () => {
    const { code, details, metadata } = grpcRefusal(refuseUndecided({ reason: 'TRUST_UNAVAILABLE' }))
    assert.deepEqual([code, details], [status.UNAVAILABLE, 'NO_DECISION'])
    assert.deepEqual(readErrorDetails({ metadata }), {
      reason: 'NO_DECISION',
      metadata: {},
      retryAfterMs: 10_000,
    })
  })

  it('says that it need not be tried again as it is, where it could not be read', () => {
    const { code, metadata } = grpcRefusal(refuseUndecided({ reason: 'FIELD_INVALID' }))
    assert.equal(code, status.INVALID_ARGUMENT)
    assert.deepEqual(readErrorDetails({ metadata }), { reason: 'REQUEST_INVALID', metadata: {} })
  })
})
