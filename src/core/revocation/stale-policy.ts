import { DEFAULT_STALE_GRACE_SECONDS } from '../limits.ts'

/**
 * What a verifier does when the newest list of an authority is past its `nextUpdate`, because the authority cannot be reached:
 * `strict` denies at once, `bounded` after a grace, `best_effort` goes on with what it has.
 */
export type StalePolicy =
  | { readonly kind: 'strict' }
  | { readonly kind: 'bounded'; readonly graceSeconds: number }
  | { readonly kind: 'best_effort' }

/** Outlives a repair that takes a little longer than planned, and no more. */
export const DEFAULT_STALE_POLICY: StalePolicy = {
  kind: 'bounded',
  graceSeconds: DEFAULT_STALE_GRACE_SECONDS,
}

/** The last instant at which a list is relied on; `undefined` if there is none. */
export function reliedOnUntil(nextUpdate: Date, policy: StalePolicy): Date | undefined {
  switch (policy.kind) {
    case 'strict':
      return nextUpdate
    case 'bounded':
      return new Date(nextUpdate.getTime() + policy.graceSeconds * 1000)
    case 'best_effort':
      return undefined
  }
}
