import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type PipelineBounds, pipeline } from '../../../src/authority/pipeline.ts'

/** Items that the test hands out one at a time, and work that it finishes in the order it likes. */
function createBench(count: number, bounds: Partial<PipelineBounds<number>> = {}) {
  const work = new Map<number, PromiseWithResolvers<string>>()
  let asked = 0
  let returned = false
  const items: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const value = asked++
        return Promise.resolve(value < count ? { done: false, value } : { done: true, value: undefined })
      },
      return: () => {
        returned = true
        return Promise.resolve({ done: true, value: undefined })
      },
    }),
  }
  const results = pipeline(
    items,
    (item) => {
      const task = Promise.withResolvers<string>()
      work.set(item, task)
      return task.promise
    },
    { maxItems: 4, maxWeight: Infinity, weigh: () => 1, ...bounds },
  )[Symbol.asyncIterator]()
  return {
    results,
    started: () => [...work.keys()],
    isReturned: () => returned,
    finish: (...done: number[]) => {
      for (const item of done) work.get(item)!.resolve(`result ${item}`)
    },
    fail: (item: number) => {
      work.get(item)!.reject(new Error(`failure ${item}`))
    },
  }
}

/** Lets everything happen that can happen without the test doing more. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('a pipeline', () => {
  it('yields results in the order in which they are ready', async () => {
    const bench = createBench(3)
    const all = collect({ [Symbol.asyncIterator]: () => bench.results })
    await settle()
    bench.finish(2)
    await settle()
    bench.finish(0)
    await settle()
    bench.finish(1)
    assert.deepEqual(await all, ['result 2', 'result 0', 'result 1'])
  })

  it('works on no more items than the bound at once', async () => {
    const bench = createBench(100)
    const first = bench.results.next()
    await settle()
    assert.deepEqual(bench.started(), [0, 1, 2, 3])
    bench.finish(1)
    assert.equal((await first).value, 'result 1')
  })

  it('reads no further item while nobody takes the results', async () => {
    const bench = createBench(100)
    const first = bench.results.next()
    await settle()
    bench.finish(0, 1, 2, 3)
    await first
    await settle()
    assert.deepEqual(bench.started(), [0, 1, 2, 3])
    await bench.results.next()
    await settle()
    assert.deepEqual(bench.started(), [0, 1, 2, 3, 4])
  })

  it('stops reading at a weight, and serves an item that is heavier by itself', async () => {
    const bench = createBench(100, { maxWeight: 10, weigh: (item) => (item === 0 ? 50 : 5) })
    const first = bench.results.next()
    await settle()
    assert.deepEqual(bench.started(), [0])
    bench.finish(0)
    await first
    const second = bench.results.next()
    await settle()
    assert.deepEqual(bench.started(), [0, 1, 2])
    bench.finish(2)
    assert.equal((await second).value, 'result 2')
  })

  it('ends when the items have ended and every result was taken', async () => {
    const bench = createBench(2)
    const first = bench.results.next()
    await settle()
    bench.finish(1)
    await first
    const second = bench.results.next()
    await settle()
    bench.finish(0)
    assert.equal((await second).value, 'result 0')
    assert.equal((await bench.results.next()).done, true)
  })

  it('ends at once without items', async () => {
    const bench = createBench(0)
    assert.equal((await bench.results.next()).done, true)
  })

  it('throws what the work throws, and lets go of the items', async () => {
    const bench = createBench(100)
    const first = bench.results.next()
    await settle()
    bench.fail(2)
    await assert.rejects(first, /failure 2/)
    assert.equal(bench.isReturned(), true)
  })

  it('throws what the items throw', async () => {
    const results = pipeline(brokenItems(), () => Promise.resolve(1), {
      maxItems: 4,
      maxWeight: 4,
      weigh: () => 1,
    })
    await assert.rejects(collect(results), /the items broke/)
  })

  it('lets go of the items when its reader leaves', async () => {
    const bench = createBench(100)
    const first = bench.results.next()
    await settle()
    bench.finish(0)
    await first
    await bench.results.return?.()
    assert.equal(bench.isReturned(), true)
    bench.finish(1, 2, 3)
    await settle()
    assert.deepEqual(bench.started(), [0, 1, 2, 3])
  })
})

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const result of results) all.push(result)
  return all
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* brokenItems(): AsyncIterable<number> {
  yield 1
  throw new Error('the items broke')
}
