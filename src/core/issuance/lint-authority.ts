import { OID } from '../asn1/oids.ts'
import { equalBytes } from '../bytes.ts'
import type { Certificate } from '../x509/types.ts'
import type { AuthorityPlan } from './authority-certificate.ts'
import {
  COMMON_RULES,
  ISSUED_RULES,
  distributionPointAsPlanned,
  hasUsualCriticality,
  infoAccessAsPlanned,
} from './lint-certificate.ts'
import { type LintRules, lintTbs } from './lint.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'

/**
 * Lints the to-be-signed part of an authority's certificate.
 *
 * @param issuer - The root's certificate; `undefined` for a root, which signs itself.
 * @throws {@link DomainError} LINT_FAILED with the rule
 */
export function lintTbsAuthorityCertificate(
  tbs: Uint8Array,
  algorithm: SigningAlgorithm,
  plan: AuthorityPlan,
  issuer: Certificate | undefined,
): void {
  if (issuer)
    lintTbs(tbs, algorithm, { ...AUTHORITY_RULES, ...ISSUED_RULES, ...ISSUING_RULES }, { plan, issuer })
  else lintTbs(tbs, algorithm, { ...AUTHORITY_RULES, ...ROOT_RULES }, { plan })
}

interface AuthorityContext {
  readonly plan: AuthorityPlan
}

const AUTHORITY_RULES: LintRules<AuthorityContext> = {
  ...COMMON_RULES,
  subject_name: ({ subject }, { plan }) => equalBytes(subject.der, plan.subjectNameDer),
  is_authority: ({ basicConstraints }, { plan }) =>
    basicConstraints?.ca === true && basicConstraints.pathLength === plan.pathLength,
  key_usage: ({ keyUsage }) => keyUsage?.size === 2 && keyUsage.has('keyCertSign') && keyUsage.has('cRLSign'),
  extensions_expected: ({ extensions }) =>
    [...extensions.keys()].every((oid) => EXPECTED_EXTENSIONS.has(oid)),
  extensions_criticality: hasUsualCriticality,
}

const ROOT_RULES: LintRules<AuthorityContext> = {
  self_issued: ({ issuer, subject }) => equalBytes(issuer.der, subject.der),
  authority_key_identifier: ({ authorityKeyIdentifier, subjectKeyIdentifier }) =>
    authorityKeyIdentifier?.keyIdentifier !== undefined &&
    subjectKeyIdentifier !== undefined &&
    equalBytes(authorityKeyIdentifier.keyIdentifier, subjectKeyIdentifier),
  // Nobody can revoke an anchor: a distribution point in it would only mislead.
  no_distribution_point: ({ crlDistributionPoints }) => crlDistributionPoints === undefined,
}

const ISSUING_RULES: LintRules<AuthorityContext & { readonly issuer: Certificate }> = {
  crl_distribution_point: distributionPointAsPlanned,
  authority_info_access: infoAccessAsPlanned,
  not_self_issued: ({ issuer, subject }) => !equalBytes(issuer.der, subject.der),
  path_length_within_issuer: ({ basicConstraints }, { issuer }) =>
    (basicConstraints?.pathLength ?? Infinity) < (issuer.basicConstraints?.pathLength ?? Infinity),
}

const EXPECTED_EXTENSIONS: ReadonlySet<string> = new Set([
  OID.basicConstraints,
  OID.keyUsage,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  OID.crlDistributionPoints,
  OID.authorityInfoAccess,
])
