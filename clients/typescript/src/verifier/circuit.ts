import { reconnectDelay } from '../../../../src/feed/backoff.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { wait } from '../../../../src/feed/wait.ts'

/** `closed`: calls are made. `open`: none is. `half_open`: one that matters is, to see. */
export type CircuitState = 'closed' | 'half_open' | 'open'

/** Keeps calls from something that does not answer, and finds out in the background when it does again. */
export interface Circuit {
  readonly state: CircuitState
  /** True if a call should be made. In `half_open` for one caller only. */
  admits(): boolean
  succeeded(): void
  failed(): void
  close(): void
}

/** Failures in a row that open a circuit: one may be bad luck, and each costs somebody the deadline. */
const FAILURES_TO_OPEN = 3

/**
 * Makes a circuit. While it is open, `probe` is called after 0.5 to 30 s, later and later, and never twice at once; when it resolves, the next caller tries.
 */
export function createCircuit(options: {
  readonly probe: () => Promise<unknown>
  readonly ports: Pick<FeedPorts, 'after' | 'randomBytes'>
  readonly onChange: (state: CircuitState) => void
}): Circuit {
  const { probe, ports, onChange } = options
  const over = new AbortController()
  let state: CircuitState = 'closed'
  let failures = 0
  let opened = 0
  let isTrying = false

  function become(next: CircuitState): void {
    if (state === next) return
    state = next
    isTrying = false
    onChange(next)
  }

  async function probeUntilAnswered(): Promise<void> {
    let attempts = opened - 1
    const isOver = () => over.signal.aborted
    while (!isOver()) {
      await wait(
        ports,
        reconnectDelay(attempts++, (length) => ports.randomBytes(length)),
        over.signal,
      )
      if (isOver()) return
      try {
        await probe()
        become('half_open')
        return
      } catch {
        // Later again.
      }
    }
  }

  function open(): void {
    opened = Math.min(opened + 1, 8)
    become('open')
    void probeUntilAnswered()
  }

  return {
    get state() {
      return state
    },
    admits() {
      if (state === 'half_open' && !isTrying) {
        isTrying = true
        return true
      }
      return state === 'closed'
    },
    succeeded() {
      failures = 0
      if (state !== 'half_open') return
      opened = 0
      become('closed')
    },
    failed() {
      failures++
      if (state === 'half_open' || (state === 'closed' && failures >= FAILURES_TO_OPEN)) open()
    },
    close() {
      over.abort()
    },
  }
}
