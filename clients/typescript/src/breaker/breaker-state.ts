/**
 * Whether the authority is worth waiting for. `closed`: it is. `open`: it failed, and is tried again at `probeAt`; `probing`: it is being tried; `half_open`: it answered that, and
 * one caller finds out whether it answers callers too. Times are milliseconds of a clock that only goes forward.
 */
export type BreakerState =
  /** `failures` in a row so far; absent: none. */
  | { readonly phase: 'closed'; readonly failures?: number }
  | ({ readonly phase: 'open'; readonly probeAt: number } & Outage)
  | ({ readonly phase: 'probing' } & Outage)
  | ({ readonly phase: 'half_open'; readonly isTaken: boolean } & Outage)

interface Outage {
  readonly since: number
  /** In a row: the one that opened it, and probes since. */
  readonly failures: number
  /** Callers that were let through in vain. */
  readonly failedTrials: number
}

/** What happened. `random` is in [0, 1). */
export type BreakerEvent =
  /** A call. */
  | { readonly kind: 'failed'; readonly at: number; readonly random: number }
  | { readonly kind: 'answered' }
  | { readonly kind: 'probe_due'; readonly at: number }
  | { readonly kind: 'probe_failed'; readonly at: number; readonly random: number }
  | { readonly kind: 'probe_answered' }
  /** A caller was let through while it is `half_open`; or that caller came to nothing that says anything of the other side. */
  | { readonly kind: 'taken' | 'given_back' }

/** How far apart probes are. */
export interface ProbePace {
  /** Bound of the first wait after a failure; it doubles with each that follows. */
  readonly minMs: number
  readonly maxMs: number
}

/** When a breaker opens, and how it closes. */
export interface BreakerPolicy extends ProbePace {
  /**
   * Failures in a row that open it. Default 1, which is right where callers have something as good meanwhile; more where each failure may be bad luck, and the other way
   * has a price.
   */
  readonly failuresToOpen?: number
  /**
   * After a probe that was answered, let one caller through, and close when that one is answered: for probes that ask for less than callers do. Default false: a probe is a caller's
   * call, and whatever is answered closes it.
   */
  readonly needsTrial?: boolean
}

/** The next state; the same object where nothing changes. */
export function nextBreakerState(
  state: BreakerState,
  event: BreakerEvent,
  policy: BreakerPolicy,
): BreakerState {
  const { failuresToOpen = 1, needsTrial = false } = policy
  switch (event.kind) {
    case 'answered':
      if (state.phase === 'closed') return state.failures === undefined ? state : CLOSED
      // What was asked before it opened says nothing of now, where a trial is to tell.
      return needsTrial && state.phase !== 'half_open' ? state : CLOSED
    case 'failed': {
      if (state.phase === 'closed') {
        const failures = (state.failures ?? 0) + 1
        if (failures < failuresToOpen) return { phase: 'closed', failures }
        return open({ since: event.at, failures: 1, failedTrials: 0 }, event, policy)
      }
      if (state.phase === 'half_open') {
        const { since, failedTrials } = state
        return open({ since, failures: 1, failedTrials: failedTrials + 1 }, event, policy)
      }
      // What was asked before it opened says nothing new when it fails now.
      return needsTrial || state.phase === 'open' ? state : openAgain(state, event, policy)
    }
    case 'probe_due':
      return state.phase === 'open' && event.at >= state.probeAt
        ? { phase: 'probing', ...outageOf(state) }
        : state
    case 'probe_failed':
      return state.phase === 'probing' ? openAgain(state, event, policy) : state
    case 'probe_answered':
      if (state.phase !== 'probing') return state
      return needsTrial ? { phase: 'half_open', isTaken: false, ...outageOf(state) } : CLOSED
    case 'taken':
    case 'given_back':
      return state.phase === 'half_open' ? { ...state, isTaken: event.kind === 'taken' } : state
  }
}

const CLOSED: BreakerState = { phase: 'closed' }

type Failure = Extract<BreakerEvent, { readonly random: number }>

function open(outage: Outage, { at, random }: Failure, pace: ProbePace): BreakerState {
  const probeAt = at + probeDelayMs(outage.failures + outage.failedTrials, random, pace)
  return { phase: 'open', ...outage, probeAt }
}

function openAgain(outage: Outage, event: Failure, pace: ProbePace): BreakerState {
  return open({ ...outageOf(outage), failures: outage.failures + 1 }, event, pace)
}

function outageOf({ since, failures, failedTrials }: Outage): Outage {
  return { since, failures, failedTrials }
}

/** Between a half and the whole of a bound that doubles: the clients of an authority that comes back do not all come at once, and none comes much later than it could. */
export function probeDelayMs(failures: number, random: number, { minMs, maxMs }: ProbePace): number {
  const bound = Math.min(maxMs, minMs * 2 ** Math.min(failures - 1, 30))
  return Math.ceil(bound / 2 + (bound / 2) * random)
}
