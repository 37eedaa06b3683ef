import type { Caller } from '../authority/ports.ts'
import type { RevocationEvent } from '../authority/revocation-events.ts'
import type { DomainError } from '../core/errors.ts'

/** A call that was let in and has not ended. */
export interface OpenCall {
  readonly caller: Caller
  /** True for calls that may stay open for long. */
  readonly streaming: boolean
  /** Ends the call with this error, and cuts its connection if the caller does not take the news. Safe to repeat. */
  end(error: DomainError): void
}

/** Knows every open call by its caller, so that those of a revoked or locked caller end at once. */
export interface CallRegistry {
  /**
   * Rises with every {@link endStreamsOf}. A call that was authenticated while it rose must be authenticated again after it
   * was added: the event may have passed between the two.
   */
  readonly epoch: number
  readonly size: number
  /** Callers of open calls, each certificate once. */
  callers(): Caller[]
  /**
   * Adds a call and returns the function that takes it out again.
   *
   * @throws {@link DomainError} the error given to {@link close}
   */
  add(call: OpenCall): () => void
  /**
   * Ends the open streams of the certificates or the client that lost their validity. A unary call that was let in before finishes: a
   * client that revokes its own certificate gets its answer. Costs what they have open, not what all have.
   */
  endStreamsOf(event: RevocationEvent, error: DomainError): void
  /** From now on new calls are refused with this error; open ones go on. */
  close(error: DomainError): void
  /** Ends every open stream. */
  endStreams(error: DomainError): void
  /** Ends whatever is still open. */
  endAll(error: DomainError): void
  /** Resolves when nothing is open. */
  empty(): Promise<void>
}

export function createCallRegistry(): CallRegistry {
  const calls = new Set<OpenCall>()
  const byCertificate = new Map<string, Set<OpenCall>>()
  const byClient = new Map<string, Set<OpenCall>>()
  let epoch = 0
  let closed: DomainError | undefined
  let waiters: (() => void)[] = []

  function remove(call: OpenCall): void {
    if (!calls.delete(call)) return
    removeFrom(byCertificate, certificateKey(call.caller), call)
    removeFrom(byClient, call.caller.clientId, call)
    if (calls.size > 0) return
    for (const resolve of waiters) resolve()
    waiters = []
  }

  return {
    get epoch() {
      return epoch
    },
    get size() {
      return calls.size
    },
    callers: () => [...byCertificate.values()].flatMap(([call]) => (call === undefined ? [] : [call.caller])),
    add(call) {
      if (closed !== undefined) throw closed
      calls.add(call)
      addTo(byCertificate, certificateKey(call.caller), call)
      addTo(byClient, call.caller.clientId, call)
      return () => {
        remove(call)
      }
    },
    endStreamsOf(event, error) {
      epoch++
      const sets =
        event.kind === 'client'
          ? [byClient.get(event.clientId)]
          : event.certificates.map((certificate) => byCertificate.get(certificateKey(certificate)))
      // Copied: ending a call takes it out of the very set.
      for (const set of sets) for (const call of [...(set ?? [])]) if (call.streaming) call.end(error)
    },
    close(error) {
      closed = error
    },
    endStreams(error) {
      for (const call of [...calls]) if (call.streaming) call.end(error)
    },
    endAll(error) {
      for (const call of [...calls]) call.end(error)
    },
    empty() {
      if (calls.size === 0) return Promise.resolve()
      return new Promise((resolve) => waiters.push(resolve))
    },
  }
}

function certificateKey(certificate: { authorityId: string; serialNumber: string }): string {
  return `${certificate.authorityId}/${certificate.serialNumber}`
}

function addTo(index: Map<string, Set<OpenCall>>, key: string, call: OpenCall): void {
  const set = index.get(key)
  if (set === undefined) index.set(key, new Set([call]))
  else set.add(call)
}

function removeFrom(index: Map<string, Set<OpenCall>>, key: string, call: OpenCall): void {
  const set = index.get(key)
  set?.delete(call)
  if (set?.size === 0) index.delete(key)
}
