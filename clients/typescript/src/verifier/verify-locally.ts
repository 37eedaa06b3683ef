import {
  type CertificateCache,
  createCertificateCache,
} from '../../../../src/core/decision/certificate-cache.ts'
import { decide } from '../../../../src/core/decision/decide.ts'
import type {
  Decision,
  DecisionContext,
  DecisionQuery,
  ReplayGuard,
} from '../../../../src/core/decision/decision.ts'
import type { DenyReason } from '../../../../src/core/decision/deny-reason.ts'
import { createTokenCache } from '../../../../src/core/decision/token-cache.ts'
import { MAX_CACHED_CERTIFICATES } from '../../../../src/core/limits.ts'
import type { RevocationFeed } from '../revocation/revocation-feed.ts'
import type { TrustBundleSource } from '../trust/trust-bundle-source.ts'
import type { TrustSnapshot } from '../trust/trust-snapshot.ts'
import { NoDecisionError } from './no-decision-error.ts'
import { toVerification } from './verification.ts'
import type { DecisionEngine } from './verify-remotely.ts'

export interface LocalEngineOptions {
  readonly trust: Pick<TrustBundleSource, 'current' | 'refresh'>
  readonly feed: Pick<RevocationFeed, 'knowledge'>
  readonly replay: ReplayGuard
  readonly now: () => Date
  readonly ageWindowSeconds: number
  readonly clockSkewSeconds: number
}

/** Denials that a bundle which is newer than ours could lift. The nonce is not spent by them. */
const PERHAPS_OUTDATED: ReadonlySet<DenyReason | undefined> = new Set<DenyReason>([
  'TOKEN_KEY_UNKNOWN',
  'ISSUER_UNKNOWN',
])

/** Decides in this process, by the function that the service decides with, from the trust bundle and the lists that are at hand. */
export function createLocalEngine(options: LocalEngineOptions): DecisionEngine {
  const { trust, feed, replay, now, ageWindowSeconds, clockSkewSeconds } = options
  const cache = createCertificateCache(MAX_CACHED_CERTIFICATES)
  const tokenCache = createTokenCache(MAX_CACHED_CERTIFICATES)
  let known: { readonly snapshot: TrustSnapshot; readonly context: Omit<DecisionContext, 'at'> } | undefined

  function contextOf(snapshot: TrustSnapshot): DecisionContext {
    if (known?.snapshot !== snapshot) {
      forgetOther(cache, known?.snapshot, snapshot)
      const judged = { trust: snapshot.trust, ...feed.knowledge(snapshot) }
      known = {
        snapshot,
        context: { ...judged, cache, tokenCache, replay, ageWindowSeconds, clockSkewSeconds },
      }
    }
    return { ...known.context, at: now() }
  }

  function judge(query: DecisionQuery): Promise<Decision> {
    const snapshot = trust.current()
    if (!snapshot) {
      throw new NoDecisionError(
        'TRUST_UNAVAILABLE',
        'There is no trust bundle yet: the authority was not reached since this process began, and none is on disk.',
      )
    }
    return decide(query, contextOf(snapshot))
  }

  return {
    async verify(_question, query) {
      let decision = await judge(query)
      if (PERHAPS_OUTDATED.has(decision.denyReason) && (await trust.refresh())) decision = await judge(query)
      return toVerification(decision, 'local')
    },
    close: () => undefined,
  }
}

/** Paths that were verified under another bundle are of no use, and hold it in memory. */
function forgetOther(cache: CertificateCache, before: TrustSnapshot | undefined, now: TrustSnapshot): void {
  if (before && before.trust !== now.trust) cache.clear()
}
