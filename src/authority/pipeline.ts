/** What a pipeline may hold at once: items that were read and whose result was not taken yet. */
export interface PipelineBounds<In> {
  readonly maxItems: number
  /** Reading stops once the items held weigh this much. One item may exceed it, so that none is too heavy to be served. */
  readonly maxWeight: number
  weigh(item: In): number
}

/** A result that waits for the reader, or the failure that ends the pipeline. */
type Settled<Out> = { readonly out: Out; readonly weight: number } | { readonly failure: unknown }

/**
 * Works on several items at once and yields each result as it is ready. Reads no further item while as much is held as the bounds
 * allow, results that nobody took included: a reader that does not read stops the reading of items. Throws what `items` or `work` throws; `work` is to
 * make a result of what concerns one item only.
 */
export async function* pipeline<In, Out>(
  items: AsyncIterable<In>,
  work: (item: In) => Promise<Out>,
  bounds: PipelineBounds<In>,
): AsyncIterable<Out> {
  const iterator = items[Symbol.asyncIterator]()
  const settled: Settled<Out>[] = []
  const held = { items: 0, weight: 0 }
  const source = { reading: false, exhausted: false }
  let wake = Promise.withResolvers<undefined>()

  function settle(result: Settled<Out>): void {
    settled.push(result)
    wake.resolve(undefined)
  }

  function begin(item: In): void {
    const weight = bounds.weigh(item)
    held.items++
    held.weight += weight
    work(item).then(
      (out) => {
        settle({ out, weight })
      },
      (failure: unknown) => {
        settle({ failure })
      },
    )
  }

  function read(): void {
    if (
      source.reading ||
      source.exhausted ||
      held.items >= bounds.maxItems ||
      held.weight >= bounds.maxWeight
    )
      return
    source.reading = true
    iterator.next().then(
      (next) => {
        source.reading = false
        if (next.done === true) {
          source.exhausted = true
          wake.resolve(undefined)
          return
        }
        begin(next.value)
        read()
      },
      (failure: unknown) => {
        settle({ failure })
      },
    )
  }

  try {
    for (;;) {
      read()
      const result = settled.shift()
      if (result === undefined) {
        if (source.exhausted && held.items === 0) return
        await wake.promise
        wake = Promise.withResolvers()
        continue
      }
      if ('failure' in result) throw result.failure
      yield result.out
      // Counted until it was taken.
      held.items--
      held.weight -= result.weight
    }
  } finally {
    source.exhausted = true
    // Not awaited: the source may wait for something that never comes, and its own end is its own affair.
    void Promise.resolve(iterator.return?.()).catch(() => undefined)
  }
}
