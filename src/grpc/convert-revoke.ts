import { fieldInvalid } from '../authority/fields.ts'
import type { CertificateTarget } from '../authority/revocation-target.ts'
import type { RevokeCertificateRequest, RevokeCertificateResult } from '../authority/revoke-certificate.ts'
import type { UnrevokeCertificateResult } from '../authority/unrevoke-certificate.ts'
import {
  type RevokeCertificateRequest as WireRequest,
  type RevokeCertificateResponse as WireResponse,
  type RevocationProof,
  type RevokedCertificate,
  RevocationStatus,
  type UnrevokeCertificateRequest,
  type UnrevokeCertificateResponse,
} from '../gen/chancery/v1/authorization_service.ts'
import { parseRevocationReason, parseTime, toWireReason } from './convert.ts'

type Revoked = RevokeCertificateResult['revoked'][number]

/** @throws DomainError FIELD_INVALID */
export function fromWireRevoke(request: WireRequest): RevokeCertificateRequest {
  return {
    target: fromWireTarget(request.target),
    reason: parseRevocationReason(request.reason),
    invalidityDate: parseTime(request.invalidityDate, 'invalidity_date'),
    expectedCount: request.expectedCount,
    dryRun: request.dryRun,
    proof: request.proof && fromWireProof(request.proof),
  }
}

function fromWireProof({ signedAt, signature }: RevocationProof): RevokeCertificateRequest['proof'] {
  const time = parseTime(signedAt, 'proof.signed_at')
  if (time === undefined) throw fieldInvalid('proof.signed_at', 'proof.signed_at must be given.')
  return { signedAt: time, signature }
}

/** @throws DomainError FIELD_INVALID */
export function fromWireUnrevoke({ target }: UnrevokeCertificateRequest): { target: CertificateTarget } {
  if (target === undefined)
    throw fieldInvalid('target', 'One of serial and certificate_der must be given: what to release.')
  return { target: fromWireCertificate(target) }
}

function fromWireTarget(target: WireRequest['target']): RevokeCertificateRequest['target'] {
  switch (target?.$case) {
    case 'serial':
    case 'certificateDer':
      return fromWireCertificate(target)
    case 'clientId':
      return { kind: 'client', clientId: target.value }
    case 'scope':
      return { kind: 'scope', scope: target.value }
    case 'publicKeySha256':
      return { kind: 'public_key', sha256: target.value }
    case undefined:
      throw fieldInvalid(
        'target',
        'One of serial, certificate_der, client_id, scope and public_key_sha256 must be given: what to revoke.',
      )
  }
}

function fromWireCertificate(target: NonNullable<UnrevokeCertificateRequest['target']>): CertificateTarget {
  if (target.$case === 'certificateDer') return { kind: 'certificate', der: target.value }
  return { kind: 'serial', serialNumber: target.value.serialNumber, authority: target.value.authority }
}

export function toWireUnrevoked({
  certificate,
  crlNumber,
}: UnrevokeCertificateResult): UnrevokeCertificateResponse {
  const { authorityId, serialNumber, clientId } = certificate
  return { authority: authorityId, serialNumber, clientId, crlNumber }
}

export function toWireRevoked(result: RevokeCertificateResult, dryRun: boolean): WireResponse {
  const status = dryRun
    ? RevocationStatus.REVOCATION_STATUS_WOULD_BE_REVOKED
    : RevocationStatus.REVOCATION_STATUS_REVOKED
  return {
    certificates: [
      ...result.revoked.map((certificate) => toWireItem(certificate, status)),
      ...result.alreadyRevoked.map((certificate) =>
        toWireItem(certificate, RevocationStatus.REVOCATION_STATUS_ALREADY_REVOKED),
      ),
    ],
    crlNumber: result.crlNumber,
    revokedCount: result.revoked.length,
  }
}

function toWireItem(certificate: Revoked, status: RevocationStatus): RevokedCertificate {
  return {
    authority: certificate.authorityId,
    serialNumber: certificate.serialNumber,
    clientId: certificate.clientId,
    status,
    revokedAt: certificate.revocation?.revokedAt,
    crlNumber: certificate.revocation?.crlNumber ?? 0n,
    reason: toWireReason(certificate.revocation?.reason),
  }
}
