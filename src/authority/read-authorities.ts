import type { Meta, Store } from '../store/store.ts'
import { type PublicSettings, artefactUrls } from './artefact-urls.ts'
import type { CrlFeed, CrlState } from './crl-feed.ts'
import type { Authorities, IssuingAuthority } from './issuing-authority.ts'
import type { AuthoritySettings } from './settings.ts'
import type { TokenAuthority } from './token-issuer.ts'

export interface TrustBundleDependencies {
  readonly store: Pick<Store, 'authorities'>
  readonly authorities: Authorities
  readonly meta: Meta
  readonly settings: Pick<AuthoritySettings, 'checkpointSeconds'>
  readonly tokenIssuer: Pick<TokenAuthority, 'issuer' | 'audience' | 'authorityId' | 'jwks'>
}

/** What verifiers must trust, as published. */
export interface PublishedTrustBundle {
  readonly trustDomain: string
  readonly sequence: bigint
  readonly refreshSeconds: number
  readonly roots: readonly IssuingAuthority[]
  readonly intermediates: readonly IssuingAuthority[]
  readonly scopeExtensionOid: string
  readonly checkpointSeconds: number
  readonly tokenIssuers: readonly TrustBundleDependencies['tokenIssuer'][]
}

/** Roots change once in years, and overlap when they do; five minutes keep a forgotten verifier from missing it. */
const REFRESH_SECONDS = 300

/** Returns the trust bundle. Any caller may read it. */
export async function getTrustBundle(deps: TrustBundleDependencies): Promise<PublishedTrustBundle> {
  const byRole = (wanted: IssuingAuthority['role']) =>
    deps.authorities.all.filter(({ role }) => role === wanted)
  return {
    trustDomain: deps.meta.trustDomain,
    sequence: await deps.store.authorities.bundleSequence(),
    refreshSeconds: REFRESH_SECONDS,
    roots: byRole('root'),
    intermediates: byRole('issuing'),
    scopeExtensionOid: deps.meta.scopeExtensionOid,
    checkpointSeconds: deps.settings.checkpointSeconds,
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
