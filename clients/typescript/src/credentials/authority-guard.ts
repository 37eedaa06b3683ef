import { MalformedError, type ErrorReason, ERROR_REASONS } from '../../../../src/core/errors.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { ChanceryError, type StatusName } from '../chancery-error.ts'
import { type BreakerEvent, type BreakerState, type ProbePace, nextBreakerState } from './breaker.ts'
import type { TokenResource } from './credential-event.ts'
import type { EventLog } from './event-log.ts'
import { randomFraction } from './fetch-token.ts'

/** Knows whether the authority is lost, and finds out when it is back. */
export interface AuthorityGuard {
  /** Why it is lost; `undefined` while it is not. */
  lostBy(): ChanceryError | undefined
  lostForMs(): number | undefined
  /** Asks it something. `undefined` if it did not answer, which is noted. Rejects with what it answers if that is a denial. */
  ask<Answer>(resource: TokenResource, question: () => Promise<Answer>): Promise<Answer | undefined>
  /** What the next probe asks. */
  probeWith(question: () => Promise<unknown>): void
}

/** What the guard works with. */
export interface AuthorityGuardPlan {
  readonly ports: FeedPorts
  readonly log: EventLog
  readonly pace: ProbePace
  readonly signal: AbortSignal
}

export function createAuthorityGuard({ ports, log, pace, signal }: AuthorityGuardPlan): AuthorityGuard {
  let state: BreakerState = { phase: 'closed' }
  let lost: ChanceryError | undefined
  let probe: (() => Promise<unknown>) | undefined
  let cancelTimer: (() => void) | undefined
  signal.addEventListener('abort', () => cancelTimer?.())

  function apply(event: BreakerEvent): void {
    const before = state
    state = nextBreakerState(state, event, pace)
    if (state === before) return
    if (state.phase === 'open') {
      cancelTimer = ports.after(Math.max(0, state.probeAt - ports.elapsed()), probeNow)
    } else if (state.phase === 'closed' && before.phase !== 'closed') {
      cancelTimer?.()
      lost = undefined
      log.authorityBack(ports.elapsed() - before.since, before.failures)
    }
  }

  function probeNow(): void {
    if (signal.aborted) return
    apply({ kind: 'probe_due', at: ports.elapsed() })
    // A timer may fire a moment early.
    if (state.phase === 'open') cancelTimer = ports.after(1, probeNow)
    if (state.phase !== 'probing') return
    log.probed()
    const done = () => {
      // It joined a call that had failed by then: nothing was learnt, and another probe must follow.
      if (state.phase === 'probing') reopen()
    }
    Promise.resolve(probe?.()).then(done, done)
  }

  function failed(error: ChanceryError): void {
    if (state.phase === 'closed') log.authorityLost(error)
    lost = error
    reopen()
  }

  function reopen(): void {
    apply({ kind: 'failed', at: ports.elapsed(), random: randomFraction(ports) })
  }

  return {
    lostBy: () => (state.phase === 'closed' ? undefined : lost),
    lostForMs: () => (state.phase === 'closed' ? undefined : ports.elapsed() - state.since),
    async ask(resource, question) {
      try {
        const answer = await question()
        log.fetched('issued')
        apply({ kind: 'answered' })
        return answer
      } catch (error) {
        const outage = signal.aborted ? undefined : asOutage(error)
        if (outage === undefined) {
          // An answer all the same: the authority is there. What is none is a mistake of this program, and must not look like an outage.
          apply({ kind: 'answered' })
          if (error instanceof ChanceryError && !signal.aborted) log.denied(error, resource)
          throw error
        }
        log.fetched('failed')
        failed(outage)
        return undefined
      }
    },
    probeWith(question) {
      probe = question
    },
  }
}

const OUTAGE_STATUSES: ReadonlySet<StatusName> = new Set<StatusName>([
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'ABORTED',
  'INTERNAL',
  'UNKNOWN',
  'DATA_LOSS',
])

/** A denial has the service's own reason; everything else, from nothing at all to what is no token, is an outage. */
function asOutage(error: unknown): ChanceryError | undefined {
  if (error instanceof MalformedError) {
    const message = `The authority answered what is no token (${error.defect}).`
    return new ChanceryError('UNEXPECTED', message, { status: 'UNKNOWN', cause: error })
  }
  if (!(error instanceof ChanceryError)) return undefined
  const isAnswer = ERROR_REASONS.includes(error.reason as ErrorReason) && !OUTAGE_STATUSES.has(error.status)
  return isAnswer ? undefined : error
}
