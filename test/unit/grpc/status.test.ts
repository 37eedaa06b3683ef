import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { status as Code } from '@grpc/grpc-js'
import { DENY_REASONS } from '../../../src/core/decision/deny-reason.ts'
import { DomainError, ERROR_REASONS, MalformedError } from '../../../src/core/errors.ts'
import { DenyReason } from '../../../src/gen/chancery/v1/authorization_service.ts'
import { ErrorReason } from '../../../src/gen/chancery/v1/error_reason.ts'
import { ErrorInfo, RequestInfo, RetryInfo } from '../../../src/gen/google/rpc/error_details.ts'
import { Status } from '../../../src/gen/google/rpc/status.ts'
import { type CallStatus, StatusError, statusOf } from '../../../src/grpc/status.ts'
import { SignerError } from '../../../src/signer/signer.ts'
import { StoreError } from '../../../src/store/store.ts'

function detailsOf(status: CallStatus) {
  const [raw] = status.metadata.get('grpc-status-details-bin')
  return Status.decode(raw as Buffer)
}

function find(status: CallStatus, name: string): Buffer {
  const found = detailsOf(status).details.find(
    ({ typeUrl }) => typeUrl === `type.googleapis.com/google.rpc.${name}`,
  )
  return found?.value ?? assert.fail(`no ${name}`)
}

function names(values: Readonly<Record<string, unknown>>, prefix: string): string[] {
  return Object.entries(values)
    .filter(([name, value]) => name.startsWith(prefix) && typeof value === 'number' && value > 0)
    .sort(([, a], [, b]) => Number(a) - Number(b))
    .map(([name]) => name.slice(prefix.length))
}

describe('the reasons on the wire', () => {
  it('are those of the code: error_reason.proto', () => {
    assert.deepEqual(names(ErrorReason, 'ERROR_REASON_'), [...ERROR_REASONS])
  })

  it('are those of the code: DenyReason, each once', () => {
    assert.deepEqual(names(DenyReason, 'DENY_REASON_').sort(), [...DENY_REASONS].sort())
  })

  it('stand in the proto in the order in which checks run', () => {
    const proto = readFileSync(
      new URL('../../../proto/chancery/v1/authorization_service.proto', import.meta.url),
      'utf8',
    )
    const written = [...proto.matchAll(/^ {2}DENY_REASON_(\w+) = \d+;/gm)].map(([, name]) => name)
    assert.deepEqual(written, ['UNSPECIFIED', ...DENY_REASONS])
  })
})

describe('statusOf', () => {
  // The table is the comments of the proto: what is documented is what is sent.
  const proto = readFileSync(
    new URL('../../../proto/chancery/v1/error_reason.proto', import.meta.url),
    'utf8',
  )
  const documented = [...proto.matchAll(/((?:^ {2}\/\/ .*\n)+) {2}ERROR_REASON_(\w+) = [1-9]\d*;/gm)]

  it('finds the documentation of every reason', () => {
    assert.equal(documented.length, ERROR_REASONS.length)
  })

  for (const [, comment = '', reason = ''] of documented) {
    const [, code = '', , detail] = /\. ([A-Z_]+)( with (\w+))?\./.exec(comment) ?? []
    it(`sends ${reason} as ${code}${detail === undefined ? '' : ` with ${detail}`}, as documented`, () => {
      const metadata = { field: 'a.b', client_id: 'alice', authority: 'root', serial_number: '01' }
      const status = statusOf(
        new DomainError(reason as (typeof ERROR_REASONS)[number], 'Text.', metadata),
        'r1',
      )
      assert.equal(Code[status.code], code)
      assert.equal(detailsOf(status).code, status.code)
      const info = ErrorInfo.decode(find(status, 'ErrorInfo'))
      assert.equal(info.reason, `ERROR_REASON_${reason}`)
      assert.equal(info.domain, 'chancery.v1')
      assert.deepEqual(info.metadata, metadata)
      if (detail !== undefined) find(status, detail)
    })
  }

  it('tells when to try again', () => {
    const status = statusOf(new DomainError('CLIENT_CHANGED', 'x'), 'r1')
    assert.equal(RetryInfo.decode(find(status, 'RetryInfo')).retryDelay?.nanos, 100_000_000)
  })

  it('turns outages of store and signer into UNAVAILABLE without their text', () => {
    for (const error of [new StoreError('disk at /secret'), new SignerError('pin 1234')]) {
      const status = statusOf(error, 'r1')
      assert.equal(status.code, Code.UNAVAILABLE)
      assert.doesNotMatch(status.details, /secret|1234/)
    }
  })

  it('turns everything else into INTERNAL with the request id and nothing of the cause', () => {
    for (const error of [
      new TypeError('x of /secret'),
      new MalformedError('der.depth', '/secret'),
      'secret',
      undefined,
      { code: 5 },
    ]) {
      const status = statusOf(error, 'request-7')
      assert.equal(status.code, Code.INTERNAL)
      assert.doesNotMatch(JSON.stringify(status.metadata.toJSON()) + status.details, /secret/)
      assert.equal(RequestInfo.decode(find(status, 'RequestInfo')).requestId, 'request-7')
    }
  })

  it('keeps the code that a standard protocol fixes, and knows an abort', () => {
    assert.equal(statusOf(new StatusError(Code.NOT_FOUND, 'x'), 'r').code, Code.NOT_FOUND)
    assert.equal(statusOf(new DOMException('x', 'AbortError'), 'r').code, Code.CANCELLED)
  })

  it('stays small and well-formed whatever ends up in message and metadata', () => {
    const status = statusOf(
      new DomainError('FIELD_INVALID', '\ud800'.repeat(100_000), { field: 'x'.repeat(100_000) }),
      'r',
    )
    assert.ok(status.details.isWellFormed())
    const [raw] = status.metadata.get('grpc-status-details-bin')
    assert.ok((raw as Buffer).length < 6000)
  })
})
