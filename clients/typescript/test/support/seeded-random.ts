/** Randomness that is the same in every run. */
export interface SeededRandom {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
}

/** Numbers by a linear congruential generator (Numerical Recipes): enough to spread cases, and nothing else. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  return {
    below(limit) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * limit)
    },
  }
}
