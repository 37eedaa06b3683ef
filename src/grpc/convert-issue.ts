import { fieldInvalid } from '../authority/fields.ts'
import type { IssueCertificateRequest, IssuedCertificate } from '../authority/issue-certificate.ts'
import type { KeyClaim } from '../authority/prove-key.ts'
import type {
  IssueCertificateRequest as WireRequest,
  IssueCertificateResponse as WireResponse,
} from '../gen/chancery/v1/authorization_service.ts'
import { parsePositiveSeconds } from './convert.ts'

/** @throws DomainError FIELD_INVALID */
export function fromWireIssue(request: WireRequest): IssueCertificateRequest {
  return {
    clientId: request.clientId,
    key: fromWireKey(request.key),
    scopes: request.scopes,
    noScopes: request.noScopes,
    profile: request.profile,
    validitySeconds: request.validity && parsePositiveSeconds(request.validity, 'validity'),
    idempotencyKey: request.idempotencyKey,
    replacesSerialNumber: request.replacesSerialNumber,
    dryRun: request.dryRun,
  }
}

function fromWireKey(key: WireRequest['key']): KeyClaim {
  switch (key?.$case) {
    case 'csrDer':
      return { kind: 'csr', der: key.value }
    case 'publicKey':
      return { kind: 'public_key', publicKeyDer: key.value.publicKeyDer, proof: key.value.proof }
    case undefined:
      throw fieldInvalid(
        'key',
        'One of csr_der and public_key must be given: the key to certify, with proof of possession.',
      )
  }
}

export function toWireIssued(issued: IssuedCertificate): WireResponse {
  return {
    certificateDer: Buffer.from(issued.certificate?.der ?? []),
    chainDer: issued.chainDer.map((der) => Buffer.from(der)),
    serialNumber: issued.certificate?.serialNumber ?? '',
    notBefore: issued.notBefore,
    notAfter: issued.notAfter,
    grantedScopes: [...issued.scopes],
    warnings: [...issued.warnings],
    renewalWindow: issued.renewalWindow,
    crlNumber: issued.crlNumber,
    authority: issued.authorityId,
    replayed: issued.replayed,
  }
}
