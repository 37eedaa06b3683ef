import type { Metadata } from '@grpc/grpc-js'
import type { Caller } from '../authority/ports.ts'
import type { CallStatus } from './status.ts'

/** What a service method knows of the call besides its request. */
export interface CallContext {
  /** In the call's log line, in the trailer `x-request-id` of an error, and in the details of INTERNAL. */
  readonly requestId: string
  /** Full name, `/package.Service/Method`. */
  readonly method: string
  /** `host:port` of the far end. */
  readonly peer: string
  readonly caller: Caller
  /**
   * Aborted when the call has ended early: cancelled, past its deadline, drained, or its caller revoked. The answer has
   * been sent by then; a method only has to stop working.
   */
  readonly signal: AbortSignal
  /** What the caller may learn of an error that concerns one item of a stream and does not end it. Logs the cause if it is ours to mend. */
  readonly itemStatus: (error: unknown) => CallStatus
}

/** The one way in which a call ends. Only the first end counts. */
export interface CallEnd {
  /** True once the call has ended, however it did. */
  readonly ended: boolean
  /** The request was read: from here on, failures of the transport are no longer the request's. */
  begin(): void
  /** Ends the call with DEADLINE_EXCEEDED if it has not ended by then. */
  limit(milliseconds: number): void
  finish(status: CallStatus): void
  /** Ends the call with the status of this error, and logs the cause if it is ours to mend. */
  fail(error: unknown): void
  /** Ends the call from outside of its method, aborts {@link CallContext.signal}, and cuts the connection if the peer does not read the news. */
  stop(error: unknown): void
}

/** A call that was let in, as its handler sees it. */
export interface AdmittedCall {
  readonly context: CallContext
  readonly end: CallEnd
}

// grpc-js hands the very same Metadata object from interceptor to handler, which ties the two together. Nobody outside can set a property
// under this symbol; a WeakMap would cost each call a microsecond, and the garbage collector more.
const ADMITTED = Symbol('admitted call')

interface AdmittedMetadata extends Metadata {
  [ADMITTED]?: AdmittedCall
}

/** Ties an admitted call to the metadata that its handler will receive. */
export function setAdmittedCall(metadata: Metadata, call: AdmittedCall): void {
  const marked: AdmittedMetadata = metadata
  marked[ADMITTED] = call
}

/** The admitted call of a handler; `undefined` means that nobody let it in. */
export function admittedCall(metadata: Metadata): AdmittedCall | undefined {
  const marked: AdmittedMetadata = metadata
  return marked[ADMITTED]
}
