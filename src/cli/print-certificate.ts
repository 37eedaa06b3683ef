import { CertificateState } from '../gen/chancery/v1/types.ts'
import { formatHex } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { MalformedError } from '../core/errors.ts'
import { certificateScopes } from '../core/scope/scope-extension.ts'
import { formatName } from '../core/x509/name.ts'
import { checkChainKey } from '../core/x509/public-key.ts'
import { formatSerialNumber } from '../core/x509/serial-number.ts'
import type { Certificate, GeneralName } from '../core/x509/types.ts'
import type { Json } from './format-json.ts'
import { formatFields } from './format-table.ts'
import { formatInstant, formatInstantWithDistance } from './format-time.ts'

/** The state in one word. */
export function certificateStateName(state: CertificateState): string {
  switch (state) {
    case CertificateState.CERTIFICATE_STATE_ACTIVE:
      return 'active'
    case CertificateState.CERTIFICATE_STATE_REVOKED:
      return 'revoked'
    case CertificateState.CERTIFICATE_STATE_EXPIRED:
      return 'expired'
    case CertificateState.CERTIFICATE_STATE_UNSPECIFIED:
    case CertificateState.UNRECOGNIZED:
      return 'unknown'
  }
}

/** Lays out everything in a certificate for people. */
export function formatCertificate(certificate: Certificate, scopeExtensionOid: string, now: Date): string {
  const { basicConstraints, authorityKeyIdentifier, subjectKeyIdentifier } = certificate
  const scopes = readScopes(certificate, scopeExtensionOid)
  return formatFields([
    ['subject', formatName(certificate.subject) || '(empty)'],
    ['issuer', formatName(certificate.issuer) || '(empty)'],
    ['serial number', formatSerialNumber(certificate.serialNumber)],
    ['not before', formatInstantWithDistance(certificate.notBefore, now)],
    ['not after', formatInstantWithDistance(certificate.notAfter, now)],
    [
      'scopes',
      'defect' in scopes ? `(${scopes.defect})` : scopes.scopes.length === 0 ? '(none)' : scopes.scopes,
    ],
    ['names', (certificate.subjectAltName ?? []).map(formatGeneralName)],
    ['key', describeKey(certificate)],
    ['key usage', [...(certificate.keyUsage ?? [])].join(' ') || '-'],
    ['extended key usage', (certificate.extendedKeyUsage ?? []).map(describeUsage).join(' ') || '-'],
    [
      'ca',
      basicConstraints?.ca === true ? `yes, path length ${basicConstraints.pathLength ?? 'unlimited'}` : 'no',
    ],
    ['subject key id', subjectKeyIdentifier === undefined ? '-' : formatHex(subjectKeyIdentifier)],
    [
      'authority key id',
      authorityKeyIdentifier?.keyIdentifier === undefined
        ? '-'
        : formatHex(authorityKeyIdentifier.keyIdentifier),
    ],
    ['crl at', listCrlAddresses(certificate)],
    ['signature', certificate.signatureAlgorithm.oid],
    [
      'critical',
      [...certificate.extensions.values()]
        .filter(({ critical }) => critical)
        .map(({ oid }) => oid)
        .join(' ') || '-',
    ],
    ['sha-256', formatHex(sha256(certificate.der))],
  ])
}

/** Everything in a certificate for scripts. */
export function certificateToJson(certificate: Certificate, scopeExtensionOid: string): Json {
  const scopes = readScopes(certificate, scopeExtensionOid)
  return {
    subject: formatName(certificate.subject),
    issuer: formatName(certificate.issuer),
    serial_number: formatSerialNumber(certificate.serialNumber),
    not_before: formatInstant(certificate.notBefore),
    not_after: formatInstant(certificate.notAfter),
    ...('defect' in scopes ? { scopes: null, scopes_defect: scopes.defect } : { scopes: scopes.scopes }),
    names: (certificate.subjectAltName ?? []).map(formatGeneralName),
    key: describeKey(certificate),
    public_key_sha256: formatHex(sha256(certificate.publicKey.der)),
    key_usage: [...(certificate.keyUsage ?? [])],
    extended_key_usage: [...(certificate.extendedKeyUsage ?? [])],
    ca: certificate.basicConstraints?.ca ?? false,
    path_length: certificate.basicConstraints?.pathLength ?? null,
    crl_urls: listCrlAddresses(certificate),
    extensions: [...certificate.extensions.values()].map(({ oid, critical }) => ({ oid, critical })),
    certificate_sha256: formatHex(sha256(certificate.der)),
  }
}

function readScopes(
  certificate: Certificate,
  scopeExtensionOid: string,
): { readonly scopes: readonly string[] } | { readonly defect: string } {
  try {
    return { scopes: certificateScopes(certificate, scopeExtensionOid) }
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return { defect: error.defect }
  }
}

function describeKey(certificate: Certificate): string {
  try {
    const { type, bits } = checkChainKey(certificate.publicKey)
    return type === 'rsa' ? `rsa ${bits}` : type
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return `(${error.defect})`
  }
}

const USAGES: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
  '2.5.29.37.0': 'any',
}

function describeUsage(oid: string): string {
  return USAGES[oid] ?? oid
}

function listCrlAddresses(certificate: Certificate): readonly string[] {
  return (certificate.crlDistributionPoints ?? []).flatMap(({ name }) =>
    name?.type === 'full' ? name.names.map(formatGeneralName) : [],
  )
}

/** A general name with its kind. */
export function formatGeneralName(name: GeneralName): string {
  switch (name.type) {
    case 'email':
    case 'dns':
    case 'uri':
      return `${name.type}:${name.value}`
    case 'ip':
      return `ip:${formatIp(name.value)}`
    case 'directory':
      return `directory:${formatName(name.value)}`
    case 'other':
      return `other:[${name.tag & 0x1f}]`
  }
}

function formatIp(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.')
  return formatHex(octets).match(/.{4}/g)?.join(':') ?? formatHex(octets)
}
