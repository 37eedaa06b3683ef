import { MAX_RECONNECT_MS, MIN_RECONNECT_MS } from '../core/revocation/feed-limits.ts'
import type { FeedPorts } from './ports.ts'

/**
 * How long to wait before the next attempt, `failures` having failed in a row: any time up to a bound that doubles. The jitter is over the whole
 * span, so that the verifiers of an authority that comes back do not all come at once.
 */
export function reconnectDelay(failures: number, randomBytes: (length: number) => Uint8Array): number {
  const bound = Math.min(MAX_RECONNECT_MS, MIN_RECONNECT_MS * 2 ** Math.min(failures, 30))
  return Math.floor(bound * randomFraction({ randomBytes }))
}

/** Any number from 0 up to 1. */
export function randomFraction(ports: Pick<FeedPorts, 'randomBytes'>): number {
  return Buffer.from(ports.randomBytes(4)).readUInt32BE() / 2 ** 32
}
