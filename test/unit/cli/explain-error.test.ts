import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { EXIT } from '../../../src/cli/exit-code.ts'
import { explainError } from '../../../src/cli/explain-error.ts'
import { DomainError, ERROR_REASONS } from '../../../src/core/errors.ts'
import { statusOf } from '../../../src/grpc/status.ts'
import { SignerError } from '../../../src/signer/signer.ts'
import { StoreError } from '../../../src/store/store.ts'

/** What a caller gets when the service throws this. */
function received(reason: (typeof ERROR_REASONS)[number]): ServiceError {
  const { code, details, metadata } = statusOf(new DomainError(reason, 'It failed.', {}), 'request-1')
  return Object.assign(new Error(details), { code, details, metadata })
}

describe('an error of the service', () => {
  for (const reason of ERROR_REASONS) {
    it(`keeps the reason ${reason} and says what to do`, () => {
      const { details, message } = explainError(received(reason))
      assert.equal(details.reason, reason)
      assert.match(message, /[.!?]$/)
    })
  }

  it('has an exit code of its own where a script can act on it', () => {
    assert.equal(explainError(received('CLIENT_NOT_FOUND')).exitCode, EXIT.notFound)
    assert.equal(explainError(received('CALLER_NOT_ALLOWED')).exitCode, EXIT.notAllowed)
    assert.equal(explainError(received('CALLER_REVOKED')).exitCode, EXIT.notAllowed)
    assert.equal(explainError(received('STORE_UNAVAILABLE')).exitCode, EXIT.unavailable)
    assert.equal(explainError(received('FIELD_INVALID')).exitCode, EXIT.usage)
    assert.equal(explainError(received('COUNT_MISMATCH')).exitCode, EXIT.failure)
  })

  it('carries the request id of a bug, and nothing of its cause', () => {
    const { details, message } = explainError(received('INTERNAL'))
    assert.equal(details.requestId, 'request-1')
    assert.notEqual(message, '')
  })

  it('survives details that cannot be read', () => {
    const metadata = new Metadata()
    metadata.set('grpc-status-details-bin', Buffer.from('ff', 'hex'))
    const error = Object.assign(new Error('x'), { code: status.NOT_FOUND, details: 'gone', metadata })
    assert.equal(explainError(error).exitCode, EXIT.notFound)
  })
})

describe('an error of an authority on this machine', () => {
  it('is told with its cause, and not taken for a defect of the program', () => {
    const wrong = new SignerError('the key in a.pem cannot be read: the passphrase is wrong')
    assert.equal(explainError(wrong).message, `${wrong.message}.`)
    assert.equal(explainError(wrong).details.advice, undefined)
    const full = new StoreError('the database cannot be written', {
      cause: new Error('SQLITE_FULL: disk is full'),
    })
    assert.match(explainError(full).message, /cannot be written \(SQLITE_FULL/)
  })
})
