import type { RenewalWindow } from '../../../../src/core/issuance/renewal-window.ts'
import { randomFraction } from '../../../../src/feed/backoff.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import type { UnaryCaller } from '../../../../src/rpc/unary-caller.ts'
import type { ClientIdentity } from '../identity/client-identity.ts'
import { quietPorts } from '../quiet-ports.ts'
import type { PendingFault } from './pending-renewal.ts'
import { type RenewalRequest, renewOnce, windowOf } from './renew-once.ts'

/** What is renewed, and by whom. */
export interface RenewalOptions extends RenewalRequest {
  readonly identity: ClientIdentity
  /** An {@link AuthorityClient} that calls as `identity`: a client may always renew its own certificate. */
  readonly authority: UnaryCaller
  /** Clock, timers and randomness, for tests. */
  readonly ports?: FeedPorts
}

/** What happened to a certificate. `secondsLeft` of the one in force are negative once it has run out. */
export type RenewalEvent =
  | { readonly kind: 'renewed'; readonly notAfter: Date; readonly nextAt: Date; readonly at: Date }
  /** A renewal that was begun before, by a process that ended, is not gone on with: another is begun. */
  | { readonly kind: 'pending_refused'; readonly fault: PendingFault; readonly at: Date }
  /** Somebody else put another certificate into the folder. */
  | { readonly kind: 'reloaded'; readonly notAfter: Date; readonly nextAt: Date; readonly at: Date }
  | {
      readonly kind: 'failed'
      readonly error: unknown
      readonly secondsLeft: number
      readonly nextAt: Date
      readonly at: Date
    }

/** Keeps a certificate in force; see {@link keepRenewed}. */
export interface CertificateRenewal {
  /** When the certificate is renewed, or tried again. */
  readonly nextAt: Date
  /** Until the certificate in force runs out: the one number to watch. */
  secondsLeft(): number
  /** Renews now. Rejects with what went wrong; the next try comes by itself. */
  renewNow(): Promise<void>
  /** Calls `listener` with what happens. Returns a function that ends that. */
  subscribe(listener: (event: RenewalEvent) => void): () => void
  /** Ends it. A renewal under way comes to its end. */
  close(): void
}

/** The clock on the wall is looked at so often at least: it goes on while the machine sleeps, and timers do not. */
const LONGEST_WAIT_MS = 60_000
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 300_000

/**
 * Renews the certificate of an identity when the authority suggests it, at a random instant of that span, which leaves a sixth of its life to try again in. The authority being away
 * is no hurry: tries follow in spans that double from a second to five minutes, and go on when the certificate has run out. The folder is read before each, and once a minute,
 * so that a certificate that somebody else put there is taken instead.
 */
export function keepRenewed(options: RenewalOptions): CertificateRenewal {
  const { identity, authority, ports = quietPorts } = options
  const listeners = new Set<(event: RenewalEvent) => void>()
  let failures = 0
  let nextAt = within(windowOf(identity.current()))
  let cancelTimer: () => void = () => undefined
  let running: Promise<void> | undefined
  let closed = false

  function within({ start, end }: RenewalWindow): Date {
    const spanMs = end.getTime() - start.getTime()
    return new Date(start.getTime() + Math.floor(spanMs * randomFraction(ports)))
  }

  function emit(event: RenewalEvent): void {
    for (const listener of listeners) listener(event)
  }

  function schedule(): void {
    cancelTimer()
    if (closed) return
    const waitMs = Math.max(0, nextAt.getTime() - ports.now().getTime())
    cancelTimer = ports.after(Math.min(waitMs, LONGEST_WAIT_MS), () => {
      void (isDue() ? renew() : look()).catch(() => undefined)
    })
  }

  const isDue = () => ports.now().getTime() >= nextAt.getTime()

  /** Takes what somebody else put into the folder. True if there was something. */
  async function reload(): Promise<boolean> {
    const found = await identity.reload()
    if (found) {
      failures = 0
      nextAt = within(windowOf(identity.current()))
      emit({ kind: 'reloaded', notAfter: identity.current().notAfter, nextAt, at: ports.now() })
    }
    return found
  }

  /** A folder that cannot be read just now is looked at again: what is held is good until it runs out. */
  async function look(): Promise<void> {
    await reload().catch(() => undefined)
    schedule()
  }

  function renew(): Promise<void> {
    running ??= attempt().finally(() => {
      running = undefined
      schedule()
    })
    return running
  }

  function onPendingRefused(fault: PendingFault): void {
    options.onPendingRefused?.(fault)
    emit({ kind: 'pending_refused', fault, at: ports.now() })
  }

  async function attempt(): Promise<void> {
    try {
      // One that is there and due itself is renewed like any other.
      if ((await reload().catch(() => false)) && !isDue()) return
      nextAt = within(await renewOnce(identity, authority, { ...options, onPendingRefused }))
      failures = 0
      emit({ kind: 'renewed', notAfter: identity.current().notAfter, nextAt, at: ports.now() })
    } catch (error) {
      const bound = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 30))
      failures += 1
      nextAt = new Date(ports.now().getTime() + Math.ceil((bound / 2) * (1 + randomFraction(ports))))
      emit({ kind: 'failed', error, secondsLeft: secondsLeft(), nextAt, at: ports.now() })
      throw error
    }
  }

  function secondsLeft(): number {
    return Math.floor((identity.current().notAfter.getTime() - ports.now().getTime()) / 1000)
  }

  schedule()
  return {
    get nextAt() {
      return nextAt
    },
    secondsLeft,
    renewNow: renew,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close() {
      closed = true
      cancelTimer()
    },
  }
}
