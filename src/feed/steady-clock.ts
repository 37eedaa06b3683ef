/** A clock by which the end of a list does not move when the clock on the wall is set back. */
export interface SteadyClock {
  now(): Date
  /** Says that a list came just now: from here on, what the clock on the wall says is believed. */
  anchor(): void
}

/**
 * Makes a clock that reads the later of two: the wall, and the wall as it was at the last list plus what has really passed since. Set back by ten
 * minutes, a verifier that hears nothing would otherwise rely on its lists ten minutes longer than it may. Set ahead, it stops relying on them earlier.
 */
export function createSteadyClock(ports: { now(): Date; elapsed(): number }): SteadyClock {
  let [wall, elapsed] = [ports.now().getTime(), ports.elapsed()]
  return {
    now: () => new Date(Math.max(ports.now().getTime(), wall + ports.elapsed() - elapsed)),
    anchor() {
      ;[wall, elapsed] = [ports.now().getTime(), ports.elapsed()]
    },
  }
}
