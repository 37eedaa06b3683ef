/**
 * Whether the authority is worth waiting for. `closed`: it is. `open`: it failed, and is tried again at `probeAt`; `probing`: it is being tried. Times are
 * milliseconds of a clock that only goes forward.
 */
export type BreakerState =
  | { readonly phase: 'closed' }
  | { readonly phase: 'open'; readonly since: number; readonly failures: number; readonly probeAt: number }
  | { readonly phase: 'probing'; readonly since: number; readonly failures: number }

/** What happened. `random` is in [0, 1). */
export type BreakerEvent =
  | { readonly kind: 'failed'; readonly at: number; readonly random: number }
  | { readonly kind: 'answered' }
  | { readonly kind: 'probe_due'; readonly at: number }

/** How far apart probes are. */
export interface ProbePace {
  /** Bound of the first wait after a failure; it doubles with each that follows. */
  readonly minMs: number
  readonly maxMs: number
}

/** The next state. Only one failure opens it: until then tokens at hand are used, and after that certificates are as good. */
export function nextBreakerState(state: BreakerState, event: BreakerEvent, pace: ProbePace): BreakerState {
  switch (event.kind) {
    case 'answered':
      return state.phase === 'closed' ? state : { phase: 'closed' }
    case 'failed': {
      // What was asked before it opened says nothing new when it fails now.
      if (state.phase === 'open') return state
      const failures = state.phase === 'closed' ? 1 : state.failures + 1
      const since = state.phase === 'closed' ? event.at : state.since
      return {
        phase: 'open',
        since,
        failures,
        probeAt: event.at + probeDelayMs(failures, event.random, pace),
      }
    }
    case 'probe_due':
      return state.phase === 'open' && event.at >= state.probeAt
        ? { phase: 'probing', since: state.since, failures: state.failures }
        : state
  }
}

/** Between a half and the whole of a bound that doubles: the clients of an authority that comes back do not all come at once, and none comes much later than it could. */
export function probeDelayMs(failures: number, random: number, { minMs, maxMs }: ProbePace): number {
  const bound = Math.min(maxMs, minMs * 2 ** Math.min(failures - 1, 30))
  return Math.ceil(bound / 2 + (bound / 2) * random)
}
