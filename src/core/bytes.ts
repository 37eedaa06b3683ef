/** Octet helpers. Everything here is pure and allocates only its result. */

const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'))
const utf8Encoder = new TextEncoder()
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Formats octets as lower-case hex. */
export function formatHex(bytes: Uint8Array): string {
  let text = ''
  for (const octet of bytes) text += HEX[octet]!
  return text
}

/** Parses hex of either case; `undefined` unless it is an even number of hex digits and nothing else. */
export function parseHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

/** Standard base64 with padding (RFC 4648 section 4). */
export function formatBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** Base64 for URLs without padding (RFC 4648 section 5), as JOSE has it. */
export function formatBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}

/**
 * Parses standard base64 strictly: padding required, no white space, no URL alphabet, unused bits zero. Anything laxer
 * would give one certificate many spellings. Node reads anything; what it read is written again and compared.
 */
export function parseBase64(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'))
  return formatBase64(bytes) === text ? bytes : undefined
}

/**
 * Parses base64 for URLs strictly, as JOSE has it (RFC 7515 section 2): no padding, no white space, unused bits zero. Anything laxer
 * would give one token many spellings.
 */
export function parseBase64Url(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'))
  return formatBase64Url(bytes) === text ? bytes : undefined
}

/** True if both hold the same octets. Not for secrets: see `equalSecrets` in `crypto.ts`. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return compareBytes(a, b) === 0
}

/** Orders octet strings as unsigned numbers from the left, shorter first when one is the start of the other. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}

/** Joins octet strings. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** Above this, the encoder's own start costs less than a loop over the characters. */
const SHORT_TEXT = 64

/** Encodes text as UTF-8. */
export function encodeUtf8(text: string): Uint8Array {
  return (text.length <= SHORT_TEXT ? encodeAscii(text) : undefined) ?? utf8Encoder.encode(text)
}

/** `undefined` unless every character is of seven bits. */
function encodeAscii(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < bytes.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80) return undefined
    bytes[i] = unit
  }
  return bytes
}

/** Decodes Latin-1: each octet is the character of that number. */
export function decodeLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** Decodes UTF-8 strictly; `undefined` for anything that is not well-formed UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8Decoder.decode(bytes)
  } catch {
    return undefined
  }
}
