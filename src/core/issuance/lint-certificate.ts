import { OID } from '../asn1/oids.ts'
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

const CERTIFICATE_RULES: LintRules<CertificateContext> = {
  ...COMMON_RULES,
  ...ISSUED_RULES,
  validity_within_profile: ({ notBefore, notAfter }, { plan }) =>
    notBefore <= plan.issuedAt &&
    notAfter.getTime() - plan.issuedAt.getTime() <= plan.profile.maxValiditySeconds * 1000,
  subject_name: ({ subject }, { plan }) => {
    const [attribute, ...others] = subject.rdns.flat()
    return others.length === 0 && attribute?.oid === OID.commonName && attribute.value === plan.clientId
  },
  subject_alt_name_uri: ({ subjectAltName }, { plan }) => {
    const uris = (subjectAltName ?? []).filter(({ type }) => type === 'uri')
    return uris.length === 1 && uris[0]!.value === plan.spiffeId
  },
  subject_alt_name_hosts: ({ subjectAltName }, { plan }) => {
    const others = (subjectAltName ?? []).filter(({ type }) => type !== 'uri')
    return others.length === plan.hosts.length && others.every((name) => isPlannedHost(name, plan))
  },
  not_an_authority: ({ basicConstraints, extensions }) =>
    basicConstraints?.ca === false &&
    basicConstraints.pathLength === undefined &&
    extensions.get(OID.basicConstraints)?.critical === true,
  key_usage: ({ keyUsage, extensions }) =>
    keyUsage?.size === 1 &&
    keyUsage.has('digitalSignature') &&
    extensions.get(OID.keyUsage)?.critical === true,
  extended_key_usage: ({ extendedKeyUsage = [] }, { plan }) => {
    const usages = plan.profile.extendedKeyUsage.map((usage): string => OID[usage])
    return (
      extendedKeyUsage.length === usages.length && usages.every((usage) => extendedKeyUsage.includes(usage))
    )
  },
  scopes: (certificate, { plan }) =>
    certificateScopes(certificate, plan.scopeExtensionOid).join() === plan.scopes.join() &&
    certificate.extensions.get(plan.scopeExtensionOid)?.critical === false,
  extensions_expected: ({ extensions }, { plan }) =>
    [...extensions.keys()].every((oid) => EXPECTED_EXTENSIONS.has(oid) || oid === plan.scopeExtensionOid),
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
