import { MAX_RECONNECT_MS, MIN_RECONNECT_MS } from '../../../../src/core/revocation/feed-limits.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { createBreaker } from '../breaker/breaker.ts'
import type { BreakerPolicy, BreakerState } from '../breaker/breaker-state.ts'

/** `closed`: calls are made. `open`: none is. `half_open`: one that matters is, to see. */
export type CircuitState = 'closed' | 'half_open' | 'open'

/** Keeps questions from an authority that does not answer, and finds out in the background when it does again. */
export interface Circuit {
  readonly state: CircuitState
  /** True if a question should be asked. In `half_open` for one caller only. */
  admits(): boolean
  succeeded(): void
  failed(): void
  /** What was admitted was not asked after all: another may be. */
  abandoned(): void
  close(): void
}

/**
 * Three failures in a row open it: one may be bad luck, and each costs somebody the deadline. A probe asks for the trust bundle, which says little of how questions fare: the first of those
 * is a trial. Probes come 0.25 to 30 s apart, as verifiers come back to a stream.
 */
const POLICY: BreakerPolicy = {
  failuresToOpen: 3,
  needsTrial: true,
  minMs: MIN_RECONNECT_MS,
  maxMs: MAX_RECONNECT_MS,
}

/** Makes the circuit of a verifier. While it is open, `probe` is called later and later, and never twice at once; when it resolves, the next caller tries. */
export function createCircuit(options: {
  readonly probe: () => Promise<unknown>
  readonly ports: Pick<FeedPorts, 'after' | 'elapsed' | 'randomBytes'>
  readonly onChange: (state: CircuitState) => void
}): Circuit {
  const { probe, ports, onChange } = options
  const over = new AbortController()
  const breaker = createBreaker({
    policy: POLICY,
    ports,
    probe,
    onChange(after, before) {
      if (nameOf(after) !== nameOf(before)) onChange(nameOf(after))
    },
    signal: over.signal,
  })
  return {
    get state() {
      return nameOf(breaker.state)
    },
    admits: () => breaker.admits(),
    succeeded: () => breaker.answered(),
    failed: () => breaker.failed(),
    abandoned: () => breaker.abandoned(),
    close: () => over.abort(),
  }
}

/** While it is probed, nobody else gets through either. */
function nameOf({ phase }: BreakerState): CircuitState {
  return phase === 'probing' ? 'open' : phase
}
