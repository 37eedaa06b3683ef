import { encodeUtf8, formatHex, parseBase64 } from '../bytes.ts'
import { MalformedError } from '../errors.ts'
import { MAX_SIGNATURE_BYTES } from '../limits.ts'
import { type NamedDigests, namedBodyDigests } from './body-digest.ts'
import { parseClientCertHeader } from './client-cert-header.ts'
import type { OfferedChain } from './credential.ts'
import { type HttpRequest, checkRequestLine, indexHeaders, requiredHeader } from './http-request.ts'

/**
 * The simple profile of signed requests (docs/protocol.md), made with curl and openssl alone. Four header fields:
 *
 * - `X-Client-Cert`: the certificate, base64 DER; intermediates may follow after commas.
 * - `X-Timestamp`: when it was signed, Unix seconds in decimal: no sign, no leading zero, no fraction.
 * - `X-Nonce`: 16-128 visible ASCII characters.
 * - `X-Signature`: base64 of the signature, by the default algorithm of the certificate's key, over the
 *   {@link signatureBase}. The certificate itself is not signed; which key signed is what the signature proves.
 *
 * `X-Content-SHA256` and `Content-Digest` may be there as well: see `body-digest.ts`.
 */
export interface SimpleSignature {
  readonly chain: OfferedChain
  readonly signedAt: Date
  /** The text that was signed, exactly as sent. */
  readonly timestamp: string
  /** As sent: its form is checked by a step of its own. */
  readonly nonce: string
  readonly signature: Uint8Array
  /** Digests of the body that headers name, if any. */
  readonly namedDigests: NamedDigests
}

const HEADERS: ReadonlySet<string> = new Set([
  'x-client-cert',
  'x-timestamp',
  'x-nonce',
  'x-signature',
  'x-content-sha256',
  'content-digest',
])

/**
 * Reads the credential out of a request.
 *
 * @throws {@link MalformedError} `credential.header_missing` if one of the four is not there, other `credential.*` if something
 * cannot be read.
 */
export function parseSimpleSignature(request: HttpRequest): SimpleSignature {
  const headers = indexHeaders(request.headers, HEADERS)
  const certificates = requiredHeader(headers, 'x-client-cert')
  const timestamp = requiredHeader(headers, 'x-timestamp')
  const nonce = requiredHeader(headers, 'x-nonce')
  const signature = requiredHeader(headers, 'x-signature')
  checkRequestLine(request)
  return {
    chain: parseClientCertHeader(certificates),
    signedAt: parseTimestamp(timestamp),
    timestamp,
    nonce,
    signature: parseSignature(signature),
    namedDigests: namedBodyDigests(headers),
  }
}

/**
 * The octets that the signature is over: six lines joined by line feeds, none at the end.
 *
 * ```text
 * METHOD        as sent: methods are case-sensitive
 * PATH?QUERY    the request target as sent, octet for octet
 * AUTHORITY     the host and port that the client addressed, ASCII letters in lower case; a port only if the client sent one
 * hex(SHA-256)  of the body, lower case; of no octets if there is no body
 * TIMESTAMP     as in X-Timestamp
 * NONCE         as in X-Nonce
 * ```
 *
 * No line can hold a line feed: {@link parseSimpleSignature} refuses such a request, and the nonce is checked before this is used.
 */
export function signatureBase(
  request: Pick<HttpRequest, 'method' | 'target' | 'authority'>,
  bodySha256: Uint8Array,
  timestamp: string,
  nonce: string,
): Uint8Array {
  return encodeUtf8(
    [
      request.method,
      request.target,
      request.authority.toLowerCase(),
      formatHex(bodySha256),
      timestamp,
      nonce,
    ].join('\n'),
  )
}

function parseTimestamp(text: string): Date {
  // Twelve digits reach the year 33658 and are exact in a Date.
  if (!/^(?:0|[1-9][0-9]{0,11})$/.test(text)) {
    throw new MalformedError('credential.timestamp', 'X-Timestamp is not Unix seconds in plain decimal')
  }
  return new Date(Number(text) * 1000)
}

function parseSignature(text: string): Uint8Array {
  const signature = parseBase64(text)
  if (!signature || signature.length === 0 || signature.length > MAX_SIGNATURE_BYTES) {
    throw new MalformedError(
      'credential.signature',
      `X-Signature is not base64 of 1 to ${MAX_SIGNATURE_BYTES} octets`,
    )
  }
  return signature
}
