import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { ChanceryError, toChanceryError } from '../src/chancery-error.ts'

function received(code: status, details: string): ChanceryError {
  const error: ServiceError = Object.assign(new Error(details), { code, details, metadata: new Metadata() })
  const made = toChanceryError(error)
  assert.ok(made instanceof ChanceryError)
  return made
}

const BROKEN_PIPE = 'Received RST_STREAM with code 2 triggered by internal client error: write EPIPE'

it('takes a connection that broke under a call for an authority that is not reachable, whatever the system said of it', () => {
  for (const error of [
    received(status.UNAVAILABLE, 'read ECONNRESET'),
    received(status.INTERNAL, BROKEN_PIPE),
    received(status.INTERNAL, 'Received RST_STREAM with code 0 (Call ended without gRPC status)'),
  ]) {
    assert.equal(error.reason, 'UNREACHABLE')
    assert.equal(error.status, 'UNAVAILABLE')
    assert.equal(error.retriable, true)
  }
})

it('takes an INTERNAL that somebody answered for what it is', () => {
  const error = received(status.INTERNAL, 'a proxy failed')
  assert.equal(error.reason, 'UNEXPECTED')
  assert.equal(error.status, 'INTERNAL')
  assert.equal(error.retriable, false)
})
