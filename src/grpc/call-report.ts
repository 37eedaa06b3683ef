import { status as Code } from '@grpc/grpc-js'
import type { Caller, Log } from '../authority/ports.ts'
import type { CallStatus } from './status.ts'

/** What is counted of calls. `method` is a name of ours or `unknown`, never one that a stranger made up. */
export interface CallMetrics {
  callStarted(method: string): void
  callEnded(method: string, code: string, seconds: number): void
}

/** Follows one call to its end: one log line, one measurement. */
export interface CallReport {
  /** Set once the caller is known. */
  caller: Caller | undefined
  /** Logs what the caller is not told: the cause of an outage or a bug. */
  cause(error: unknown, status: CallStatus): void
  end(status: CallStatus): void
}

export function createCallReport(
  log: Log,
  metrics: CallMetrics,
  call: { readonly requestId: string; readonly method: string; readonly peer: string },
): CallReport {
  const startedMs = performance.now()
  metrics.callStarted(call.method)
  return {
    caller: undefined,
    cause(error, status) {
      if (status.code !== Code.INTERNAL && status.code !== Code.UNAVAILABLE) return
      log.error({ request_id: call.requestId, method: call.method, err: error }, 'call failed on our side')
    },
    end(status) {
      const ms = performance.now() - startedMs
      const code = Code[status.code]
      metrics.callEnded(call.method, code, ms / 1000)
      log.info(
        {
          request_id: call.requestId,
          method: call.method,
          peer: call.peer,
          client_id: this.caller?.clientId,
          serial_number: this.caller?.serialNumber,
          code,
          reason: status.reason,
          ms: Math.round(ms * 100) / 100,
        },
        'call',
      )
    },
  }
}
