import { DomainError } from '../core/errors.ts'

// Node's timers overflow at 2^31 ms, and a machine that slept fires late: a long wait is made of short ones.
const LONGEST_WAIT_MS = 60 * 60 * 1000

/**
 * Calls `end` when the caller's certificate has run out: a stream that was let in with a good one must not outlive it.
 *
 * @returns a function that calls it off
 */
export function watchExpiry(notAfter: Date, end: (error: DomainError) => void): () => void {
  let timer: NodeJS.Timeout
  const wait = () => {
    const left = notAfter.getTime() - Date.now()
    if (left < 0) {
      end(
        new DomainError(
          'CALLER_UNAUTHENTICATED',
          'The certificate of this connection ran out while the call was open. Renew it and connect again.',
          { deny_reason: 'CERTIFICATE_EXPIRED' },
        ),
      )
      return
    }
    timer = setTimeout(wait, Math.min(left + 1, LONGEST_WAIT_MS)).unref()
  }
  wait()
  return () => {
    clearTimeout(timer)
  }
}
