import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type BreakerState, nextBreakerState, probeDelayMs } from '../src/breaker/breaker-state.ts'

const PACE = { minMs: 500, maxMs: 10_000 }
const step = fc.record({
  kind: fc.constantFrom('failed' as const, 'answered' as const, 'probe_due' as const),
  afterMs: fc.nat({ max: 12_000 }),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
})

/** Every state on the way, with the event that led to it. */
function run(
  steps: readonly { kind: 'failed' | 'answered' | 'probe_due'; afterMs: number; random: number }[],
) {
  let at = 0
  let state: BreakerState = { phase: 'closed' }
  return steps.map((event) => {
    at += event.afterMs
    const before = state
    state = nextBreakerState(before, { ...event, at }, PACE)
    return { kind: event.kind, at, before, after: state }
  })
}

describe('the circuit breaker', () => {
  it('closes by an answer and by nothing else, and every answer closes it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        for (const { kind, before, after } of run(steps)) {
          if (kind === 'answered') assert.equal(after.phase, 'closed')
          else if (after.phase === 'closed') assert.equal(before.phase, 'closed')
        }
      }),
    )
  })

  it('opens by one failure, and lets through one probe when it is due, never earlier', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        for (const { kind, at, before, after } of run(steps)) {
          if (kind === 'failed') assert.equal(after.phase, 'open')
          if (after.phase === 'probing' && before.phase !== 'probing')
            assert.ok(before.phase === 'open' && kind === 'probe_due' && at >= before.probeAt)
        }
      }),
    )
  })

  it('never probes more often than its pace, whatever fails beside it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        for (const { kind, at, before, after } of run(steps)) {
          if (after.phase !== 'open') continue
          if (before.phase === 'open') assert.deepEqual(after, before, 'a late failure moves no probe')
          else {
            assert.equal(kind, 'failed')
            assert.ok(after.probeAt - at >= PACE.minMs / 2 && after.probeAt - at <= PACE.maxMs)
          }
        }
      }),
    )
  })

  it('remembers since when, and counts what failed in one outage', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        for (const { before, after } of run(steps)) {
          if (before.phase === 'closed' || after.phase === 'closed') continue
          assert.equal(after.since, before.since)
          assert.ok(
            after.failures - before.failures ===
              (before.phase === 'probing' && after.phase === 'open' ? 1 : 0),
          )
        }
      }),
    )
  })

  it('closes by a caller that was let through, and by nothing else, where that is wanted', () => {
    const policy = { ...PACE, failuresToOpen: 3, needsTrial: true }
    const any = fc.record({
      kind: fc.constantFrom(
        'failed' as const,
        'answered' as const,
        'probe_due' as const,
        'probe_failed' as const,
        'probe_answered' as const,
        'taken' as const,
      ),
      at: fc.nat({ max: 100_000 }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 60 }), (events) => {
        let state: BreakerState = { phase: 'closed' }
        let inARow = 0
        for (const event of events) {
          const before: BreakerState = state
          state = nextBreakerState(before, event, policy)
          inARow = event.kind === 'failed' ? inARow + 1 : event.kind === 'answered' ? 0 : inARow
          const change = [before.phase, state.phase].join(' ')
          if (before.phase === 'closed') assert.equal(state.phase === 'open', inARow === 3)
          else if (state.phase === 'closed')
            assert.equal(`${change} ${event.kind}`, 'half_open closed answered')
          if (change === 'probing open') assert.equal(event.kind, 'probe_failed', 'one probe at a time')
          if (state.phase === 'half_open' && before.phase !== 'half_open') assert.equal(state.isTaken, false)
          if (state.phase === 'closed' && before.phase !== 'closed') inARow = 0
        }
      }),
    )
  })

  it('waits between a half and the whole of a bound that doubles and ends', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), step, (failures, { random }) => {
        const bound = Math.min(PACE.maxMs, PACE.minMs * 2 ** Math.min(failures - 1, 30))
        const delay = probeDelayMs(failures, random, PACE)
        assert.ok(delay >= bound / 2 && delay <= bound)
      }),
    )
  })
})
