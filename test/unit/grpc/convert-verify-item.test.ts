import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { status as Code } from '@grpc/grpc-js'
import { DomainError } from '../../../src/core/errors.ts'
import { VerifyRequestsRequest } from '../../../src/gen/chancery/v1/authorization_service.ts'
import { ErrorReason } from '../../../src/gen/chancery/v1/error_reason.ts'
import { fromWireVerify } from '../../../src/grpc/convert-verify.ts'
import { readVerifyItem, toWireVerifiedItem } from '../../../src/grpc/convert-verify-item.ts'
import { statusOf } from '../../../src/grpc/status.ts'

const item = VerifyRequestsRequest.fromPartial({
  id: 2n ** 63n + 7n,
  request: {
    credential: {
      $case: 'httpSignature',
      value: { method: 'GET', target: '/AAAA', authority: 'bob.example' },
    },
    requiredScopes: ['bob.user.read'],
  },
})
const encoded = Buffer.from(VerifyRequestsRequest.encode(item).finish())

/** As the server reads: strings that are not UTF-8 are refused. */
function readStrictly(bytes: Buffer) {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  return readVerifyItem(new BinaryReader(bytes, (text) => utf8.decode(text)))
}

describe('an item of a stream on the wire', () => {
  it('is read with its id, its request and its size', () => {
    const { id, bytes, read } = readStrictly(encoded)
    assert.deepEqual({ id, bytes }, { id: item.id, bytes: encoded.length })
    assert.deepEqual(read(), fromWireVerify(item.request!))
  })

  it('keeps its id when a string of its request is not UTF-8', () => {
    const broken = Buffer.from(encoded)
    broken[broken.indexOf('/AAAA') + 2] = 0xff
    const { id, read } = readStrictly(broken)
    assert.equal(id, item.id)
    assert.throws(read, { name: 'DomainError', reason: 'FIELD_INVALID' })
  })

  it('keeps its id, wherever that stands, when its request is no message', () => {
    // Field 2 with a group end inside, then field 1.
    const broken = Buffer.from([0x12, 0x02, 0x0c, 0x0c, 0x08, 0x2a])
    const { id, read } = readStrictly(broken)
    assert.equal(id, 42n)
    assert.throws(read, { reason: 'FIELD_INVALID' })
  })

  it('is refused as a whole when not even its fields can be told apart', () => {
    for (const broken of [[0x12, 0x7f, 0x0a], [0x0f], [0x08]]) {
      assert.throws(() => readStrictly(Buffer.from(broken)), `${broken.join(' ')} was read`)
    }
  })

  it('is refused on its own without a request', () => {
    const { read } = readStrictly(Buffer.alloc(0))
    assert.throws(read, { reason: 'FIELD_INVALID' })
  })

  it('is answered with code, reason and metadata of its error', () => {
    const error = new DomainError('FIELD_INVALID', 'Wrong.', { field: 'audience' })
    assert.deepEqual(
      toWireVerifiedItem({ id: 3n, result: { error } }, (cause) => statusOf(cause, 'r')),
      {
        id: 3n,
        result: {
          $case: 'error',
          value: {
            code: Code.INVALID_ARGUMENT,
            reason: ErrorReason.ERROR_REASON_FIELD_INVALID,
            message: 'Wrong.',
            metadata: { field: 'audience' },
          },
        },
      },
    )
  })

  it('says nothing of a fault that is ours', () => {
    const answer = toWireVerifiedItem({ id: 3n, result: { error: new Error('/secret/path') } }, (cause) =>
      statusOf(cause, 'request-9'),
    )
    const error = answer.result?.$case === 'error' ? answer.result.value : undefined
    assert.equal(error?.code, Code.INTERNAL)
    assert.equal(error.reason, ErrorReason.ERROR_REASON_INTERNAL)
    assert.doesNotMatch(error.message, /secret/)
  })
})
