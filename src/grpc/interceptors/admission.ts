import {
  type Metadata,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  ServerInterceptingCall,
  status as Code,
} from '@grpc/grpc-js'
import type { Log } from '../../authority/ports.ts'
import { type Authenticator, authenticate, authorize } from '../authenticate.ts'
import { setAdmittedCall } from '../call-context.ts'
import { createCallEnd } from '../call-end.ts'
import type { CallRegistry } from '../call-registry.ts'
import { type CallMetrics, createCallReport } from '../call-report.ts'
import { watchExpiry } from '../expiry.ts'
import type { PeerConnections } from '../peer-connections.ts'
import { plainStatus, statusOf } from '../status.ts'

export interface AdmissionOptions {
  readonly authenticator: Authenticator
  readonly connections: PeerConnections
  readonly registry: CallRegistry
  readonly log: Log
  readonly metrics: CallMetrics
  readonly newRequestId: () => string
  /** Tells methods that exist from names that a stranger made up. */
  readonly isKnownMethod: (path: string) => boolean
}

/**
 * The door of every call: authenticates the caller, holds its scopes against the method, registers the call. Runs before
 * grpc-js reads, inflates or decodes the first octet of a request.
 */
export function createAdmission(options: AdmissionOptions): ServerInterceptor {
  return (method, call) => {
    const visitor = createVisitor(options, call, method.path, method.requestStream || method.responseStream)
    return new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, forward) {
            visitor.admit(metadata).then(
              () => {
                if (!visitor.end.ended) forward(metadata)
              },
              (error: unknown) => {
                visitor.end.fail(error)
              },
            )
          },
          onCancel: () => {
            visitor.end.closed()
          },
        })
      },
    })
  }
}

function createVisitor(
  options: AdmissionOptions,
  call: ServerInterceptingCallInterface,
  method: string,
  streaming: boolean,
) {
  const { authenticator, connections, registry } = options
  const known = options.isKnownMethod(method)
  const requestId = options.newRequestId()
  const connection = connections.find(call.getConnectionInfo())
  const peer = connection?.address ?? 'unknown'
  const report = createCallReport(options.log, options.metrics, {
    requestId,
    method: known ? method : 'unknown',
    peer,
  })
  const end = createCallEnd(call, connection, report, requestId)

  async function admit(metadata: Metadata): Promise<void> {
    const { epoch } = registry
    const caller = await authenticate(authenticator, connection)
    report.caller = caller
    if (connection !== undefined) connection.proven = true
    if (!known) {
      end.finish(plainStatus(Code.UNIMPLEMENTED, `This service has no method ${method}.`))
      return
    }
    authorize(caller, method)
    if (end.ended) return
    const stop = (error: unknown) => {
      end.stop(error)
    }
    const leave = registry.add({ caller, streaming, end: stop })
    const forget = streaming && caller.notAfter !== undefined ? watchExpiry(caller.notAfter, stop) : undefined
    end.onEnd(() => {
      forget?.()
      leave()
    })
    // A revocation between authentication and registration has found no call to end: ask once more.
    if (registry.epoch !== epoch) await authenticate(authenticator, connection)
    setAdmittedCall(metadata, {
      context: {
        requestId,
        method,
        peer,
        caller,
        get signal() {
          return end.signal
        },
        itemStatus,
      },
      end,
    })
  }

  function itemStatus(error: unknown) {
    const status = statusOf(error, requestId)
    report.cause(error, status)
    return status
  }

  return { end, admit }
}
