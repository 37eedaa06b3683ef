import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { authorityHealth } from '../src/revocation/feed-health.ts'

const NOW = new Date('2026-06-01T12:00:00Z')

describe('the health of a feed', () => {
  const at = (aheadSeconds: number) => {
    const thisUpdate = new Date(NOW.getTime() + aheadSeconds * 1000)
    const state = {
      crlNumber: 7n,
      completeNumber: 7n,
      thisUpdate,
      nextUpdate: new Date(thisUpdate.getTime() + 86_400_000),
    }
    const lists = { state, lastRefusal: undefined, find: () => undefined }
    return authorityHealth('issuing-1', lists, NOW, {
      policy: { kind: 'strict' },
      frozenAfterMs: 40_000,
    })
  }

  it("says by how many seconds the service's clock is ahead, when that is why everything is denied", () => {
    const { condition, clockAheadSeconds, secondsUntilStale } = at(95)
    assert.deepEqual([condition, clockAheadSeconds, secondsUntilStale], ['from_the_future', 95, 0])
    assert.deepEqual([at(30).condition, at(30).clockAheadSeconds], ['current', 30])
    assert.deepEqual([at(-5).condition, at(-5).clockAheadSeconds], ['current', 0])
  })

  it('knows of no clock while there is no list', () => {
    const options = { policy: { kind: 'strict' }, frozenAfterMs: 1 } as const
    const { condition, clockAheadSeconds } = authorityHealth('issuing-1', undefined, NOW, options)
    assert.deepEqual([condition, clockAheadSeconds], ['missing', 0])
  })
})
