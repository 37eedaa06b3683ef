import { OID } from '../core/asn1/oids.ts'
import { decodeScopeExtension } from '../core/scope/scope-extension.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import { formatName } from '../core/x509/name.ts'
import { formatSerialNumber } from '../core/x509/serial-number.ts'
import { type Case, readBytes } from './case-fields.ts'
import { formatInstant } from './format-value.ts'
import { type Verdict, accept, parsing } from './verdict.ts'

/** `certificate.parse`: reads one certificate strictly. A scope extension that is there must be well formed too. */
export function runCertificateParse(given: Case): Verdict {
  const der = readBytes(given, 'der')
  const read = parsing('CERTIFICATE_MALFORMED', () => parseCertificate(der))
  if ('refused' in read) return read.refused
  const certificate = read.parsed
  const extension = certificate.extensions.get(OID.scopeExtension)
  const scopes = parsing('SCOPES_MALFORMED', () => extension && decodeScopeExtension(extension.value))
  if ('refused' in scopes) return scopes.refused
  return accept({
    serial_number: formatSerialNumber(certificate.serialNumber),
    issuer: formatName(certificate.issuer),
    subject: formatName(certificate.subject),
    not_before: formatInstant(certificate.notBefore),
    not_after: formatInstant(certificate.notAfter),
    scopes: scopes.parsed ?? null,
  })
}
