import { MAX_RECONNECT_MS, MIN_RECONNECT_MS } from '../core/revocation/feed-limits.ts'

/**
 * How long to wait before the next attempt, `failures` having failed in a row: any time up to a bound that doubles. The jitter is over the whole
 * span, so that the verifiers of an authority that comes back do not all come at once.
 */
export function reconnectDelay(failures: number, randomBytes: (length: number) => Uint8Array): number {
  const bound = Math.min(MAX_RECONNECT_MS, MIN_RECONNECT_MS * 2 ** Math.min(failures, 30))
  const fraction = Buffer.from(randomBytes(4)).readUInt32BE() / 2 ** 32
  return Math.floor(bound * fraction)
}
