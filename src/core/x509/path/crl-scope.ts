import { TAG } from '../../asn1/tags.ts'
import { encodeElement } from '../../asn1/writer.ts'
import { DerReader } from '../../asn1/reader.ts'
import { equalBytes } from '../../bytes.ts'
import { MalformedError } from '../../errors.ts'
import { parseName, sameName } from '../name.ts'
import type {
  Certificate,
  CertificateList,
  DistributionPoint,
  DistributionPointName,
  GeneralName,
  Name,
  ReasonFlag,
} from '../types.ts'
import { REASON_FLAGS } from '../distribution-point.ts'
import { isCa } from './certificate-identity.ts'

/** Every reason for which a certificate may be revoked: a status is known once lists for all of them were seen. */
export const ALL_REASONS: ReadonlySet<ReasonFlag> = new Set(REASON_FLAGS.filter((flag) => flag !== undefined))

const NO_REASONS: ReadonlySet<ReasonFlag> = new Set()

/**
 * For which reasons a list speaks about a certificate, going by distribution points and by the kind of certificate
 * (RFC 5280 sections 6.3.3 (b) and (d)); empty if it does not speak about it at all. Indirect lists, and distribution points
 * that name a CRL issuer of their own, are not supported and never cover anything.
 */
export function coveredReasons(certificate: Certificate, crl: CertificateList): ReadonlySet<ReasonFlag> {
  if (!sameName(crl.issuer, certificate.issuer)) return NO_REASONS
  const idp = crl.issuingDistributionPoint
  if (idp !== undefined) {
    if (idp.indirectCrl || idp.onlyContainsAttributeCerts) return NO_REASONS
    if (idp.onlyContainsUserCerts && isCa(certificate)) return NO_REASONS
    if (idp.onlyContainsCaCerts && !isCa(certificate)) return NO_REASONS
  }
  const ofList = idp?.onlySomeReasons ?? ALL_REASONS
  const covered = new Set<ReasonFlag>()
  for (const point of distributionPoints(certificate)) {
    if (idp?.name !== undefined && !namesMeet(point.name, idp.name, certificate.issuer, crl.issuer)) continue
    for (const reason of ofList) if (point.reasons?.has(reason) !== false) covered.add(reason)
  }
  return covered
}

/**
 * The distribution points of a certificate that this software can use, and the implicit one of section 6.3.3: the issuer's
 * name, all reasons. The latter is left out when the CA says that somebody else issues its lists.
 */
function distributionPoints({
  issuer,
  crlDistributionPoints = [],
}: Certificate): readonly DistributionPoint[] {
  const direct = crlDistributionPoints.filter((point) => point.crlIssuer === undefined)
  if (direct.length < crlDistributionPoints.length && direct.length === 0) return []
  return [
    ...direct,
    {
      name: { type: 'full', names: [{ type: 'directory', value: issuer }] },
      reasons: undefined,
      crlIssuer: undefined,
    },
  ]
}

function namesMeet(
  ofPoint: DistributionPointName | undefined,
  ofList: DistributionPointName,
  certificateIssuer: Name,
  crlIssuer: Name,
): boolean {
  if (ofPoint === undefined) return false
  const wanted = fullNames(ofPoint, certificateIssuer)
  return fullNames(ofList, crlIssuer).some((name) => wanted.some((other) => sameGeneralName(name, other)))
}

/** A name relative to the CRL issuer is that issuer's name with one RDN more (section 4.2.1.13). */
function fullNames(name: DistributionPointName, issuer: Name): readonly GeneralName[] {
  if (name.type === 'full') return name.names
  const rdns = new DerReader(issuer.der).read(TAG.sequence).content
  const der = encodeElement(TAG.sequence, rdns, encodeElement(TAG.set, name.rdnDer))
  try {
    return [{ type: 'directory', value: parseName(new DerReader(der).readAny()) }]
  } catch (error) {
    // One RDN too many for a name: then it names nothing.
    if (error instanceof MalformedError) return []
    throw error
  }
}

// URIs are compared octet by octet: two spellings of one address may be two lists.
function sameGeneralName(a: GeneralName, b: GeneralName): boolean {
  switch (a.type) {
    case 'directory':
      return b.type === 'directory' && sameName(a.value, b.value)
    case 'ip':
      return b.type === 'ip' && equalBytes(a.value, b.value)
    case 'other':
      return b.type === 'other' && a.tag === b.tag && equalBytes(a.value, b.value)
    case 'dns':
    case 'email':
    case 'uri':
      return b.type === a.type && a.value === b.value
  }
}
