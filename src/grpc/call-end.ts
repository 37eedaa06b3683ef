import { type ServerInterceptingCallInterface, status as Code } from '@grpc/grpc-js'
import { DomainError } from '../core/errors.ts'
import type { CallEnd } from './call-context.ts'
import type { CallReport } from './call-report.ts'
import type { PeerConnection } from './peer-connections.ts'
import { type CallStatus, StatusError, okStatus, plainStatus, statusOf } from './status.ts'
import { stopReading } from './stop-reading.ts'

/** How long a stopped call may wait for its reader before the connection is cut. */
const STOP_GRACE_MS = 1000

/** {@link CallEnd} with what only the door of the call uses. */
export interface OwnedCallEnd extends CallEnd {
  readonly signal: AbortSignal
  /** Runs once, when the call ends; at once if it has. */
  onEnd(callback: () => void): void
  /** The transport is done with the call: after our status, or because the caller has gone. */
  closed(): void
}

/**
 * Makes sure that a call has exactly one end: one status, one report. grpc-js ends calls by itself as well (past the
 * deadline, over the size limit, on bytes that do not inflate); those pass here too, because its own `sendStatus` is
 * replaced, and get a status that does not blame us for a hostile request.
 */
export function createCallEnd(
  call: ServerInterceptingCallInterface,
  connection: PeerConnection | undefined,
  report: CallReport,
  requestId: string,
): OwnedCallEnd {
  const sendStatus = call.sendStatus.bind(call)
  // Made when somebody asks for the signal: most calls are over before anybody does.
  let controller: AbortController | undefined
  let aborted: { readonly reason: unknown } | undefined
  let begun = false
  let ended = false
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let onEnd: (() => void) | undefined

  function settle(status: CallStatus): void {
    ended = true
    clearTimeout(timer)
    onEnd?.()
    report.end(status)
  }

  function finish(status: CallStatus): void {
    if (ended) return
    settle(status)
    if (status.code !== Code.OK) status.metadata.set('x-request-id', requestId)
    sendStatus(status)
    if (status.code !== Code.OK) stopReading(call)
  }

  function abort(reason?: unknown): void {
    aborted ??= { reason }
    controller?.abort(reason)
  }

  function stop(error: unknown): void {
    if (ended) return
    finish(statusOf(error, requestId))
    abort(error)
    // A reader that takes nothing would otherwise keep the stream, and what is queued on it, for as long as it likes.
    setTimeout(() => {
      if (!closed) connection?.destroy()
    }, STOP_GRACE_MS).unref()
  }

  call.sendStatus = (status) => {
    const known = transportStatus(status, begun, requestId)
    finish(known)
    if (known.code !== Code.OK) abort()
  }

  return {
    get signal() {
      if (controller === undefined) {
        controller = new AbortController()
        if (aborted) controller.abort(aborted.reason)
      }
      return controller.signal
    },
    get ended() {
      return ended
    },
    begin() {
      begun = true
    },
    finish,
    fail(error) {
      if (ended) return
      const status = statusOf(error, requestId)
      report.cause(error, status)
      finish(status)
    },
    limit(milliseconds) {
      timer = setTimeout(() => {
        stop(new StatusError(Code.DEADLINE_EXCEEDED, 'The call ran longer than the service allows.'))
      }, milliseconds)
    },
    stop,
    onEnd(callback) {
      if (ended) callback()
      else onEnd = callback
    },
    closed() {
      closed = true
      if (ended) return
      const late = Date.now() >= Number(call.getDeadline())
      settle(
        late
          ? plainStatus(Code.DEADLINE_EXCEEDED, 'Deadline exceeded')
          : plainStatus(Code.CANCELLED, 'Cancelled by the caller'),
      )
      abort()
    },
  }
}

/** What grpc-js says when an answer of ours cannot be sent. On a stream both ways that is not told by whether the request was read: more of them come. */
const OUR_FAULT = /^(Error serializing response|Error writing message|Internal server error)/

/** What a status of grpc-js's own making means. */
function transportStatus(
  status: { code?: Code | undefined; details?: string | undefined },
  begun: boolean,
  requestId: string,
): CallStatus {
  const details = status.details ?? ''
  switch (status.code) {
    case Code.OK:
      return okStatus()
    case Code.DEADLINE_EXCEEDED:
    case Code.RESOURCE_EXHAUSTED:
    case Code.UNIMPLEMENTED:
      return plainStatus(status.code, details)
    default:
      if (begun || OUR_FAULT.test(details)) return statusOf(new Error(details), requestId)
      return statusOf(new DomainError('FIELD_INVALID', `The request cannot be read: ${details}.`), requestId)
  }
}
