import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatFeedEvent } from '../../../src/cli/print-feed-event.ts'
import { explainFuture, secondsAhead } from '../../../src/core/revocation/list-condition.ts'

const NOW = new Date('2026-06-01T12:00:00Z')

describe('what the follower says about a clock that is wrong', () => {
  const begins = new Date(NOW.getTime() + 95_000)
  const clock = { aheadSeconds: secondsAhead(begins, NOW), message: explainFuture(begins, NOW) }
  const event = { kind: 'condition', authority: 'root', condition: 'from_the_future', clock } as const

  it('has the seconds, what becomes of requests, and what to do', () => {
    const line = formatFeedEvent(event, NOW, false)
    assert.match(line, /^2026-06-01T12:00:00Z {2}root {2}condition from_the_future: .*\b95 s\b/)
    assert.match(line, /REVOCATION_UNKNOWN.*set the clock of this machine, or that of the service/)
    const { ahead_seconds, message, ...rest } = JSON.parse(formatFeedEvent(event, NOW, true)) as Record<
      string,
      unknown
    >
    assert.equal(ahead_seconds, 95)
    assert.equal(message, clock.message)
    assert.deepEqual(rest, { authority: 'root', event: 'condition', condition: 'from_the_future' })
  })

  it('is nothing of the kind while the clocks agree', () => {
    const current = { kind: 'condition', authority: 'root', condition: 'current' } as const
    assert.equal(formatFeedEvent(current, NOW, false), '2026-06-01T12:00:00Z  root  condition current\n')
    assert.equal(secondsAhead(NOW, begins), 0)
  })
})
