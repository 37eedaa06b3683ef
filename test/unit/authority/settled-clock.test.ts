import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Log } from '../../../src/authority/ports.ts'
import { createSettledClock } from '../../../src/authority/settled-clock.ts'
import { START } from '../../support/build-use-cases.ts'
import { createFakeTime, silentLog } from '../../support/fakes.ts'

const settings = { ageWindowSeconds: 60, clockSkewSeconds: 30 }
const MINUTE = 60_000
/** The longest life is that of an assertion, 300 s and the skew; a minute more for late timers. */
const SPAN = 390_000
const LIFE = 330_000

function fixture(log: Log = silentLog) {
  const time = createFakeTime(START)
  const settled = createSettledClock({ ...time, log, settings })
  const ask = async (milliseconds: number) => {
    const until = time.timers.elapsed() + milliseconds
    while (time.timers.elapsed() < until) {
      await time.advance(Math.min(5000, until - time.timers.elapsed()))
      settled.now()
    }
  }
  return { time, settled, ask }
}

describe('createSettledClock', () => {
  it('knows nothing for one span, then reads what the clock reads', async () => {
    const { time, settled, ask } = fixture()
    assert.equal(settled.now(), undefined)
    await ask(SPAN - 1)
    assert.equal(settled.now(), undefined)
    await ask(1)
    assert.deepEqual(settled.now(), time.clock.now())
    await ask(3 * SPAN)
    assert.deepEqual(settled.now(), time.clock.now())
  })

  it('does not follow a clock that is set ahead until it has stood there for a span', async () => {
    const { time, settled, ask } = fixture()
    await ask(SPAN)
    time.setClock(60 * MINUTE)
    await ask(SPAN - 5000)
    assert.equal(time.clock.now().getTime() - settled.now()!.getTime(), 60 * MINUTE)
    await ask(SPAN + 5000)
    assert.deepEqual(settled.now(), time.clock.now())
  })

  it('follows a clock that is set back at once', async () => {
    const { time, settled, ask } = fixture()
    await ask(SPAN)
    time.setClock(-60 * MINUTE)
    assert.deepEqual(settled.now(), time.clock.now())
  })

  it('says in the log that the clock is ahead, once, and by how much', async () => {
    const said: unknown[] = []
    const log = { ...silentLog, warn: (fields: object) => said.push(fields) }
    const { time, ask } = fixture(log)
    await ask(SPAN)
    time.setClock(20_000)
    await ask(MINUTE)
    assert.deepEqual(said, [])
    time.setClock(3600_000 - 20_000)
    await ask(MINUTE)
    assert.deepEqual(said, [{ ahead_seconds: 3600, believed_in_seconds: 780 }])
  })

  it('never says that what a right clock stored has expired before it has, whatever the clock does after', async () => {
    const step = fc.record({
      byMs: fc.integer({ min: -10 * LIFE, max: 10 * LIFE }),
      forMs: fc.integer({ min: 1, max: SPAN }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3 * SPAN }),
        fc.array(step, { maxLength: 6 }),
        async (rightMs, steps) => {
          const { time, settled, ask } = fixture()
          await ask(rightMs)
          const expiresAt = time.clock.now().getTime() + LIFE
          const trueEnd = time.timers.elapsed() + LIFE
          for (const { byMs, forMs } of steps) {
            time.setClock(byMs)
            for (let waited = 0; waited < forMs; waited += 5000) {
              await ask(5000)
              if (time.timers.elapsed() <= trueEnd) assert.ok(!((settled.now()?.getTime() ?? 0) > expiresAt))
            }
          }
        },
      ),
      { numRuns: 25 },
    )
  })
})
