import { DomainError } from '../errors.ts'
import { DEFAULT_BACKDATE_SECONDS } from '../limits.ts'
import type { Certificate, SubjectPublicKeyInfo } from '../x509/types.ts'
import { encodeTbs } from './encode-certificate.ts'
import {
  END_ENTITY_BASIC_CONSTRAINTS,
  END_ENTITY_KEY_USAGE,
  OCSP_NO_CHECK,
  OCSP_SIGNING,
  encodeAuthorityKeyIdentifier,
  encodeSubjectKeyIdentifier,
  keyIdentifier,
} from './encode-extension.ts'
import { encodeName } from './encode-name.ts'
import { requireKeyIdentifier, toSerialNumber, wholeSeconds } from './plan.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'

/**
 * Nobody asks whether a responder was revoked (id-pkix-ocsp-nocheck), so that its certificate's end is the end of a stolen key. RFC 6960
 * section 4.2.2.2.1 asks for a short life; a week leaves two days to repair whatever keeps it from being renewed.
 */
export const RESPONDER_VALIDITY_SECONDS = 7 * 24 * 60 * 60

/** What a responder's certificate is planned from. */
export interface ResponderPlanInput {
  /** Id and certificate of the authority that it answers for, and that signs it. */
  readonly authorityId: string
  readonly issuer: Certificate
  readonly trustDomain: string
  readonly publicKey: SubjectPublicKeyInfo
  readonly now: Date
  /** As many unpredictable octets as `SERIAL_BYTES` says. */
  readonly serialOctets: Uint8Array
}

/** The certificate of an OCSP responder in every detail but its signature. */
export interface ResponderPlan {
  readonly serialNumber: Uint8Array
  readonly issuerNameDer: Uint8Array
  readonly issuerKeyIdentifier: Uint8Array
  readonly subjectNameDer: Uint8Array
  readonly subjectKeyIdentifier: Uint8Array
  readonly publicKeyDer: Uint8Array
  readonly notBefore: Date
  readonly notAfter: Date
}

/**
 * Plans the certificate by which an authority delegates its OCSP answers to a key of their own.
 *
 * @throws {@link DomainError} SIGNER_UNAVAILABLE if the issuer's own certificate is not valid now
 * @see RFC 6960 section 4.2.2.2
 */
export function planResponderCertificate(input: ResponderPlanInput): ResponderPlan {
  const { issuer, publicKey } = input
  return {
    serialNumber: toSerialNumber(input.serialOctets),
    issuerNameDer: issuer.subject.der,
    issuerKeyIdentifier: requireKeyIdentifier(issuer),
    subjectNameDer: encodeName({
      organizationName: input.trustDomain.slice(0, 64),
      commonName: `Chancery OCSP Responder ${input.authorityId}`.slice(0, 64),
    }),
    subjectKeyIdentifier: keyIdentifier(publicKey.keyBytes),
    publicKeyDer: publicKey.der,
    ...planValidity(input),
  }
}

/** Encodes the to-be-signed part of a planned responder certificate. */
export function encodeTbsResponderCertificate(plan: ResponderPlan, algorithm: SigningAlgorithm): Uint8Array {
  const extensions = [
    END_ENTITY_KEY_USAGE,
    OCSP_SIGNING,
    END_ENTITY_BASIC_CONSTRAINTS,
    encodeSubjectKeyIdentifier(plan.subjectKeyIdentifier),
    encodeAuthorityKeyIdentifier(plan.issuerKeyIdentifier),
    OCSP_NO_CHECK,
  ]
  return encodeTbs({ ...plan, extensions }, algorithm)
}

function planValidity({ now, issuer, authorityId }: ResponderPlanInput) {
  const start = wholeSeconds(now)
  const notBefore = Math.max(start - DEFAULT_BACKDATE_SECONDS * 1000, issuer.notBefore.getTime())
  const notAfter = Math.min(start + RESPONDER_VALIDITY_SECONDS * 1000, issuer.notAfter.getTime())
  if (notBefore > start || notAfter <= start) {
    throw new DomainError(
      'SIGNER_UNAVAILABLE',
      `The certificate of authority ${authorityId} is not valid now; rotate the authority.`,
    )
  }
  return { notBefore: new Date(notBefore), notAfter: new Date(notAfter) }
}
