import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_ISSUED_TOKEN_SECONDS, TOKEN_KEY_OVERLAP_SECONDS } from '../../../../src/core/token-limits.ts'
import {
  type ScheduledKey,
  expiredKeys,
  isNextDue,
  signingKey,
  silentKeys,
} from '../../../../src/core/token/key-schedule.ts'

const START = new Date('2026-06-01T12:00:00Z')
const PERIOD = 3600
const PREPUBLISH = 900
const POLICY = { periodSeconds: PERIOD, prepublishSeconds: PREPUBLISH }
/** After so long without signing, a key has no token left. */
const GONE = MAX_ISSUED_TOKEN_SECONDS + TOKEN_KEY_OVERLAP_SECONDS

/** An instant, in seconds and milliseconds after the start. */
const at = (seconds: number, milliseconds = 0) => new Date(START.getTime() + seconds * 1000 + milliseconds)

/** Keys in their order, which sign from so many seconds after the start. */
const keysFrom = (...seconds: readonly number[]): readonly ScheduledKey[] =>
  seconds.map((second, i) => ({ sequence: i + 1, signsFrom: at(second) }))

const numbers = (keys: readonly ScheduledKey[]) => keys.map(({ sequence }) => sequence)

describe('the schedule of keys for tokens', () => {
  it('has nobody sign where there is no key, and makes the first at once, whatever the policy', () => {
    assert.equal(signingKey(keysFrom(), START), undefined)
    assert.equal(isNextDue([], POLICY, START), true)
    assert.equal(isNextDue([], { periodSeconds: 0, prepublishSeconds: PREPUBLISH }, START), true)
    assert.deepEqual([silentKeys([], START), expiredKeys([], START)], [[], []])
  })

  it('has the first key sign from the instant on that it was made', () => {
    assert.equal(signingKey(keysFrom(0), START)?.sequence, 1)
    assert.equal(isNextDue(keysFrom(0), POLICY, START), false)
  })

  it('hands over at the very instant from which the next key signs', () => {
    const keys = keysFrom(0, PERIOD)
    assert.equal(signingKey(keys, at(PERIOD, -1))?.sequence, 1)
    assert.equal(signingKey(keys, at(PERIOD))?.sequence, 2)
  })

  it('wants the next key so long before the present one has signed for its period that it can be published first', () => {
    const due = PERIOD - PREPUBLISH
    assert.equal(isNextDue(keysFrom(0), POLICY, at(due, -1)), false)
    assert.equal(isNextDue(keysFrom(0), POLICY, at(due)), true)
    // One that is on its way already counts as the newest.
    assert.equal(isNextDue(keysFrom(0, PERIOD), POLICY, at(PERIOD)), false)
    assert.equal(isNextDue(keysFrom(0, PERIOD), POLICY, at(PERIOD + due)), true)
  })

  it('wants no next key by itself where the period is 0', () => {
    const never = { periodSeconds: 0, prepublishSeconds: PREPUBLISH }
    assert.equal(isNextDue(keysFrom(0), never, at(10 * 365 * 86_400)), false)
  })

  it('lets a replaced key sign on for the overlap, and takes its private part after that', () => {
    const keys = keysFrom(0, PERIOD)
    assert.deepEqual(numbers(silentKeys(keys, at(PERIOD))), [])
    assert.deepEqual(numbers(silentKeys(keys, at(PERIOD + TOKEN_KEY_OVERLAP_SECONDS, -1))), [])
    assert.deepEqual(numbers(silentKeys(keys, at(PERIOD + TOKEN_KEY_OVERLAP_SECONDS))), [1])
  })

  it('keeps a replaced key published until the last token that the overlap may have made is expired', () => {
    const keys = keysFrom(0, PERIOD)
    assert.deepEqual(numbers(expiredKeys(keys, at(PERIOD + GONE, -1))), [])
    assert.deepEqual(numbers(expiredKeys(keys, at(PERIOD + GONE))), [1])
    assert.ok(GONE > TOKEN_KEY_OVERLAP_SECONDS)
  })

  it('counts from when the first later key took over, not the last', () => {
    const keys = keysFrom(0, PERIOD, PERIOD + GONE)
    assert.deepEqual(numbers(expiredKeys(keys, at(PERIOD + GONE))), [1])
    assert.deepEqual(numbers(silentKeys(keys, at(PERIOD + GONE))), [1])
  })

  it('never ends the newest key, however old it is', () => {
    const later = at(100 * 365 * 86_400)
    assert.deepEqual(numbers(silentKeys(keysFrom(0), later)), [])
    assert.deepEqual(numbers(expiredKeys(keysFrom(0, PERIOD), later)), [1])
    assert.equal(signingKey(keysFrom(0, PERIOD), later)?.sequence, 2)
  })

  it('ends a key that never signed, because one after it took over at once', () => {
    // 2 was to sign after its time of being published; 3 was brought in at once, before that.
    const keys = keysFrom(0, PREPUBLISH, 10)
    assert.equal(signingKey(keys, at(9))?.sequence, 1)
    assert.equal(signingKey(keys, at(10))?.sequence, 3)
    assert.equal(signingKey(keys, at(PREPUBLISH))?.sequence, 3)
    assert.deepEqual(numbers(silentKeys(keys, at(10 + TOKEN_KEY_OVERLAP_SECONDS))), [1, 2])
    assert.deepEqual(numbers(expiredKeys(keys, at(10 + GONE))), [1, 2])
  })

  it('goes by the one that is left after the others were withdrawn as compromised, from the first instant', () => {
    const [, , left] = keysFrom(0, PREPUBLISH, 10)
    assert.equal(signingKey([left!], at(10))?.sequence, 3)
    assert.deepEqual([silentKeys([left!], at(10 + GONE)), expiredKeys([left!], at(10 + GONE))], [[], []])
    assert.equal(isNextDue([left!], POLICY, at(10 + PERIOD - PREPUBLISH)), true)
  })

  it('has the earliest key sign while the clock is set back before all of them, and ends none', () => {
    const back = at(-86_400)
    const keys = keysFrom(0, PERIOD)
    assert.equal(signingKey(keys, back)?.sequence, 1)
    assert.deepEqual([silentKeys(keys, back), expiredKeys(keys, back)], [[], []])
    assert.equal(isNextDue(keys, POLICY, back), false)
  })

  it('has the key before sign again while the clock is set back between two', () => {
    const keys = keysFrom(0, PERIOD, 2 * PERIOD)
    assert.equal(signingKey(keys, at(2 * PERIOD))?.sequence, 3)
    assert.equal(signingKey(keys, at(PERIOD + 1))?.sequence, 2)
  })

  it('has the latest of keys sign that all begin at one instant', () => {
    assert.equal(signingKey(keysFrom(0, 0, 0), START)?.sequence, 3)
  })
})
