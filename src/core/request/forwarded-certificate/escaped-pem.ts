import { parseBase64 } from '../../bytes.ts'
import { MalformedError } from '../../errors.ts'
import { MAX_CHAIN_CERTIFICATES } from '../../limits.ts'

const BEGIN = '-----BEGIN CERTIFICATE-----\n'
const END = '-----END CERTIFICATE-----'

/**
 * Reads one certificate as nginx's `$ssl_client_escaped_cert` writes it: PEM (RFC 7468), percent-encoded.
 *
 * @throws {@link MalformedError} `forwarded.escape`, `forwarded.pem`
 */
export function parseEscapedCertificate(text: string): Uint8Array {
  const [certificate, ...others] = parseEscapedPem(text)
  if (!certificate || others.length > 0) throw malformed('is not exactly one certificate')
  return certificate
}

/**
 * Reads one or more certificates in percent-encoded PEM.
 *
 * @throws {@link MalformedError} `forwarded.escape`, `forwarded.pem`
 */
export function parseEscapedPem(text: string): readonly Uint8Array[] {
  let rest = unescape(text)
  const certificates: Uint8Array[] = []
  while (rest !== '') {
    if (certificates.length === MAX_CHAIN_CERTIFICATES) throw malformed('has too many certificates')
    const end = rest.indexOf(END)
    if (!rest.startsWith(BEGIN) || end < 0) throw malformed('is not PEM of certificates')
    certificates.push(parseLines(rest.slice(BEGIN.length, end)))
    rest = rest.slice(end + END.length)
    if (rest.startsWith('\n')) rest = rest.slice(1)
    else if (rest !== '') throw malformed('has something after a certificate')
  }
  if (certificates.length === 0) throw malformed('holds no certificate')
  return certificates
}

/** RFC 3986 unreserved characters and `%HH`. A bare plus is refused: some readers would take it for a blank. */
function unescape(text: string): string {
  if (!/^(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})*$/.test(text)) {
    throw new MalformedError('forwarded.escape', 'the certificate is not percent-encoded')
  }
  return text.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Full lines of 64 characters and a last one of at most as many, as every TLS library writes them. */
function parseLines(body: string): Uint8Array {
  const [, base64] = /^((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n)$/.exec(body) ?? []
  const der = base64 === undefined ? undefined : parseBase64(base64.replaceAll('\n', ''))
  if (!der) throw malformed('has lines that are not base64')
  return der
}

function malformed(what: string): MalformedError {
  return new MalformedError('forwarded.pem', `the PEM text ${what}`)
}
