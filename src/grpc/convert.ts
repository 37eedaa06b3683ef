import type { CertificateRecord, ClientRecord } from '../store/store.ts'
import type { CrlState as SignedState } from '../authority/crl-feed.ts'
import { clientEtag } from '../authority/clients.ts'
import { fieldInvalid } from '../authority/fields.ts'
import type { CrlReason } from '../core/x509/types.ts'
import type { Duration } from '../gen/google/protobuf/duration.ts'
import { type Client, ClientState } from '../gen/chancery/v1/client_service.ts'
import {
  type Certificate,
  CertificateState,
  type CrlState,
  RevocationReason,
} from '../gen/chancery/v1/types.ts'

/** Wire types to the domain's and back. Nothing is decided here. */

const REASON_TO_WIRE: Readonly<Record<CrlReason, RevocationReason>> = {
  unspecified: RevocationReason.REVOCATION_REASON_UNSPECIFIED_BY_CALLER,
  keyCompromise: RevocationReason.REVOCATION_REASON_KEY_COMPROMISE,
  cACompromise: RevocationReason.REVOCATION_REASON_CA_COMPROMISE,
  affiliationChanged: RevocationReason.REVOCATION_REASON_AFFILIATION_CHANGED,
  superseded: RevocationReason.REVOCATION_REASON_SUPERSEDED,
  cessationOfOperation: RevocationReason.REVOCATION_REASON_CESSATION_OF_OPERATION,
  certificateHold: RevocationReason.REVOCATION_REASON_CERTIFICATE_HOLD,
  privilegeWithdrawn: RevocationReason.REVOCATION_REASON_PRIVILEGE_WITHDRAWN,
  // Never stored: removeFromCRL stands in delta lists only, aACompromise in attribute certificates.
  removeFromCRL: RevocationReason.REVOCATION_REASON_UNSPECIFIED,
  aACompromise: RevocationReason.REVOCATION_REASON_UNSPECIFIED,
}

const REASON_FROM_WIRE = new Map<number, CrlReason>([
  [RevocationReason.REVOCATION_REASON_UNSPECIFIED, 'unspecified'],
  ...(Object.entries(REASON_TO_WIRE) as [CrlReason, RevocationReason][])
    .filter(([, wire]) => wire !== RevocationReason.REVOCATION_REASON_UNSPECIFIED)
    .map(([reason, wire]) => [wire, reason] as const),
])

/** @throws DomainError FIELD_INVALID for a number that the enum does not have. */
export function parseRevocationReason(wire: RevocationReason): CrlReason {
  return requireKnown(REASON_FROM_WIRE.get(wire), 'reason', wire)
}

/** Unspecified for what is not revoked. */
export function toWireReason(reason: CrlReason | undefined): RevocationReason {
  return reason === undefined ? RevocationReason.REVOCATION_REASON_UNSPECIFIED : REASON_TO_WIRE[reason]
}

const CERTIFICATE_STATES = new Map<CertificateState, 'active' | 'revoked' | 'expired' | 'any'>([
  [CertificateState.CERTIFICATE_STATE_UNSPECIFIED, 'any'],
  [CertificateState.CERTIFICATE_STATE_ACTIVE, 'active'],
  [CertificateState.CERTIFICATE_STATE_REVOKED, 'revoked'],
  [CertificateState.CERTIFICATE_STATE_EXPIRED, 'expired'],
])

/** `undefined`: any. @throws DomainError FIELD_INVALID for a number that the enum does not have. */
export function parseCertificateState(wire: CertificateState): 'active' | 'revoked' | 'expired' | undefined {
  const state = requireKnown(CERTIFICATE_STATES.get(wire), 'state', wire)
  return state === 'any' ? undefined : state
}

const CLIENT_STATES = new Map<ClientState, 'active' | 'locked' | 'any'>([
  [ClientState.CLIENT_STATE_UNSPECIFIED, 'any'],
  [ClientState.CLIENT_STATE_ACTIVE, 'active'],
  [ClientState.CLIENT_STATE_LOCKED, 'locked'],
])

/** `undefined`: any. @throws DomainError FIELD_INVALID for a number that the enum does not have. */
export function parseClientState(wire: ClientState): 'active' | 'locked' | undefined {
  const state = requireKnown(CLIENT_STATES.get(wire), 'state', wire)
  return state === 'any' ? undefined : state
}

/**
 * Whole seconds of a span that must be positive; certificates know no fractions.
 *
 * @throws DomainError FIELD_INVALID
 */
export function parsePositiveSeconds(duration: Duration, field: string): number {
  const { seconds, nanos } = duration
  if (seconds <= 0n || seconds > BigInt(Number.MAX_SAFE_INTEGER) || nanos !== 0) {
    throw fieldInvalid(field, `${field} must be a positive whole number of seconds.`)
  }
  return Number(seconds)
}

/** Refuses an enum number that this release does not know, rather than taking it for the default. */
export function requireKnown<T>(value: T | undefined, field: string, wire: number): T {
  if (value === undefined) throw fieldInvalid(field, `${field} has no value ${wire} in this release.`)
  return value
}

/** @throws DomainError FIELD_INVALID for a Timestamp outside what a Date can hold. */
export function parseTime(time: Date | undefined, field: string): Date | undefined {
  if (time !== undefined && Number.isNaN(time.getTime()))
    throw fieldInvalid(field, `${field} is not a valid instant.`)
  return time
}

export function toWireClient(client: ClientRecord): Client {
  return {
    clientId: client.clientId,
    displayName: client.displayName,
    grantedScopes: [...client.grantedScopes],
    profiles: [...client.profiles],
    state: client.state === 'locked' ? ClientState.CLIENT_STATE_LOCKED : ClientState.CLIENT_STATE_ACTIVE,
    lockMessage: client.lockMessage,
    createdAt: client.createdAt,
    updatedAt: client.updatedAt,
    etag: clientEtag(client),
    dnsNames: [...client.dnsNames],
  }
}

/** `includeDer` is for single certificates: in lists it would be most of the bytes. */
export function toWireCertificate(
  certificate: CertificateRecord,
  at: Date,
  includeDer: boolean,
): Certificate {
  const { revocation } = certificate
  return {
    authority: certificate.authorityId,
    serialNumber: certificate.serialNumber,
    clientId: certificate.clientId,
    scopes: [...certificate.scopes],
    profile: certificate.profile,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    state: certificateState(certificate, at),
    revokedAt: revocation?.revokedAt,
    revocationReason: toWireReason(revocation?.reason),
    invalidityDate: revocation?.invalidityDate,
    certificateSha256: Buffer.from(certificate.certificateSha256),
    publicKeySha256: Buffer.from(certificate.publicKeySha256),
    replacesSerialNumber: certificate.replacesSerialNumber ?? '',
    certificateDer: includeDer ? Buffer.from(certificate.der) : Buffer.alloc(0),
    crlNumber: revocation?.crlNumber ?? 0n,
  }
}

function certificateState(certificate: CertificateRecord, at: Date): CertificateState {
  if (certificate.revocation !== undefined) return CertificateState.CERTIFICATE_STATE_REVOKED
  return certificate.notAfter < at
    ? CertificateState.CERTIFICATE_STATE_EXPIRED
    : CertificateState.CERTIFICATE_STATE_ACTIVE
}

export function toWireCrlState(crl: SignedState): CrlState {
  return {
    authority: crl.authorityId,
    crlNumber: crl.crlNumber,
    thisUpdate: crl.thisUpdate,
    nextUpdate: crl.nextUpdate,
  }
}
