import type { Certificate, SubjectPublicKeyInfo } from '../x509/types.ts'
import { DEFAULT_BACKDATE_SECONDS } from '../limits.ts'
import { encodeTbs } from './encode-certificate.ts'
import {
  AUTHORITY_KEY_USAGE,
  encodeAuthorityBasicConstraints,
  encodeAuthorityInfoAccess,
  encodeAuthorityKeyIdentifier,
  encodeCrlDistributionPoint,
  encodeSubjectKeyIdentifier,
  keyIdentifier,
} from './encode-extension.ts'
import { encodeName } from './encode-name.ts'
import { requireKeyIdentifier, toSerialNumber, wholeSeconds } from './plan.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const YEAR_DAYS = 365

/** A root outlives two generations of issuing authorities; an issuing one outlives every certificate that it signs. */
const ROOT_VALIDITY_DAYS = 10 * YEAR_DAYS
const ISSUING_VALIDITY_DAYS = 5 * YEAR_DAYS

/** A root signs issuing authorities; those sign end entities only. */
const PATH_LENGTH = { root: 1, issuing: 0 } as const

/** What a certificate of an authority is planned from. */
export interface AuthorityPlanInput {
  /** Id of the authority; part of its name, so that two issuing authorities are told apart. */
  readonly id: string
  readonly trustDomain: string
  readonly publicKey: SubjectPublicKeyInfo
  /** The root's certificate; absent for a root, which signs itself. */
  readonly issuer?: Certificate
  readonly now: Date
  /** As many unpredictable octets as `SERIAL_BYTES` says. */
  readonly serialOctets: Uint8Array
  /** Where the issuer's CRL and certificate can be fetched and its OCSP responder asked, if they are public. Not for a root. */
  readonly crlUrl?: string | undefined
  readonly issuerUrl?: string | undefined
  readonly ocspUrl?: string | undefined
}

/** A certificate of an authority in every detail but its signature. */
export interface AuthorityPlan {
  readonly role: 'root' | 'issuing'
  readonly serialNumber: Uint8Array
  readonly issuerNameDer: Uint8Array
  readonly issuerKeyIdentifier: Uint8Array
  readonly subjectNameDer: Uint8Array
  readonly subjectKeyIdentifier: Uint8Array
  readonly publicKeyDer: Uint8Array
  readonly notBefore: Date
  readonly notAfter: Date
  readonly pathLength: number
  readonly crlUrl: string | undefined
  readonly issuerUrl: string | undefined
  readonly ocspUrl: string | undefined
}

/** Plans the certificate of a root, or of an issuing authority under `issuer`. */
export function planAuthorityCertificate(input: AuthorityPlanInput): AuthorityPlan {
  const { issuer, publicKey } = input
  const role = issuer ? 'issuing' : 'root'
  const subjectNameDer = encodeName(authorityName(role, input.id, input.trustDomain))
  const subjectKeyIdentifier = keyIdentifier(publicKey.keyBytes)
  return {
    role,
    serialNumber: toSerialNumber(input.serialOctets),
    issuerNameDer: issuer ? issuer.subject.der : subjectNameDer,
    issuerKeyIdentifier: issuer ? requireKeyIdentifier(issuer) : subjectKeyIdentifier,
    subjectNameDer,
    subjectKeyIdentifier,
    publicKeyDer: publicKey.der,
    ...planValidity(role, input),
    pathLength: PATH_LENGTH[role],
    crlUrl: issuer && input.crlUrl,
    issuerUrl: issuer && input.issuerUrl,
    ocspUrl: issuer && input.ocspUrl,
  }
}

/** Encodes the to-be-signed part of a planned authority certificate. */
export function encodeTbsAuthorityCertificate(plan: AuthorityPlan, algorithm: SigningAlgorithm): Uint8Array {
  const extensions = [
    encodeAuthorityBasicConstraints(plan.pathLength),
    AUTHORITY_KEY_USAGE,
    encodeSubjectKeyIdentifier(plan.subjectKeyIdentifier),
    encodeAuthorityKeyIdentifier(plan.issuerKeyIdentifier),
  ]
  if (plan.crlUrl !== undefined) extensions.push(encodeCrlDistributionPoint(plan.crlUrl))
  const infoAccess = encodeAuthorityInfoAccess(plan)
  if (infoAccess !== undefined) extensions.push(infoAccess)
  return encodeTbs({ ...plan, extensions }, algorithm)
}

/**
 * Names an authority for people. The name proves nothing: verifiers go by key identifiers and signatures, so a trust domain too long
 * for the organization's 64 characters is cut.
 */
function authorityName(role: 'root' | 'issuing', id: string, trustDomain: string) {
  const title = role === 'root' ? 'Chancery Root CA' : 'Chancery Issuing CA'
  return { organizationName: trustDomain.slice(0, 64), commonName: `${title} ${id}`.slice(0, 64) }
}

function planValidity(role: 'root' | 'issuing', { now, issuer }: AuthorityPlanInput) {
  const start = wholeSeconds(now)
  const days = role === 'root' ? ROOT_VALIDITY_DAYS : ISSUING_VALIDITY_DAYS
  const notBefore = Math.max(
    start - DEFAULT_BACKDATE_SECONDS * 1000,
    issuer?.notBefore.getTime() ?? -Infinity,
  )
  const notAfter = Math.min(start + days * DAY_MS, issuer?.notAfter.getTime() ?? Infinity)
  if (notAfter <= start) throw new RangeError("the issuer's certificate has ended")
  return { notBefore: new Date(notBefore), notAfter: new Date(notAfter) }
}
