import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTokenRate } from '../../../src/authority/token-rate.ts'
import { createFakeTime } from '../../support/fakes.ts'

const START = new Date('2026-06-01T12:00:00Z')

describe('the rate of tokens', () => {
  it('is a burst, and then evenly spread, for each client by itself', async () => {
    const time = createFakeTime(START)
    const rate = createTokenRate(time.clock, 60)
    const isLimited = (clientId: string) => {
      try {
        rate.take(clientId)
        return false
      } catch {
        return true
      }
    }
    for (let i = 0; i < 60; i++) assert.equal(isLimited('alice'), false)
    assert.equal(isLimited('alice'), true)
    assert.equal(isLimited('bob'), false)
    await time.advance(1000)
    assert.equal(isLimited('alice'), false)
    assert.equal(isLimited('alice'), true)
  })

  it('counts anew when the clock is set back, so that nobody is shut out by it', () => {
    let now = START
    const rate = createTokenRate({ now: () => now }, 2)
    rate.take('alice')
    now = new Date(START.getTime() - 3_600_000)
    rate.take('alice')
    rate.take('alice')
    assert.throws(() => rate.take('alice'), { reason: 'RATE_LIMITED' })
  })
})
