import type { DecisionContext } from '../../../../src/core/decision/decision.ts'
import type { TrustBundle } from '../../../../src/core/decision/trust-bundle.ts'
import { DEFAULT_STALE_POLICY } from '../../../../src/core/revocation/stale-policy.ts'
import type { RevocationFeed } from '../../src/revocation/revocation-feed.ts'
import type { TrustBundleSource } from '../../src/trust/trust-bundle-source.ts'
import type { TrustSnapshot } from '../../src/trust/trust-snapshot.ts'

/** A trust source and a feed that know exactly what a context of the core knows. */
export function knowingWorld(context: () => DecisionContext): {
  readonly trust: TrustBundleSource
  readonly feed: RevocationFeed
} {
  let last:
    | { readonly trust: TrustBundle; readonly of: DecisionContext; readonly snapshot: TrustSnapshot }
    | undefined
  const current = (): TrustSnapshot => {
    const of = context()
    if (last?.of !== of) {
      const snapshot = { trust: of.trust, authorities: [], tokenIssuers: [], confirmedAt: of.at }
      const facts = {
        trustDomain: '',
        sequence: 1n,
        scopeExtensionOid: '',
        authorities: [],
        tokenIssuers: [],
      }
      last = { trust: of.trust, of, snapshot: { ...snapshot, facts } }
    }
    return last.snapshot
  }
  return {
    trust: {
      current,
      start: () => Promise.resolve(),
      refresh: () => Promise.resolve(false),
      onChange: () => () => false,
      close: () => undefined,
    },
    feed: {
      stalePolicy: DEFAULT_STALE_POLICY,
      start: () => Promise.resolve(),
      ready: () => Promise.resolve(),
      knowledge: () => ({ revocation: context().revocation, tokens: context().tokens! }),
      now: () => context().at,
      health: () => ({ isConnected: true, secondsUntilStale: undefined, authorities: [] }),
      metrics: () => ({ listsTaken: 0, listsRefused: 0, connects: 0, disconnects: 0 }),
      onEvent: () => () => false,
      close: () => Promise.resolve(),
    },
  }
}
