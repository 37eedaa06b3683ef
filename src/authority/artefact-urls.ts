import { type CrlShard, formatShard, shardOf } from '../core/revocation/crl-shard.ts'
import type { AuthoritySettings } from './settings.ts'

/** Where an authority's list, certificate and OCSP responder can be reached; absent unless the operator configured a public URL. */
export interface ArtefactUrls {
  readonly crlUrl: string | undefined
  readonly deltaCrlUrl: string | undefined
  readonly issuerUrl: string | undefined
  readonly ocspUrl: string | undefined
}

/** What decides where artefacts are. */
export type PublicSettings = Pick<AuthoritySettings, 'publicUrl' | 'ocspInCertificates'>

export function artefactUrls(
  { publicUrl, ocspInCertificates }: PublicSettings,
  authorityId: string,
): ArtefactUrls {
  return {
    crlUrl: publicUrl && `${publicUrl}/crl/${authorityId}.crl`,
    deltaCrlUrl: publicUrl && `${publicUrl}/crl/${authorityId}.delta.crl`,
    issuerUrl: publicUrl && `${publicUrl}/ca/${authorityId}.crt`,
    // One responder for all: a request names the authority.
    ocspUrl: publicUrl && ocspInCertificates === 'on' ? `${publicUrl}/ocsp` : undefined,
  }
}

/** Where the list of a part of an authority's certificates is. */
export function shardUrl(publicUrl: string, authorityId: string, shard: CrlShard): string {
  return `${publicUrl}/crl/${authorityId}/shard/${formatShard(shard)}.crl`
}

/** What decides which artefacts a client's certificate names. */
export type CertificateUrlSettings = PublicSettings & Pick<AuthoritySettings, 'crlShards'>

/** What a client's certificate names: as its list that of its shard, where there are any. */
export function certificateUrls(
  settings: CertificateUrlSettings,
  authorityId: string,
  serialNumber: Uint8Array,
): Omit<ArtefactUrls, 'deltaCrlUrl'> {
  const { publicUrl, crlShards } = settings
  const urls = artefactUrls(settings, authorityId)
  if (publicUrl === undefined || crlShards === 0) return urls
  return { ...urls, crlUrl: shardUrl(publicUrl, authorityId, shardOf(serialNumber, crlShards)) }
}
