import type { CertificateCache } from '../core/decision/certificate-cache.ts'
import type { DecisionContext } from '../core/decision/decision.ts'
import type { TokenCache } from '../core/decision/token-cache.ts'
import type { TokenIssuer } from '../core/decision/token-trust.ts'
import type { Store } from '../store/store.ts'
import { type CurrentLists, createLiveRevocation } from './live-revocation.ts'
import { createLiveTokens } from './live-tokens.ts'
import type { Clock } from './ports.ts'
import { createReplayGuard } from './replay-guard.ts'
import type { Trust } from './trust.ts'

/** What the operator decides about the engine. */
export interface DecisionSettings {
  readonly ageWindowSeconds: number
  readonly clockSkewSeconds: number
  /** For how long an answer may be reused. */
  readonly decisionCacheSeconds: number
  /** Nonces kept at once; full means that requests with a nonce are refused. */
  readonly maxStoredNonces: number
}

/** What the service decides by. */
export interface DecisionDependencies {
  readonly store: Pick<Store, 'certificates' | 'clients' | 'crls' | 'nonces' | 'tokens'>
  readonly trust: Trust
  readonly cache: CertificateCache
  readonly tokenCache: TokenCache
  /** This service itself, whose tokens it verifies. */
  readonly tokenIssuer: TokenIssuer
  readonly feed: CurrentLists
  readonly clock: Clock
  readonly settings: DecisionSettings
}

/** What the engine judges by at this instant: the store, as it is. */
export function decisionContext(deps: DecisionDependencies): DecisionContext {
  const { settings } = deps
  const trust = deps.trust.current()
  return {
    at: deps.clock.now(),
    trust,
    revocation: createLiveRevocation(deps.store, trust, deps.feed),
    cache: deps.cache,
    tokens: createLiveTokens(deps.store, deps.tokenIssuer),
    tokenCache: deps.tokenCache,
    replay: createReplayGuard(deps.store, settings.maxStoredNonces),
    ageWindowSeconds: settings.ageWindowSeconds,
    clockSkewSeconds: settings.clockSkewSeconds,
    maxReuseSeconds: settings.decisionCacheSeconds,
  }
}
