import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { describe, it } from 'node:test'
import type { FeedEvent } from '../../../src/feed/feed-event.ts'
import type { FeedPorts } from '../../../src/feed/ports.ts'
import { createStatusReporter } from '../../../src/feed/status-reporter.ts'
import type { ReportVerifierStatusRequest } from '../../../src/gen/chancery/v1/authority_service.ts'
import { createFakeRandom, createFakeTime } from '../../support/fakes.ts'

/** A reporter at a list of the test's choice, and what it sent. `answer`: seconds until the next report, or an error. */
function reporting(options: { at?: bigint; answer?: () => bigint | Error } = {}) {
  const { answer = () => 30n } = options
  const time = createFakeTime(new Date(0))
  const random = createFakeRandom()
  const ports: FeedPorts = {
    now: () => time.clock.now(),
    elapsed: () => time.clock.now().getTime(),
    after: (milliseconds, callback) => time.timers.after(milliseconds, callback),
    randomBytes: (length) => random.bytes(length),
    pause: () => Promise.resolve(),
  }
  const sent: (ReportVerifierStatusRequest & { readonly at: number })[] = []
  const events: FeedEvent[] = []
  let number = options.at ?? 0n
  const reporter = createStatusReporter(
    {
      verifierId: 'host-1',
      send(request) {
        sent.push({ ...request, at: time.clock.now().getTime() })
        const seconds = answer()
        return seconds instanceof Error
          ? Promise.reject(seconds)
          : Promise.resolve({ current: [], reportAfter: { seconds, nanos: 0 } })
      },
    },
    () => (number === 0n ? [] : [{ authority: 'issuing-1', crlNumber: number }]),
    { ports, report: (event) => events.push(event) },
  )
  const ending = new AbortController()
  const running = reporter.run(ending.signal)
  return {
    sent,
    events,
    numbers: () => sent.map(({ positions }) => positions[0]!.crlNumber),
    take(crlNumber: bigint) {
      number = crlNumber
      reporter.changed()
    },
    async advance(milliseconds: number) {
      await setImmediate()
      await time.advance(milliseconds)
      await setImmediate()
    },
    stop() {
      ending.abort()
      return running
    },
  }
}

describe('a status reporter', () => {
  it('says at once what was kept on disk, and nothing while there is nothing', async () => {
    const loaded = reporting({ at: 7n })
    await loaded.stop()
    assert.deepEqual(loaded.numbers(), [7n])
    assert.equal(loaded.sent[0]!.verifierId, 'host-1')
    const empty = reporting()
    await empty.advance(60_000)
    await empty.stop()
    assert.deepEqual(empty.numbers(), [])
  })

  it('reports lists that come in a row as one, within a second', async () => {
    const feed = reporting({ at: 1n })
    await feed.advance(5000)
    for (const number of [2n, 3n, 4n]) feed.take(number)
    await feed.advance(0)
    feed.take(5n)
    await feed.advance(1000)
    assert.deepEqual(feed.numbers(), [1n, 5n])
    await feed.advance(20_000)
    assert.deepEqual(feed.numbers(), [1n, 5n])
    await feed.stop()
  })

  it('reports again as often as the service asks for, within bounds', async () => {
    for (const [asked, expectedMs] of [
      [60n, 60_000],
      [0n, 30_000],
      [1_000_000n, 600_000],
      [-5n, 1000],
    ] as const) {
      const feed = reporting({ at: 1n, answer: () => asked })
      await feed.advance(expectedMs - 1)
      assert.equal(feed.sent.length, 1, String(asked))
      await feed.advance(1)
      assert.deepEqual(
        feed.sent.map(({ at }) => at),
        [0, expectedMs],
      )
      await feed.stop()
    }
  })

  it('says once that reports are not taken, goes on, and says it anew after one that was', async () => {
    let isUp = false
    const feed = reporting({ at: 1n, answer: () => (isUp ? 30n : new Error('down')) })
    await feed.advance(30_000)
    await feed.advance(30_000)
    assert.equal(feed.sent.length, 3)
    assert.deepEqual(
      feed.events.map(({ kind }) => kind),
      ['not_reported'],
    )
    isUp = true
    await feed.advance(30_000)
    isUp = false
    await feed.advance(30_000)
    assert.equal(feed.events.length, 2)
    await feed.stop()
  })

  it('stops when it is told to, also in the middle of a report', async () => {
    const feed = reporting({ at: 1n })
    feed.take(2n)
    await feed.stop()
    await feed.advance(60_000)
    assert.deepEqual(feed.numbers(), [1n])
  })
})
