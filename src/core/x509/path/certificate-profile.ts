import { OID } from '../../asn1/oids.ts'
import { isEmptyName } from '../name.ts'
import type { Certificate } from '../types.ts'
import { describe, isCa, isSelfIssued } from './certificate-identity.ts'
import { type PathFailure, failure } from './failure.ts'
import { acceptKey } from './verify-edge.ts'

/**
 * Extensions that path validation processes. RFC 5280 section 4.2 has a certificate refused when another one is critical;
 * key identifiers and authority information are not here because the RFC has them non-critical always.
 */
const PROCESSED: ReadonlySet<string> = new Set([
  OID.basicConstraints,
  OID.keyUsage,
  OID.extKeyUsage,
  OID.subjectAltName,
  OID.nameConstraints,
  OID.crlDistributionPoints,
  OID.certificatePolicies,
  OID.policyMappings,
  OID.policyConstraints,
  OID.inhibitAnyPolicy,
])

/**
 * Where a certificate stands in a path. A `trusted-target` is target and anchor in one; a `crl-signer` is the target of its own
 * path, and used for nothing but lists.
 */
export type PathPosition = 'target' | 'trusted-target' | 'crl-signer' | 'intermediate' | 'anchor'

/** Refuses critical extensions that are not processed. */
export function checkCriticalExtensions(certificate: Certificate): PathFailure | undefined {
  for (const { oid, critical } of certificate.extensions.values()) {
    if (critical && !PROCESSED.has(oid)) {
      return failure(
        'CRITICAL_EXTENSION_UNKNOWN',
        `${describe(certificate)} has the critical extension ${oid}`,
      )
    }
  }
  return undefined
}

/** Checks what RFC 5280 section 4 asks of one certificate in itself, as far as it matters to whoever relies on it. */
export function checkProfile(certificate: Certificate, position: PathPosition): PathFailure | undefined {
  const defect = findDefect(certificate, position)
  if (defect !== undefined) return failure('CHAIN_INVALID', `${describe(certificate)} ${defect}`)
  const key = acceptKey(certificate)
  return 'ok' in key ? key : undefined
}

function findDefect(certificate: Certificate, position: PathPosition): string | undefined {
  switch (position) {
    case 'target':
      return findTargetDefect(certificate) ?? findBelowAnchorDefect(certificate)
    case 'trusted-target':
      return findTargetDefect(certificate)
    case 'crl-signer':
      return findBelowAnchorDefect(certificate)
    case 'intermediate':
      return findCaDefect(certificate) ?? findBelowAnchorDefect(certificate)
    case 'anchor':
      return findCaDefect(certificate)
  }
}

function findTargetDefect(certificate: Certificate): string | undefined {
  const { basicConstraints, keyUsage, extensions } = certificate
  // Sections 4.2.1.3 and 4.2.1.9: a certificate has all marks of a CA or none.
  const signsCertificates = keyUsage?.has('keyCertSign') === true
  if (signsCertificates && basicConstraints?.ca !== true) return 'may sign certificates but is no CA'
  if (basicConstraints?.ca === true && keyUsage !== undefined && !signsCertificates) {
    return 'is a CA that may not sign certificates'
  }
  if (certificate.nameConstraints !== undefined && !isCa(certificate)) {
    return 'is no CA but has name constraints (section 4.2.1.10)'
  }
  if (isEmptyName(certificate.subject)) {
    if (basicConstraints?.ca === true) return 'is a CA without a subject'
    // Section 4.2.1.6: then the alternative name is the only one, and must not be skipped.
    if (extensions.get(OID.subjectAltName)?.critical !== true) {
      return 'has no subject and no critical subject alternative name'
    }
  }
  return undefined
}

function findCaDefect(certificate: Certificate): string | undefined {
  // Section 6.1.4 (k).
  if (!isCa(certificate)) return 'is not a CA'
  // Section 4.1.2.6: a CA MUST have a subject; section 4.2.1.2: and a subject key identifier.
  if (isEmptyName(certificate.subject)) return 'is a CA without a subject'
  if (certificate.subjectKeyIdentifier === undefined) return 'is a CA without a subject key identifier'
  // Section 4.2.1.1: only one that signed itself needs no authority key identifier.
  if (certificate.authorityKeyIdentifier === undefined && !isSelfIssued(certificate)) {
    return 'is a CA without an authority key identifier'
  }
  return undefined
}

function findBelowAnchorDefect(certificate: Certificate): string | undefined {
  // Section 4.1.2.2: positive. Negative ones are in use (PKITS 4.4.14), zero is a default nobody chose.
  if (certificate.serialNumber.every((octet) => octet === 0)) return 'has the serial number zero'
  const { authorityKeyIdentifier: aki, basicConstraints } = certificate
  // Section 4.2.1.1. End-entity certificates without one are common and valid in the BSI's suite.
  if (aki === undefined && basicConstraints?.ca === true) return 'is a CA without an authority key identifier'
  return undefined
}

/** Section 6.1.4 (n): a CA whose key usage is limited must be allowed to sign certificates. */
export function checkMaySignCertificates(certificate: Certificate): PathFailure | undefined {
  if (certificate.keyUsage === undefined || certificate.keyUsage.has('keyCertSign')) return undefined
  return failure('CHAIN_INVALID', `the key of ${describe(certificate)} may not sign certificates`)
}

/** Section 6.1.3 (a)(2): both ends of the validity count as valid, at the granularity of a second. */
export function checkValidity(certificate: Certificate, at: Date): PathFailure | undefined {
  const second = Math.floor(at.getTime() / 1000) * 1000
  // Asked this way round, an instant that is not a number is outside.
  if (!(second >= certificate.notBefore.getTime())) {
    return failure(
      'CERTIFICATE_NOT_YET_VALID',
      `${describe(certificate)} is valid from ${certificate.notBefore.toISOString()}`,
    )
  }
  if (!(second <= certificate.notAfter.getTime())) {
    return failure(
      'CERTIFICATE_EXPIRED',
      `${describe(certificate)} was valid until ${certificate.notAfter.toISOString()}`,
    )
  }
  return undefined
}
