import { status as Code } from '@grpc/grpc-js'
import type { Log, Timers } from '../authority/ports.ts'
import {
  type HealthCheckResponse,
  HealthCheckResponse_ServingStatus,
  HealthService,
} from '../gen/grpc/health/v1/health.ts'
import { type BoundService, bindService } from './handler.ts'
import { StatusError } from './status.ts'

/** One thing that must work: resolves to whether it does. A rejection counts as no. */
export type HealthCheck = () => Promise<boolean>

/** What the last round of checks found. */
export interface HealthState {
  readonly serving: boolean
  /** Every check by name. */
  readonly checks: Readonly<Record<string, boolean>>
}

/** Runs the checks over and over, and tells who asks or listens. */
export interface HealthMonitor {
  readonly state: HealthState
  /** Runs the first round, then one every 5 s after the last has ended. */
  start(): Promise<void>
  /** From now on not serving, whatever the checks say: the service drains. Listeners hear of it before this returns. */
  drain(): void
  /** Calls `listener` when {@link HealthState.serving} changes. Returns a function that ends the subscription. */
  subscribe(listener: () => void): () => void
  stop(): void
}

const CHECK_EVERY_MS = 5000
const CHECK_TIMEOUT_MS = 4000

export function createHealthMonitor(
  checks: Readonly<Record<string, HealthCheck>>,
  timers: Timers,
  log: Log,
): HealthMonitor {
  const names = Object.keys(checks)
  const listeners = new Set<() => void>()
  let state: HealthState = { serving: false, checks: Object.fromEntries(names.map((name) => [name, false])) }
  let draining = false
  let stopped = false
  let callOff: (() => void) | undefined

  function set(next: HealthState): void {
    const changed = next.serving !== state.serving
    state = next
    if (!changed) return
    if (!next.serving) log.warn({ checks: next.checks, draining }, 'not serving')
    for (const listener of [...listeners]) listener()
  }

  async function round(): Promise<void> {
    const results = await Promise.all(names.map((name) => holds(checks[name]!, timers)))
    const found = Object.fromEntries(names.map((name, i) => [name, results[i] === true]))
    set({ serving: !draining && results.every(Boolean), checks: found })
    if (!stopped) callOff = timers.after(CHECK_EVERY_MS, () => void round())
  }

  return {
    get state() {
      return state
    },
    start: round,
    drain() {
      draining = true
      set({ ...state, serving: false })
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop() {
      stopped = true
      callOff?.()
    },
  }
}

// A check that hangs is a check that fails: a database that does not answer must not look healthy.
function holds(check: HealthCheck, timers: Timers): Promise<boolean> {
  return new Promise((resolve) => {
    const callOff = timers.after(CHECK_TIMEOUT_MS, () => {
      resolve(false)
    })
    Promise.resolve()
      .then(check)
      .catch(() => false)
      .then(
        (good) => {
          callOff()
          resolve(good)
        },
        () => undefined,
      )
  })
}

const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = HealthCheckResponse_ServingStatus

/**
 * `grpc.health.v1` over a {@link HealthMonitor}. The whole service has one state: it answers under the empty name and under
 * the name of each service.
 */
export function createHealthService(monitor: HealthMonitor, serviceNames: readonly string[]): BoundService {
  const known = new Set(['', ...serviceNames])
  const current = (): HealthCheckResponse => ({ status: monitor.state.serving ? SERVING : NOT_SERVING })

  return bindService(HealthService, {
    // eslint-disable-next-line @typescript-eslint/require-await -- unary methods are async
    check: async ({ service }) => {
      if (known.has(service)) return current()
      throw new StatusError(Code.NOT_FOUND, 'No service of that name is served here.')
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- unary methods are async
    list: async () => ({ statuses: Object.fromEntries([...known].map((name) => [name, current()])) }),
    async *watch({ service }, { signal }) {
      let wake: (() => void) | undefined
      const rouse = () => wake?.()
      const unsubscribe = monitor.subscribe(rouse)
      signal.addEventListener('abort', rouse)
      try {
        let sent: HealthCheckResponse['status'] | undefined
        while (!signal.aborted) {
          // The promise is made before the state is read, so that a change in between is not missed.
          const changed = new Promise<void>((resolve) => (wake = resolve))
          const { status } = known.has(service) ? current() : { status: SERVICE_UNKNOWN }
          if (status !== sent) yield { status: (sent = status) }
          else await changed
        }
      } finally {
        unsubscribe()
      }
    },
  })
}
