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
