import type { Meta, Store } from '../store/store.ts'
import { type PublicSettings, artefactUrls } from './artefact-urls.ts'
import type { CrlFeed, CrlState } from './crl-feed.ts'
import type { Authorities, IssuingAuthority } from './issuing-authority.ts'
import type { TokenAuthority } from './token-issuer.ts'

export interface TrustBundleDependencies {
  readonly store: Pick<Store, 'authorities'>
  readonly authorities: Authorities
  readonly meta: Meta
  readonly tokenIssuer: Pick<TokenAuthority, 'issuer' | 'audience' | 'authorityId' | 'jwks'>
}

/** What verifiers must trust, as published. */
export interface PublishedTrustBundle {
  readonly trustDomain: string
  readonly sequence: bigint
  readonly refreshSeconds: number
  readonly rootsDer: readonly Uint8Array[]
  readonly intermediatesDer: readonly Uint8Array[]
  readonly scopeExtensionOid: string
  readonly tokenIssuers: readonly TrustBundleDependencies['tokenIssuer'][]
}

/** Roots change once in years, and overlap when they do; five minutes keep a forgotten verifier from missing it. */
const REFRESH_SECONDS = 300

/** Returns the trust bundle. Any caller may read it. */
export async function getTrustBundle(deps: TrustBundleDependencies): Promise<PublishedTrustBundle> {
  const byRole = (role: IssuingAuthority['role']) =>
    deps.authorities.all
      .filter((authority) => authority.role === role)
      .map((authority) => authority.certificate.der)
  return {
    trustDomain: deps.meta.trustDomain,
    sequence: await deps.store.authorities.bundleSequence(),
    refreshSeconds: REFRESH_SECONDS,
    rootsDer: byRole('root'),
    intermediatesDer: byRole('issuing'),
    scopeExtensionOid: deps.meta.scopeExtensionOid,
    tokenIssuers: [deps.tokenIssuer],
  }
}

/** An authority and where its lists are. */
export interface AuthorityStatus {
  readonly authority: IssuingAuthority
  /** The newest number. */
  readonly crl: CrlState | undefined
  /** Entries of the newest complete list. */
  readonly crlEntryCount: number
  readonly crlUrl: string | undefined
}

/** Lists the authorities, root first. Any caller may read them. */
export function listAuthorities(deps: {
  readonly authorities: Authorities
  readonly feed: Pick<CrlFeed, 'current' | 'complete'>
  readonly settings: PublicSettings
}): AuthorityStatus[] {
  return deps.authorities.all.map((authority) => ({
    authority,
    crl: deps.feed.current(authority.id),
    crlEntryCount: deps.feed.complete(authority.id)?.entryCount ?? 0,
    crlUrl: artefactUrls(deps.settings, authority.id).crlUrl,
  }))
}
