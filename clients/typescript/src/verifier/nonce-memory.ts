import { formatBase64 } from '../../../../src/core/bytes.ts'
import type { ReplayGuard } from '../../../../src/core/decision/decision.ts'
import { MAX_REMEMBERED_NONCES } from '../limits.ts'
import { NoDecisionError } from './no-decision-error.ts'

/** Remembers nonces in this process. */
export interface NonceMemory extends ReplayGuard {
  /** How many are remembered. */
  readonly size: number
}

/**
 * Remembers which nonces were used, in this process and no longer than it lives: a request that one process of a fleet allowed, the next one allows once more, and so does the
 * same one after a restart, for as long as the age window. Who cannot have that decides by the service (`remote`).
 *
 * Claims reject with NONCE_STORE_FULL when `maxNonces` are held that can still be replayed.
 */
export function createNonceMemory(maxNonces = MAX_REMEMBERED_NONCES): NonceMemory {
  const ends = new Map<string, number>()

  /** Those that came first end first, within the skew of clocks: what is looked at and stays is one. */
  function forgetEnded(atMs: number): void {
    for (const [key, end] of ends) {
      if (end >= atMs) return
      ends.delete(key)
    }
  }

  return {
    get size() {
      return ends.size
    },
    claim({ keyId, nonce, at, expiresAt }) {
      const atMs = at.getTime()
      const key = `${formatBase64(keyId)} ${nonce}`
      const end = ends.get(key)
      if (end !== undefined && end >= atMs) return Promise.resolve('replayed')
      forgetEnded(atMs)
      if (ends.size >= maxNonces) {
        return Promise.reject(
          new NoDecisionError(
            'NONCE_STORE_FULL',
            `${maxNonces} nonces are remembered, and a replay of another could not be told. Raise maxNonces, or decide by the service.`,
          ),
        )
      }
      // Its place is that of its last use.
      ends.delete(key)
      ends.set(key, expiresAt.getTime())
      return Promise.resolve('claimed')
    },
  }
}
