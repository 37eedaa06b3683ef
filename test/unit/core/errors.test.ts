import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DomainError, MalformedError } from '../../../src/core/errors.ts'

describe('errors that strangers cause at will', () => {
  const hostile = [
    new DomainError('FIELD_INVALID', 'No.', {}, { cause: 'a cause' }),
    new MalformedError('der.truncated', 'cut off'),
  ]

  it('are made without a stack trace, which would cost more than to refuse them', () => {
    for (const { stack } of hostile) assert.doesNotMatch(stack ?? '', /\n/)
  })

  it('are errors with a message and a cause like any other', () => {
    for (const error of hostile) assert.ok(error instanceof Error)
    assert.deepEqual(
      hostile.map(({ message, cause }) => [message, cause]),
      [
        ['No.', 'a cause'],
        ['cut off', undefined],
      ],
    )
  })

  it('leave other errors their stack trace', () => {
    assert.match(new Error('a bug').stack ?? '', /errors\.test\.ts/)
  })
})
