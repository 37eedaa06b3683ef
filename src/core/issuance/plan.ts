import { DomainError } from '../errors.ts'
import { DEFAULT_BACKDATE_SECONDS, MAX_CARRIED_NAME_BYTES, MIN_VALIDITY_SECONDS } from '../limits.ts'
import type { Certificate, CertificateSigningRequest, SubjectPublicKeyInfo } from '../x509/types.ts'
import { formatSpiffeId } from './client-identity.ts'
import { keyIdentifier } from './encode-extension.ts'
import type { HostName } from './host-name.ts'
import { type Profile, resolveValidity } from './profile.ts'
import { resolveNames } from './requested-names.ts'
import type { ResolvedScopes } from './resolve-scopes.ts'

/** How many random octets a serial number takes. */
export const SERIAL_BYTES = 16

/** What the policy needs to know to plan a client's certificate. */
export interface PlanInput {
  readonly clientId: string
  readonly trustDomain: string
  /** Parsed and accepted by the key policy; possession of the private key is proved. */
  readonly publicKey: SubjectPublicKeyInfo
  readonly scopes: ResolvedScopes
  readonly profile: Profile
  /** `undefined`: the profile's default. */
  readonly validitySeconds: number | undefined
  readonly now: Date
  readonly backdateSeconds?: number
  /** {@link SERIAL_BYTES} unpredictable octets. */
  readonly serialOctets: Uint8Array
  /** Certificate of the authority that will sign. */
  readonly issuer: Certificate
  /** The request, if the key came in one; nothing but allowed names is taken from it. */
  readonly csr: CertificateSigningRequest | undefined
  /** DNS names and IP addresses that the client may carry. */
  readonly allowedNames: readonly string[]
  readonly scopeExtensionOid: string
  /** Where the issuer's CRL and certificate can be fetched and its OCSP responder asked, if they are public. */
  readonly crlUrl?: string | undefined
  readonly issuerUrl?: string | undefined
  readonly ocspUrl?: string | undefined
}

/** A client's certificate in every detail but its signature. */
export interface CertificatePlan {
  readonly profile: Profile
  readonly clientId: string
  readonly spiffeId: string
  /** Content octets of the INTEGER. */
  readonly serialNumber: Uint8Array
  readonly issuerNameDer: Uint8Array
  readonly issuerKeyIdentifier: Uint8Array
  /** The instant that the lifetime counts from, whole seconds; `notBefore` lies earlier, for clocks that lag. */
  readonly issuedAt: Date
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKeyDer: Uint8Array
  readonly subjectKeyIdentifier: Uint8Array
  readonly hosts: readonly HostName[]
  readonly scopes: readonly string[]
  readonly scopeExtensionOid: string
  readonly crlUrl: string | undefined
  readonly issuerUrl: string | undefined
  readonly ocspUrl: string | undefined
  /** What was changed or left out, one English sentence each. */
  readonly warnings: readonly string[]
}

/**
 * Plans a client's certificate: the whole issuance policy, without randomness, clock or key. Issuing and renewing run the same plan.
 *
 * @throws {@link DomainError} VALIDITY_OUT_OF_RANGE; FIELD_INVALID if scopes and names together do not fit in a certificate;
 * SIGNER_UNAVAILABLE if the issuer's own certificate is about to end
 */
export function planCertificate(input: PlanInput): CertificatePlan {
  const { clientId, trustDomain, issuer, scopes } = input
  const names = resolveNames(input)
  checkSize(scopes.scopes, names.hosts)
  const { warnings, ...validity } = planValidity(input)
  return {
    profile: input.profile,
    clientId,
    spiffeId: formatSpiffeId(trustDomain, clientId),
    serialNumber: toSerialNumber(input.serialOctets),
    issuerNameDer: issuer.subject.der,
    issuerKeyIdentifier: requireKeyIdentifier(issuer),
    ...validity,
    publicKeyDer: input.publicKey.der,
    subjectKeyIdentifier: keyIdentifier(input.publicKey.keyBytes),
    hosts: names.hosts,
    scopes: scopes.scopes,
    scopeExtensionOid: input.scopeExtensionOid,
    crlUrl: input.crlUrl,
    issuerUrl: input.issuerUrl,
    ocspUrl: input.ocspUrl,
    warnings: [...scopes.warnings, ...names.warnings, ...warnings],
  }
}

/** A certificate that our own verifiers would refuse for its size must fail here, with a reason that the caller can act on. */
function checkSize(scopes: readonly string[], hosts: readonly HostName[]): void {
  // Tag and length of each take four octets at most.
  const sizes = [...scopes, ...hosts.map(({ value }) => value)].map(({ length }) => length + 4)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total > MAX_CARRIED_NAME_BYTES) {
    const message = `scopes and host names would take ${total} octets of ${MAX_CARRIED_NAME_BYTES}; ask for fewer scopes`
    throw new DomainError('FIELD_INVALID', message, { field: 'scopes' })
  }
}

/**
 * Makes a serial number of random octets: positive and of full length, whatever they are. Two bits go to that; the 126 left are well
 * above the 64 that keep a serial number unpredictable.
 *
 * @see RFC 5280 section 4.1.2.2
 */
export function toSerialNumber(octets: Uint8Array): Uint8Array {
  if (octets.length !== SERIAL_BYTES) throw new RangeError(`a serial number takes ${SERIAL_BYTES} octets`)
  const serialNumber = Uint8Array.from(octets)
  serialNumber[0] = (serialNumber[0]! & 0x7f) | 0x40
  return serialNumber
}

interface PlannedValidity {
  readonly issuedAt: Date
  readonly notBefore: Date
  readonly notAfter: Date
  readonly warnings: readonly string[]
}

/** Lifetimes count from now; the backdating is on top, for clocks that lag. Never outside the issuer's own validity. */
function planValidity(input: PlanInput): PlannedValidity {
  const { issuer, backdateSeconds = DEFAULT_BACKDATE_SECONDS } = input
  const now = wholeSeconds(input.now)
  const validitySeconds = resolveValidity(input.profile, input.validitySeconds)
  const notBefore = new Date(Math.max(now - backdateSeconds * 1000, issuer.notBefore.getTime()))
  const wished = now + validitySeconds * 1000
  const notAfter = new Date(Math.min(wished, issuer.notAfter.getTime()))
  if (now < issuer.notBefore.getTime() || notAfter.getTime() - now < MIN_VALIDITY_SECONDS * 1000) {
    throw new DomainError(
      'SIGNER_UNAVAILABLE',
      "the authority's own certificate is not valid now; rotate the authority",
    )
  }
  const issuedAt = new Date(now)
  if (notAfter.getTime() === wished) return { issuedAt, notBefore, notAfter, warnings: [] }
  const warning = `The validity was cut: the authority's own certificate ends on ${notAfter.toISOString()}.`
  return { issuedAt, notBefore, notAfter, warnings: [warning] }
}

/** DER times carry no fraction. */
export function wholeSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000) * 1000
}

/** RFC 5280 section 4.2.1.1: the AKI repeats the issuer's SKI, whichever way that was made. */
export function requireKeyIdentifier(issuer: Certificate): Uint8Array {
  const identifier = issuer.subjectKeyIdentifier
  if (!identifier) throw new RangeError("the issuer's certificate has no subject key identifier")
  return identifier
}
