/** Where an authority's list and certificate can be fetched; both absent unless the operator configured a public URL. */
export interface ArtefactUrls {
  readonly crlUrl: string | undefined
  readonly issuerUrl: string | undefined
}

export function artefactUrls(publicUrl: string | undefined, authorityId: string): ArtefactUrls {
  return {
    crlUrl: publicUrl && `${publicUrl}/crl/${authorityId}.crl`,
    issuerUrl: publicUrl && `${publicUrl}/ca/${authorityId}.crt`,
  }
}
