import type { TrustBundle } from '../decision/trust-bundle.ts'
import { MalformedError } from '../errors.ts'
import { parseCrl, verifyCrlSignature } from '../x509/crl.ts'
import { sameName } from '../x509/name.ts'
import { matchKeyIdentifier } from '../x509/path/key-identifier.ts'
import type { Certificate, CertificateList } from '../x509/types.ts'

/** A list that an authority of the bundle signed, and that says which one it is and until when it is good. */
export interface AuthenticList {
  readonly authorityId: string
  readonly list: CertificateList
  readonly crlNumber: bigint
  readonly nextUpdate: Date
}

/**
 * Reads a complete or delta list and makes sure that an authority of the bundle signed it (RFC 5280 section 6.3.3 (f) and (g)). Whether it is in force,
 * and newer than another, is for whoever applies it to say.
 *
 * @throws {@link MalformedError} on any deviation from DER or RFC 5280; `crl.issuer_unknown`, `crl.signature`, `crl.number_missing`,
 * `crl.next_update_missing`; `crl.scope` for a list that does not speak of all certificates and reasons of its issuer, which our authorities do not issue
 */
export async function authenticateList(der: Uint8Array, trust: TrustBundle): Promise<AuthenticList> {
  const list = parseCrl(der)
  const { crlNumber, nextUpdate } = list
  const candidates = listIssuers(list, trust)
  if (candidates.length === 0) {
    throw new MalformedError('crl.issuer_unknown', 'the issuer of the list is no authority of the bundle')
  }
  const issuer = await findSigner(list, candidates)
  if (!issuer) throw new MalformedError('crl.signature', 'the list is not signed by the authority it names')
  if (list.issuingDistributionPoint) {
    throw new MalformedError('crl.scope', 'the list speaks of a part of the certificates only')
  }
  if (crlNumber === undefined) throw new MalformedError('crl.number_missing', 'the list has no number')
  if (nextUpdate === undefined) {
    throw new MalformedError('crl.next_update_missing', 'the list does not say until when it is good')
  }
  return { authorityId: trust.authorityId(issuer)!, list, crlNumber, nextUpdate }
}

/** Certificates of the authorities that have the name in the list: one, unless keys were rolled over under one name. */
export function listIssuers(list: CertificateList, trust: TrustBundle): readonly Certificate[] {
  return [...trust.anchors, ...trust.intermediates].filter(({ subject }) => sameName(subject, list.issuer))
}

async function findSigner(
  list: CertificateList,
  candidates: readonly Certificate[],
): Promise<Certificate | undefined> {
  for (const candidate of candidates) {
    const fits = matchKeyIdentifier(list.authorityKeyIdentifier, candidate) >= 0
    const may = candidate.keyUsage?.has('cRLSign') === true
    if (fits && may && (await verifyCrlSignature(list, candidate))) return candidate
  }
  return undefined
}
