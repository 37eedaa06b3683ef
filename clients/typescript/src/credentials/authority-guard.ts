import { MalformedError, type ErrorReason, ERROR_REASONS } from '../../../../src/core/errors.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { createBreaker } from '../breaker/breaker.ts'
import type { ProbePace } from '../breaker/breaker-state.ts'
import { ChanceryError, type StatusName } from '../chancery-error.ts'
import type { TokenResource } from './credential-event.ts'
import type { EventLog } from './event-log.ts'

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
  let lost: ChanceryError | undefined
  let question: (() => Promise<unknown>) | undefined
  const breaker = createBreaker({
    // One failure opens it: until then tokens at hand are used, and after that certificates are as good. A probe is a call for a token, so its answer closes it.
    policy: pace,
    ports,
    signal,
    async probe() {
      log.probed()
      await question?.().catch(() => undefined)
      // What it brought, `ask` has told. If nothing, it joined a call that had failed by then: nothing was learnt, and another probe must follow.
      throw NOTHING_LEARNT
    },
    onChange(after, before) {
      if (after.phase !== 'closed' || before.phase === 'closed') return
      lost = undefined
      log.authorityBack(ports.elapsed() - before.since, before.failures)
    },
  })

  return {
    lostBy: () => lost,
    lostForMs: () => (breaker.state.phase === 'closed' ? undefined : ports.elapsed() - breaker.state.since),
    async ask(resource, ask) {
      try {
        const answer = await ask()
        log.fetched('issued')
        breaker.answered()
        return answer
      } catch (error) {
        const outage = signal.aborted ? undefined : asOutage(error)
        if (outage === undefined) {
          // An answer all the same: the authority is there. What is none is a mistake of this program, and must not look like an outage.
          breaker.answered()
          if (error instanceof ChanceryError && !signal.aborted) log.denied(error, resource)
          throw error
        }
        log.fetched('failed')
        if (lost === undefined) log.authorityLost(outage)
        lost = outage
        breaker.failed()
        return undefined
      }
    },
    probeWith(next) {
      question = next
    },
  }
}

const NOTHING_LEARNT = new Error('The probe joined a call that had failed.')

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
