import { OID } from '../asn1/oids.ts'
import { TAG } from '../asn1/tags.ts'
import { equalBytes } from '../bytes.ts'
import { DEFAULT_BACKDATE_SECONDS } from '../limits.ts'
import type { Certificate } from '../x509/types.ts'
import { COMMON_RULES, END_ENTITY_RULES, ISSUED_RULES, hasUsualCriticality } from './lint-certificate.ts'
import { type LintRules, lintTbs } from './lint.ts'
import { RESPONDER_VALIDITY_SECONDS, type ResponderPlan } from './responder-certificate.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'

/**
 * Lints the to-be-signed part of an OCSP responder's certificate.
 *
 * @throws {@link DomainError} LINT_FAILED with the rule
 */
export function lintTbsResponderCertificate(
  tbs: Uint8Array,
  algorithm: SigningAlgorithm,
  plan: ResponderPlan,
  issuer: Certificate,
): void {
  lintTbs(tbs, algorithm, RESPONDER_RULES, { plan, issuer })
}

interface ResponderContext {
  readonly plan: ResponderPlan
  readonly issuer: Certificate
}

const RESPONDER_RULES: LintRules<ResponderContext> = {
  ...COMMON_RULES,
  ...ISSUED_RULES,
  ...END_ENTITY_RULES,
  subject_name: ({ subject }, { plan }) => equalBytes(subject.der, plan.subjectNameDer),
  not_self_issued: ({ issuer, subject }) => !equalBytes(issuer.der, subject.der),
  // It signs answers and can be used for nothing else, least of all to call this service.
  extended_key_usage: ({ extendedKeyUsage }) =>
    extendedKeyUsage?.length === 1 && extendedKeyUsage[0] === OID.ocspSigning,
  ocsp_no_check: ({ extensions }) => {
    const extension = extensions.get(OID.ocspNoCheck)
    return extension !== undefined && equalBytes(extension.value, NULL)
  },
  short_lived: ({ notBefore, notAfter }) =>
    notAfter.getTime() - notBefore.getTime() <=
    (RESPONDER_VALIDITY_SECONDS + DEFAULT_BACKDATE_SECONDS) * 1000,
  extensions_expected: ({ extensions }) =>
    [...extensions.keys()].every((oid) => EXPECTED_EXTENSIONS.has(oid)),
  extensions_criticality: hasUsualCriticality,
}

const NULL = Uint8Array.of(TAG.null, 0)

const EXPECTED_EXTENSIONS: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.extKeyUsage,
  OID.basicConstraints,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  OID.ocspNoCheck,
])
