import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ServerInterceptingCallInterface, status as Code } from '@grpc/grpc-js'
import { createCallEnd } from '../../../src/grpc/call-end.ts'
import { type CallStatus, StatusError, okStatus } from '../../../src/grpc/status.ts'

function createEnd() {
  const sent: unknown[] = []
  const reported: CallStatus[] = []
  const call = {
    sendStatus: (status: unknown) => sent.push(status),
    getDeadline: () => Infinity,
  } as unknown as ServerInterceptingCallInterface
  const report = {
    caller: undefined,
    cause: () => undefined,
    end: (status: CallStatus) => {
      reported.push(status)
    },
  }
  return { end: createCallEnd(call, undefined, report, 'request-1'), sent, reported }
}

describe('createCallEnd', () => {
  it('aborts a signal that was asked for before the call was stopped, with the cause', () => {
    const { end } = createEnd()
    const { signal } = end
    assert.equal(signal.aborted, false)
    const cause = new StatusError(Code.ABORTED, 'Stopped.')
    end.stop(cause)
    assert.equal(signal.aborted, true)
    assert.equal(signal.reason, cause)
    assert.equal(end.signal, signal)
  })

  it('hands out an aborted signal to who asks after the call was stopped', () => {
    const { end } = createEnd()
    const cause = new StatusError(Code.ABORTED, 'Stopped.')
    end.stop(cause)
    assert.equal(end.signal.aborted, true)
    assert.equal(end.signal.reason, cause)
  })

  it('hands out an aborted signal to who asks after the caller has gone', () => {
    const { end, reported } = createEnd()
    end.closed()
    assert.equal(end.signal.aborted, true)
    assert.deepEqual(
      reported.map(({ code }) => code),
      [Code.CANCELLED],
    )
  })

  it('leaves the signal alone when the call ends well', () => {
    const { end, sent } = createEnd()
    end.finish(okStatus())
    end.closed()
    assert.equal(end.signal.aborted, false)
    assert.equal(sent.length, 1)
  })
})
