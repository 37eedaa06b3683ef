import type { ReplayGuard } from '../core/decision/decision.ts'
import { DomainError } from '../core/errors.ts'
import type { Store } from '../store/store.ts'

/** Claims nonces in the store. A full store is no answer: letting the request through would open it to replay. */
export function createReplayGuard(store: Pick<Store, 'nonces'>, maxStoredNonces: number): ReplayGuard {
  return {
    async claim(claim) {
      const outcome = await store.nonces.claim(claim, maxStoredNonces)
      if (outcome !== 'full') return outcome
      throw new DomainError(
        'NONCE_STORE_FULL',
        'No more nonces can be remembered, so that a replay could not be told. Try again when some have expired.',
        { limit: String(maxStoredNonces) },
      )
    },
  }
}
