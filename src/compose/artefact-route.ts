import type { CrlFeed } from '../authority/crl-feed.ts'
import type { Authorities, IssuingAuthority } from '../authority/issuing-authority.ts'
import type { Clock } from '../authority/ports.ts'
import type { TokenAuthority } from '../authority/token-issuer.ts'
import type { HttpRoute } from '../http/answer.ts'
import { type PublicCertificate, createArtefactRoute } from '../http/artefacts.ts'

export interface ArtefactDependencies {
  readonly authorities: Authorities
  readonly feed: Pick<CrlFeed, 'current' | 'complete' | 'deltaOfComplete' | 'shard'>
  readonly tokenIssuer: Pick<TokenAuthority, 'jwks'>
  readonly clock: Clock
}

/**
 * What is public: lists from the feed, certificates of the authorities, the keys of tokens.
 *
 * @param oauthMetadata - where OAuth clients get tokens; `undefined` if nowhere
 */
export function artefactRoute(
  { authorities, feed, tokenIssuer, clock }: ArtefactDependencies,
  oauthMetadata: () => Uint8Array | undefined = () => undefined,
): HttpRoute {
  const certificates = new Map(authorities.all.map((authority) => [authority.id, publish(authority)]))
  const roots = authorities.all.filter(({ role }) => role === 'root').map(({ id }) => certificates.get(id)!)
  /** An authority that has numbers and no complete list is making one. */
  const absence = (authorityId: string) =>
    feed.current(authorityId) !== undefined && feed.complete(authorityId) === undefined
      ? ('being_made' as const)
      : undefined
  const source = {
    crl: (authorityId: string) => feed.complete(authorityId) ?? absence(authorityId),
    crlShard: feed.shard.bind(feed),
    async deltaCrl(authorityId: string) {
      const delta = await feed.deltaOfComplete(authorityId)
      return delta === undefined ? absence(authorityId) : { ...delta.state, der: delta.der }
    },
    certificate: (authorityId: string) => certificates.get(authorityId),
    bundle: () => roots,
    jwks: () => tokenIssuer.jwks,
    oauthMetadata,
  }
  return createArtefactRoute(source, clock)
}

function publish({ certificate }: IssuingAuthority): PublicCertificate {
  return { der: certificate.der, since: certificate.notBefore }
}
