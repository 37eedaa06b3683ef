import type { FeedPorts } from '../../../../src/feed/ports.ts'
import type { ChanceryError } from '../chancery-error.ts'
import type { CredentialEvent, CredentialMetrics, SwitchReason, TokenResource } from './credential-event.ts'

/** Counts what happens, and tells those who want to know. */
export interface EventLog {
  count(credential: 'token' | 'certificate'): void
  fetched(how: 'issued' | 'failed'): void
  probed(): void
  clockDiffers(offsetMs: number): void
  switched(
    to: 'token' | 'certificate',
    reason: SwitchReason | undefined,
    resource: TokenResource,
    afterMs: number,
  ): void
  authorityLost(error: ChanceryError): void
  authorityBack(afterMs: number, probes: number): void
  denied(error: ChanceryError, resource: TokenResource): void
  tokenRefused(resource: TokenResource): void
  metrics(authorityLostForMs: number | undefined): CredentialMetrics
  subscribe(listener: (event: CredentialEvent) => void): () => void
}

export function createEventLog(ports: Pick<FeedPorts, 'now'>): EventLog {
  const requests = { token: 0, certificate: 0 }
  const switches = { token: 0, certificate: 0 }
  const fetches = { issued: 0, failed: 0, denied: 0 }
  let probes = 0
  let tokensRefused = 0
  let clockOffsetMs: number | undefined
  const listeners = new Set<(event: CredentialEvent) => void>()

  function emit(event: CredentialEvent): void {
    for (const listener of listeners) {
      try {
        listener(event)
      } catch (error) {
        // A listener's mistake is not the request's: it surfaces as an uncaught error of its own.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  return {
    count: (credential) => void (requests[credential] += 1),
    fetched: (how) => void (fetches[how] += 1),
    probed: () => void (probes += 1),
    clockDiffers: (offsetMs) => void (clockOffsetMs = offsetMs),
    switched(to, reason, resource, afterMs) {
      switches[to] += 1
      emit({ kind: 'switched', to, reason, resource, afterMs, at: ports.now() })
    },
    authorityLost: (error) => emit({ kind: 'authority_lost', error, at: ports.now() }),
    authorityBack: (afterMs, tries) =>
      emit({ kind: 'authority_back', afterMs, probes: tries, at: ports.now() }),
    denied(error, resource) {
      fetches.denied += 1
      emit({ kind: 'denied', error, resource, at: ports.now() })
    },
    tokenRefused(resource) {
      tokensRefused += 1
      emit({ kind: 'token_refused', resource, at: ports.now() })
    },
    metrics: (authorityLostForMs) => ({
      requests: { ...requests },
      switches: { ...switches },
      fetches: { ...fetches },
      probes,
      tokensRefused,
      authorityLostForMs,
      clockOffsetMs,
    }),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
