import { randomFraction } from '../../../../src/feed/backoff.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import {
  type BreakerEvent,
  type BreakerPolicy,
  type BreakerState,
  nextBreakerState,
} from './breaker-state.ts'

/** Keeps calls from something that does not answer, and finds out in the background when it does again. */
export interface Breaker {
  readonly state: BreakerState
  /** True if a call should be made. In `half_open` for one caller only. */
  admits(): boolean
  /** A call was answered, whatever the answer said. */
  answered(): void
  failed(): void
  /** What was admitted was not called after all: another may be. */
  abandoned(): void
}

/** What a breaker works with. */
export interface BreakerPlan {
  readonly policy: BreakerPolicy
  readonly ports: Pick<FeedPorts, 'after' | 'elapsed' | 'randomBytes'>
  /** Tries whether there is an answer again: rejects if not. */
  readonly probe: () => Promise<unknown>
  /** Called when the phase changes. */
  readonly onChange: (after: BreakerState, before: BreakerState) => void
  /** Ends probing for good. */
  readonly signal: AbortSignal
}

/** Makes a breaker: {@link nextBreakerState} with a clock, a timer and a probe. There is one timer while it is open, and none otherwise. */
export function createBreaker({ policy, ports, probe, onChange, signal }: BreakerPlan): Breaker {
  let state: BreakerState = { phase: 'closed' }
  let cancelTimer: () => void = () => undefined
  signal.addEventListener('abort', () => cancelTimer(), { once: true })

  function apply(event: BreakerEvent): void {
    const before = state
    state = nextBreakerState(before, event, policy)
    if (state.phase === before.phase) return
    cancelTimer()
    if (state.phase === 'open') probeIn(Math.max(0, state.probeAt - ports.elapsed()))
    onChange(state, before)
  }

  function probeIn(milliseconds: number): void {
    if (!signal.aborted) cancelTimer = ports.after(milliseconds, probeNow)
  }

  function probeNow(): void {
    apply({ kind: 'probe_due', at: ports.elapsed() })
    // A timer may fire a moment early.
    if (state.phase === 'open') probeIn(1)
    if (state.phase !== 'probing') return
    const probing = state
    const ended = (event: BreakerEvent) => {
      if (state === probing && !signal.aborted) apply(event)
    }
    probe().then(
      () => ended({ kind: 'probe_answered' }),
      () => ended({ kind: 'probe_failed', ...moment() }),
    )
  }

  const moment = () => ({ at: ports.elapsed(), random: randomFraction(ports) })

  return {
    get state() {
      return state
    },
    admits() {
      if (state.phase !== 'half_open') return state.phase === 'closed'
      if (state.isTaken) return false
      apply({ kind: 'taken' })
      return true
    },
    answered: () => apply({ kind: 'answered' }),
    failed: () => apply({ kind: 'failed', ...moment() }),
    abandoned: () => apply({ kind: 'given_back' }),
  }
}
