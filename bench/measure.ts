import { setTimeout } from 'node:timers/promises'

/** How one load went. */
export interface Load {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** Runs `operation` `total` times with a fixed number of callers, each of which waits for its answer before it asks again. */
export async function measureLoad(
  total: number,
  callers: number,
  operation: (index: number) => Promise<unknown>,
): Promise<Load> {
  const latenciesMs = new Float64Array(total)
  let next = 0
  async function call(): Promise<void> {
    while (next < total) {
      const index = next++
      const began = performance.now()
      await operation(index)
      latenciesMs[index] = performance.now() - began
    }
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: callers }, call))
  return { perSecond: (total / (performance.now() - start)) * 1000, ...summarize(latenciesMs) }
}

/**
 * Starts `operation` at a fixed rate, whether earlier ones have finished or not. Latencies count from when each should have started: what waits because
 * the machine is busy is late, not absent.
 */
export async function measureRate(
  total: number,
  perSecond: number,
  operation: (index: number) => Promise<unknown>,
): Promise<Load> {
  const latenciesMs = new Float64Array(total)
  const start = performance.now()
  const running: Promise<void>[] = []
  while (running.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - start) / 1000) * perSecond))
    while (running.length < due) {
      const index = running.length
      const dueMs = start + (index / perSecond) * 1000
      running.push(
        operation(index).then(() => {
          latenciesMs[index] = performance.now() - dueMs
        }),
      )
    }
    await setTimeout(1)
  }
  await Promise.all(running)
  return { perSecond: (total / (performance.now() - start)) * 1000, ...summarize(latenciesMs) }
}

/** Runs `operation` `total` times on this thread, one after another, and returns how many fit into a second. */
export function measureLoop(total: number, operation: (index: number) => unknown): number {
  const start = performance.now()
  for (let i = 0; i < total; i++) operation(i)
  return (total / (performance.now() - start)) * 1000
}

/** Median, 90th, 95th and 99th percentile, and worst. */
export function summarize(latenciesMs: Float64Array): Omit<Load, 'perSecond'> {
  const sorted = latenciesMs.toSorted()
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN
  return { p50Ms: at(0.5), p90Ms: at(0.9), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

/**
 * Measures two things in turns and returns the pair of the round with the median ratio. What else the machine does meanwhile falls on
 * both alike; each alone would wander by more than what is looked for.
 */
export async function measureInTurns<T extends { readonly perSecond: number }>(
  rounds: number,
  first: () => Promise<T>,
  second: () => Promise<T>,
): Promise<{ first: T; second: T }> {
  const pairs: { first: T; second: T }[] = []
  for (let round = 0; round < rounds; round++) pairs.push({ first: await first(), second: await second() })
  const ratio = (pair: (typeof pairs)[number]) => pair.first.perSecond / pair.second.perSecond
  return pairs.toSorted((a, b) => ratio(a) - ratio(b))[Math.floor(pairs.length / 2)]!
}
