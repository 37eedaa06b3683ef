import { MAX_CACHED_DELTAS } from '../core/limits.ts'
import type { SignedDelta } from './sign-crl.ts'

/** The deltas to one state, by the number that they begin at. All readers that stand at one number share one delta. */
export interface DeltaCache {
  /** `undefined`: it would be too large. */
  from(baseCrlNumber: bigint): Promise<SignedDelta | undefined>
}

/** Keeps the deltas that were asked for last, a bounded number. `make` is not asked again while it is at work. */
export function createDeltaCache(
  make: (baseCrlNumber: bigint) => Promise<SignedDelta | undefined>,
): DeltaCache {
  const deltas = new Map<bigint, Promise<SignedDelta | undefined>>()
  return {
    from(baseCrlNumber) {
      const known = deltas.get(baseCrlNumber)
      const delta = known ?? make(baseCrlNumber)
      // A Map keeps the order of insertion: the first is the one that nobody asked for the longest.
      deltas.delete(baseCrlNumber)
      deltas.set(baseCrlNumber, delta)
      if (known !== undefined) return known
      if (deltas.size > MAX_CACHED_DELTAS) deltas.delete(deltas.keys().next().value!)
      delta.catch(() => {
        if (deltas.get(baseCrlNumber) === delta) deltas.delete(baseCrlNumber)
      })
      return delta
    },
  }
}
