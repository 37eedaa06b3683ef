import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  AuthorizationServiceService,
  Decision,
  VerifyRequestResponse,
} from '../../../src/gen/chancery/v1/authorization_service.ts'
import { createSerializer } from '../../../src/grpc/serializer.ts'

const short = VerifyRequestResponse.fromPartial({
  decision: Decision.DECISION_ALLOW,
  grantedScopes: ['bob.user.read'],
})
const long = VerifyRequestResponse.fromPartial({
  decision: Decision.DECISION_DENY,
  message: 'ä'.repeat(5_000),
  validUntil: new Date(0),
  grantedScopes: Array.from({ length: 200 }, (_, i) => `bob.user.scope-${i}`),
})
const generated = AuthorizationServiceService.verifyRequest.responseSerialize

describe('the serializer of answers', () => {
  it('writes what the generated one writes, whatever came before', () => {
    const serialize = createSerializer(VerifyRequestResponse)
    for (const message of [short, long, short, VerifyRequestResponse.create(), long]) {
      assert.deepEqual(serialize(message), generated(message))
    }
  })

  it('hands out octets that later messages do not change', () => {
    const serialize = createSerializer(VerifyRequestResponse)
    const first = serialize(short)
    serialize(long)
    assert.deepEqual(first, generated(short))
  })

  it('leaves nothing of a message that cannot be encoded in the next one', () => {
    const serialize = createSerializer(VerifyRequestResponse)
    const broken = { ...long, validUntil: new Date(NaN) }
    assert.throws(() => serialize(broken))
    assert.deepEqual(serialize(short), generated(short))
  })
})
