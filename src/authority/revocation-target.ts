import { equalBytes, formatHex } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { DomainError, MalformedError } from '../core/errors.ts'
import { parseClientId } from '../core/issuance/client-identity.ts'
import { parseScope } from '../core/scope/scope.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import { formatSerialNumber } from '../core/x509/serial-number.ts'
import type { RevokeTarget, Store } from '../store/store.ts'
import { fieldInvalid, parseSerialNumber } from './fields.ts'
import type { Authorities } from './issuing-authority.ts'
import { authorityOrIssuing, certificateNotFound } from './read-certificates.ts'

/** One certificate, by number or by its DER. */
export type CertificateTarget =
  | { readonly kind: 'serial'; readonly serialNumber: string; readonly authority: string }
  | { readonly kind: 'certificate'; readonly der: Uint8Array }

/** What a call names. */
export type RevocationTarget =
  | CertificateTarget
  | { readonly kind: 'client'; readonly clientId: string }
  | { readonly kind: 'scope'; readonly scope: string }
  | { readonly kind: 'public_key'; readonly sha256: Uint8Array }

export interface TargetDependencies {
  readonly store: Pick<Store, 'certificates'>
  readonly authorities: Authorities
}

/** @throws {@link DomainError} FIELD_INVALID, SCOPE_MALFORMED, CERTIFICATE_MALFORMED, CERTIFICATE_NOT_FOUND, AUTHORITY_NOT_FOUND */
export async function resolveTarget(
  deps: TargetDependencies,
  target: RevocationTarget,
): Promise<RevokeTarget> {
  switch (target.kind) {
    case 'serial':
    case 'certificate':
      return { kind: 'serial', ...(await resolveCertificate(deps, target)) }
    case 'client':
      return { kind: 'client', clientId: parseClientId(target.clientId) }
    case 'scope':
      return { kind: 'scope', scope: parseScope(target.scope) }
    case 'public_key':
      if (target.sha256.length !== 32)
        throw fieldInvalid('public_key_sha256', 'public_key_sha256 must be 32 bytes.')
      return { kind: 'public_key', publicKeySha256: target.sha256 }
  }
}

/** @throws {@link DomainError} FIELD_INVALID, CERTIFICATE_MALFORMED, CERTIFICATE_NOT_FOUND, AUTHORITY_NOT_FOUND */
export async function resolveCertificate(
  deps: TargetDependencies,
  target: CertificateTarget,
): Promise<{ authorityId: string; serialNumber: string }> {
  if (target.kind === 'certificate') return findByDer(deps, target.der)
  return {
    authorityId: authorityOrIssuing(deps.authorities, target.authority),
    serialNumber: parseSerialNumber(target.serialNumber, 'serial.serial_number'),
  }
}

/** Finds the record of a certificate by its content: a forged one that borrows a serial number names nothing. */
async function findByDer(deps: TargetDependencies, der: Uint8Array) {
  const serialNumber = readSerialNumber(der)
  const digest = sha256(der)
  for (const { id: authorityId } of deps.authorities.all) {
    const record = await deps.store.certificates.get(authorityId, serialNumber)
    if (record !== undefined && equalBytes(record.certificateSha256, digest))
      return { authorityId, serialNumber }
  }
  throw certificateNotFound('(any)', serialNumber)
}

function readSerialNumber(der: Uint8Array): string {
  try {
    return formatSerialNumber(parseCertificate(der).serialNumber)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    throw new DomainError(
      'CERTIFICATE_MALFORMED',
      `certificate_der is not a certificate: ${error.message}.`,
      { field: 'certificate_der', defect: error.defect },
    )
  }
}

/** What a target is called in logs and messages. */
export function describeTarget(target: RevokeTarget): string {
  switch (target.kind) {
    case 'serial':
      return target.serialNumber
    case 'client':
      return target.clientId
    case 'scope':
      return target.scope
    case 'public_key':
      return formatHex(target.publicKeySha256)
  }
}
