import { MalformedError, assertNever } from '../../errors.ts'
import { parseClientCert } from './client-cert.ts'
import { parseEscapedCertificate } from './escaped-pem.ts'
import { parseXfcc } from './xfcc.ts'

/** The header fields, in lower case, in which proxies pass on the certificate that their TLS proved. */
export const FORWARDED_HEADERS = ['client-cert', 'x-forwarded-client-cert', 'x-ssl-client-cert'] as const

/** See {@link FORWARDED_HEADERS}. */
export type ForwardedHeader = (typeof FORWARDED_HEADERS)[number]

/** A certificate as a proxy put it into a header. It is worth what the proxy's word is worth: see `authority/trusted-proxies.ts`. */
export interface ForwardedCertificate {
  readonly header: ForwardedHeader
  /** Field value, raw octets. Empty: the proxy's client showed no certificate. */
  readonly value: Uint8Array
  /** Value of `Client-Cert-Chain`, which goes with `Client-Cert` only. Empty: none. */
  readonly chainValue: Uint8Array
}

/** The header that a name of any case means; `undefined` if it is none of them. */
export function findForwardedHeader(name: string): ForwardedHeader | undefined {
  const lower = name.toLowerCase()
  return FORWARDED_HEADERS.find((header) => header === lower)
}

/**
 * Reads the certificates, leaf first. Nothing is decoded leniently: two readers of one header must see one certificate.
 *
 * @throws {@link MalformedError} `forwarded.missing` if the header names no certificate, other `forwarded.*` if it cannot be read
 */
export function parseForwardedCertificate({
  header,
  value,
  chainValue,
}: ForwardedCertificate): readonly Uint8Array[] {
  const text = textOf(value)
  if (text === '') throw new MalformedError('forwarded.missing', 'the proxy forwarded no certificate')
  switch (header) {
    case 'client-cert':
      return parseClientCert(text, textOf(chainValue))
    case 'x-forwarded-client-cert':
      return parseXfcc(text)
    case 'x-ssl-client-cert':
      return [parseEscapedCertificate(text)]
    default:
      return assertNever(header)
  }
}

/** Each character is one octet. Blanks around a field value are no part of it: RFC 9110 section 5.5. */
function textOf(value: Uint8Array): string {
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
  return text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '')
}
