import { OID } from '../asn1/oids.ts'
import { enterDer } from '../asn1/reader.ts'
import { TAG, contextPrimitive } from '../asn1/tags.ts'
import { decodeIa5, decodeOid } from '../asn1/values.ts'
import { equalBytes } from '../bytes.ts'
import { certificateScopes } from '../scope/scope-extension.ts'
import { checkChainKey } from '../x509/public-key.ts'
import { certificateSignatureScheme } from '../x509/signature-scheme.ts'
import type { Certificate, GeneralName } from '../x509/types.ts'
import { keyIdentifier } from './encode-extension.ts'
import { type LintRules, lintTbs } from './lint.ts'
import { type CertificatePlan, SERIAL_BYTES } from './plan.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'

interface CertificateContext {
  readonly plan: CertificatePlan
  readonly issuer: Certificate
}

/**
 * Lints the to-be-signed part of a client's certificate.
 *
 * @throws {@link DomainError} LINT_FAILED with the rule
 */
export function lintTbsCertificate(
  tbs: Uint8Array,
  algorithm: SigningAlgorithm,
  plan: CertificatePlan,
  issuer: Certificate,
): void {
  lintTbs(tbs, algorithm, CERTIFICATE_RULES, { plan, issuer })
}

/** Rules that hold for every certificate, whoever its subject is. */
export const COMMON_RULES = {
  version: ({ version }) => version === 3,
  serial_number: ({ serialNumber }, { plan }) =>
    serialNumber.length === SERIAL_BYTES &&
    serialNumber[0]! < 0x80 &&
    equalBytes(serialNumber, plan.serialNumber),
  subject_key: ({ publicKey }, { plan }) => equalBytes(publicKey.der, plan.publicKeyDer),
  subject_key_identifier: ({ subjectKeyIdentifier, publicKey }) =>
    subjectKeyIdentifier !== undefined && equalBytes(subjectKeyIdentifier, keyIdentifier(publicKey.keyBytes)),
  // Compared with the plan after a round trip through DER: a fraction of a second would not come back.
  validity_as_planned: ({ notBefore, notAfter }, { plan }) =>
    notBefore.getTime() === plan.notBefore.getTime() && notAfter.getTime() === plan.notAfter.getTime(),
  validity_order: ({ notBefore, notAfter }) => notBefore < notAfter,
} satisfies LintRules<{ readonly plan: CommonPlan }>

type CommonPlan = Pick<CertificatePlan, 'serialNumber' | 'publicKeyDer' | 'notBefore' | 'notAfter'>

/** Rules that hold for every certificate that another one's key signs. */
export const ISSUED_RULES = {
  issuer_is_authority: (_, { issuer }) =>
    issuer.basicConstraints?.ca === true && issuer.keyUsage?.has('keyCertSign') === true,
  issuer_name: (certificate, { issuer }) => equalBytes(certificate.issuer.der, issuer.subject.der),
  issuer_signature_algorithm: (certificate, { issuer }) =>
    certificateSignatureScheme(certificate.signatureAlgorithm, checkChainKey(issuer.publicKey)).ok,
  authority_key_identifier: ({ authorityKeyIdentifier: aki }, { issuer }) =>
    aki?.keyIdentifier !== undefined &&
    issuer.subjectKeyIdentifier !== undefined &&
    equalBytes(aki.keyIdentifier, issuer.subjectKeyIdentifier),
  validity_within_issuer: (certificate, { issuer }) =>
    certificate.notBefore >= issuer.notBefore && certificate.notAfter <= issuer.notAfter,
} satisfies LintRules<{ readonly issuer: Certificate }>

/** The one DER encoding: trailing zero bits of a named bit list are not written (X.690 section 11.2.2). */
const DIGITAL_SIGNATURE = Uint8Array.of(TAG.bitString, 2, 7, 0x80)

/** Rules that hold for every certificate that signs no others. */
export const END_ENTITY_RULES = {
  not_an_authority: ({ basicConstraints }) =>
    basicConstraints?.ca === false && basicConstraints.pathLength === undefined,
  key_usage: ({ keyUsage, extensions }) => {
    const extension = extensions.get(OID.keyUsage)
    return (
      keyUsage?.size === 1 &&
      keyUsage.has('digitalSignature') &&
      extension !== undefined &&
      equalBytes(extension.value, DIGITAL_SIGNATURE)
    )
  },
} satisfies LintRules<unknown>

