import { parseCertificate } from '../core/x509/certificate.ts'
import { parseCrl, verifyCrlSignature } from '../core/x509/crl.ts'
import { formatName, sameName } from '../core/x509/name.ts'
import { type Case, readBytes, readOptionalBytes } from './case-fields.ts'
import { formatCount, formatInstant } from './format-value.ts'
import { type Verdict, accept, parsing, refuse } from './verdict.ts'

/** `crl.parse`: reads a list strictly and, if the issuer is given, checks that it is the issuer and signed the list. */
export async function runCrlParse(given: Case): Promise<Verdict> {
  const der = readBytes(given, 'der')
  const issuerDer = readOptionalBytes(given, 'issuer')
  const read = parsing('CRL_INVALID', () => parseCrl(der))
  if ('refused' in read) return read.refused
  const crl = read.parsed
  if (issuerDer !== undefined) {
    const issuer = parsing('CERTIFICATE_MALFORMED', () => parseCertificate(issuerDer))
    if ('refused' in issuer) return issuer.refused
    const { subject, keyUsage } = issuer.parsed
    if (!sameName(crl.issuer, subject))
      return refuse('CRL_INVALID', 'crl.issuer: the list names another issuer')
    // RFC 5280 section 6.3.3 (f).
    if (keyUsage?.has('cRLSign') === false)
      return refuse('CRL_INVALID', 'crl.issuer: the issuer may not sign lists')
    if (!(await verifyCrlSignature(crl, issuer.parsed))) {
      return refuse('CRL_INVALID', 'crl.signature: the signature does not verify with the key of the issuer')
    }
  }
  return accept({
    issuer: formatName(crl.issuer),
    crl_number: crl.crlNumber === undefined ? null : formatCount(crl.crlNumber),
    base_crl_number: crl.baseCrlNumber === undefined ? null : formatCount(crl.baseCrlNumber),
    this_update: formatInstant(crl.thisUpdate),
    next_update: crl.nextUpdate === undefined ? null : formatInstant(crl.nextUpdate),
    entries: crl.entryCount,
  })
}
