/**
 * True if `end` lies in the past at `at`. The instant itself still counts, as notAfter does in a certificate (RFC 5280
 * section 4.1.2.5). One rule for certificates, nonces and idempotency keys.
 */
export function isPast(end: Date, at: Date): boolean {
  return at.getTime() > end.getTime()
}