const CERTIFICATE_RULES: LintRules<CertificateContext> = {
  ...COMMON_RULES,
  ...ISSUED_RULES,
  ...END_ENTITY_RULES,
  validity_within_profile: ({ notBefore, notAfter }, { plan }) =>
    notBefore <= plan.issuedAt &&
    notAfter.getTime() - plan.issuedAt.getTime() <= plan.profile.maxValiditySeconds * 1000,
  subject_name: ({ subject }, { plan }) => {
    const [attribute, ...others] = subject.rdns.flat()
    return (
      others.length === 0 &&
      attribute?.oid === OID.commonName &&
      attribute.tag === TAG.utf8String &&
      attribute.value === plan.clientId
    )
  },
  subject_alt_name_uri: ({ subjectAltName }, { plan }) => {
    const uris = (subjectAltName ?? []).filter(({ type }) => type === 'uri')
    return uris.length === 1 && uris[0]!.value === plan.spiffeId
  },
  subject_alt_name_hosts: ({ subjectAltName }, { plan }) => {
    const others = (subjectAltName ?? []).filter(({ type }) => type !== 'uri')
    return others.length === plan.hosts.length && others.every((name) => isPlannedHost(name, plan))
  },
  extended_key_usage: ({ extendedKeyUsage = [] }, { plan }) => {
    const usages = plan.profile.extendedKeyUsage.map((usage): string => OID[usage])
    return (
      extendedKeyUsage.length === usages.length && usages.every((usage) => extendedKeyUsage.includes(usage))
    )
  },
  scopes: (certificate, { plan }) =>
    certificateScopes(certificate, plan.scopeExtensionOid).join() === plan.scopes.join(),
  crl_distribution_point: distributionPointAsPlanned,
  authority_info_access: infoAccessAsPlanned,
  extensions_expected: ({ extensions }, { plan }) =>
    [...extensions.keys()].every((oid) => EXPECTED_EXTENSIONS.has(oid) || oid === plan.scopeExtensionOid),
  extensions_criticality: hasUsualCriticality,
}

const EXPECTED_EXTENSIONS: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.extKeyUsage,
  OID.basicConstraints,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  OID.subjectAltName,
  OID.crlDistributionPoints,
  OID.authorityInfoAccess,
])

function isPlannedHost(name: GeneralName, { hosts, profile }: CertificatePlan): boolean {
  if (!profile.carriesHostNames) return false
  return hosts.some((host) =>
    host.type === 'dns'
      ? name.type === 'dns' && name.value === host.value
      : name.type === 'ip' && equalBytes(name.value, host.value),
  )
}

/** Critical are the two that bind everyone who reads the certificate; of others, some verifiers know nothing. */
export function hasUsualCriticality({ extensions }: Certificate): boolean {
  const binding: readonly string[] = [OID.basicConstraints, OID.keyUsage]
  return [...extensions.values()].every(({ oid, critical }) => critical === binding.includes(oid))
}

interface PublishedPlan {
  readonly plan: Pick<CertificatePlan, 'crlUrl' | 'issuerUrl' | 'ocspUrl'>
}

/** One distribution point with one URL, or none: nothing that narrows it to some reasons or to another issuer. */
export function distributionPointAsPlanned(certificate: Certificate, { plan }: PublishedPlan): boolean {
  const points = certificate.crlDistributionPoints
  if (plan.crlUrl === undefined) return points === undefined
  const [point, ...others] = points ?? []
  if (!point || others.length > 0 || point.reasons || point.crlIssuer || point.name?.type !== 'full')
    return false
  const [name] = point.name.names
  return point.name.names.length === 1 && name?.type === 'uri' && name.value === plan.crlUrl
}

/** An access description for each URL that was planned, OCSP first, and no other; without any URL no extension. */
export function infoAccessAsPlanned(certificate: Certificate, { plan }: PublishedPlan): boolean {
  const planned = [
    [OID.ocsp, plan.ocspUrl],
    [OID.caIssuers, plan.issuerUrl],
  ].filter(([, url]) => url !== undefined)
  const extension = certificate.extensions.get(OID.authorityInfoAccess)
  if (!extension || planned.length === 0) return extension === undefined && planned.length === 0
  const descriptions = enterDer(extension.value, TAG.sequence)
  const asPlanned = planned.every(([method, url]) => {
    const description = descriptions.enter(TAG.sequence)
    const found = decodeOid(description.read(TAG.oid))
    const where = decodeIa5(description.read(contextPrimitive(6)).content)
    description.end()
    return found === method && where === url
  })
  return asPlanned && descriptions.done && !extension.critical
}
