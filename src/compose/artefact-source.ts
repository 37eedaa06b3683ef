import type { CrlFeed } from '../authority/crl-feed.ts'
import type { Authorities, IssuingAuthority } from '../authority/issuing-authority.ts'
import type { ArtefactSource, PublicCertificate, PublicKeySet } from '../http/artefacts.ts'

/** What the public listener may show: lists from the feed, certificates of the authorities, the keys of tokens. */
export function artefactSource(
  authorities: Authorities,
  feed: Pick<CrlFeed, 'complete' | 'deltaOfComplete'>,
  jwks: PublicKeySet,
): ArtefactSource {
  const certificates = new Map(authorities.all.map((authority) => [authority.id, publish(authority)]))
  const roots = authorities.all.filter(({ role }) => role === 'root').map(({ id }) => certificates.get(id)!)
  return {
    crl: (authorityId) => feed.complete(authorityId),
    async deltaCrl(authorityId) {
      const delta = await feed.deltaOfComplete(authorityId)
      return delta && { ...delta.state, der: delta.der }
    },
    certificate: (authorityId) => certificates.get(authorityId),
    bundle: () => roots,
    jwks: () => jwks,
  }
}

function publish({ certificate }: IssuingAuthority): PublicCertificate {
  return { der: certificate.der, since: certificate.notBefore }
}
