import type { CertificateCache } from '../core/decision/certificate-cache.ts'
import type { TokenCache } from '../core/decision/token-cache.ts'
import { decide } from '../core/decision/decide.ts'
import type { Decision } from '../core/decision/decision.ts'
import { type VerifyRequestInput, readQuery } from '../core/decision/read-query.ts'
import type { Store } from '../store/store.ts'
import type { TokenIssuer } from '../core/decision/token-trust.ts'
import type { Credential } from '../core/request/credential.ts'
import { type CurrentLists, createLiveRevocation } from './live-revocation.ts'
import { createLiveTokens } from './live-tokens.ts'
import { requireRight } from './access.ts'
import type { Caller, Clock, Metrics } from './ports.ts'
import { createReplayGuard } from './replay-guard.ts'
import type { Trust } from './trust.ts'
import { requireTrustedProxy } from './trusted-proxies.ts'

/** What the operator decides about signed requests. */
export interface VerifyRequestSettings {
  readonly ageWindowSeconds: number
  readonly clockSkewSeconds: number
  /** For how long an answer may be reused. */
  readonly decisionCacheSeconds: number
  /** Nonces kept at once; full means that requests with a nonce are refused. */
  readonly maxStoredNonces: number
  /** Client ids whose word for a certificate in a proxy's header counts. */
  readonly trustedProxies: readonly string[]
}

export interface VerifyDependencies {
  readonly store: Pick<Store, 'certificates' | 'clients' | 'crls' | 'nonces' | 'tokens'>
  readonly trust: Trust
  readonly cache: CertificateCache
  readonly tokenCache: TokenCache
  /** This service itself, whose tokens it verifies. */
  readonly tokenIssuer: TokenIssuer
  readonly feed: CurrentLists
  readonly clock: Clock
  readonly metrics: Pick<Metrics, 'requestDecided'>
  readonly settings: VerifyRequestSettings
}

/**
 * Decides whether a request may be served. What the resource server got wrong is an error; what its client got wrong is a denial.
 *
 * @throws DomainError CALLER_NOT_ALLOWED, PROXY_NOT_TRUSTED, FIELD_INVALID, FIELD_NOT_IMPLEMENTED, SCOPE_MALFORMED, NONCE_STORE_FULL
 */
export async function verifyRequest(
  deps: VerifyDependencies,
  caller: Caller,
  input: VerifyRequestInput,
): Promise<Decision> {
  requireRight(caller, 'chancery.requests.verify')
  const query = readQuery(input)
  const { settings } = deps
  if (isForwarded(query.credential)) requireTrustedProxy(caller, settings.trustedProxies)
  const trust = deps.trust.current()
  const decision = await decide(query, {
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
  })
  deps.metrics.requestDecided(decision.decision, decision.denyReason ?? '')
  return decision
}

/** True if the certificate, also one beside a token, is one that a proxy vouches for. */
function isForwarded(credential: Credential): boolean {
  const certificate = credential.kind === 'bearer' ? credential.certificate : credential
  return certificate?.kind === 'forwarded'
}
