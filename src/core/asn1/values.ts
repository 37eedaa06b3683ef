import { decodeUtf8 } from '../bytes.ts'
import { MalformedError } from '../errors.ts'
import { type DerElement, DerReader } from './reader.ts'
import { TAG } from './tags.ts'

/** A BIT STRING: its octets and how many bits of the last one do not count. */
export interface BitString {
  readonly bytes: Uint8Array
  readonly unusedBits: number
}

/** Decodes BOOLEAN content; DER knows 00 and FF only (X.690 section 11.1). */
export function decodeBoolean(element: DerElement): boolean {
  const [octet] = element.content
  if (element.content.length !== 1 || (octet !== 0x00 && octet !== 0xff)) {
    throw new MalformedError('der.boolean', 'a BOOLEAN is neither 00 nor FF')
  }
  return octet === 0xff
}

/** Checks an INTEGER and returns its two's-complement octets, shortest form (X.690 section 8.3.2). */
export function decodeInteger(element: DerElement): Uint8Array {
  const { content } = element
  const [first, second] = content
  if (first === undefined) throw new MalformedError('der.integer_empty', 'an INTEGER has no octets')
  if (second !== undefined && ((first === 0x00 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw new MalformedError('der.integer_not_minimal', 'an INTEGER is not in its shortest form')
  }
  return content
}

/** Decodes an INTEGER that must lie in 0..max, for versions, path lengths and the like. */
export function decodeSmallInteger(element: DerElement, max = 0x7fff_ffff): number {
  const octets = decodeInteger(element)
  if (octets[0]! >= 0x80) throw new MalformedError('der.integer_negative', 'a negative INTEGER')
  if (octets.length > 5) throw new MalformedError('der.integer_too_large', 'an INTEGER out of range')
  let value = 0
  for (const octet of octets) value = value * 256 + octet
  if (value > max) throw new MalformedError('der.integer_too_large', 'an INTEGER out of range')
  return value
}

/** Decodes a non-negative INTEGER of at most `maxBytes` octets, as a CRL number needs. */
export function decodeUnsignedBigInt(element: DerElement, maxBytes: number): bigint {
  const octets = decodeInteger(element)
  if (octets[0]! >= 0x80) throw new MalformedError('der.integer_negative', 'a negative INTEGER')
  if (octets.length > maxBytes + (octets[0] === 0 ? 1 : 0)) {
    throw new MalformedError('der.integer_too_large', 'an INTEGER out of range')
  }
  let value = 0n
  for (const octet of octets) value = value * 256n + BigInt(octet)
  return value
}

/** Decodes a BIT STRING; the bits that do not count must be zero (X.690 section 11.2.1). */
export function decodeBitString(element: DerElement): BitString {
  const { content } = element
  const unusedBits = content[0]
  if (unusedBits === undefined || unusedBits > 7 || (unusedBits > 0 && content.length === 1)) {
    throw new MalformedError('der.bit_string', 'a BIT STRING has a bad count of unused bits')
  }
  if (unusedBits > 0 && (content.at(-1)! & ((1 << unusedBits) - 1)) !== 0) {
    throw new MalformedError('der.bit_string_padding', 'unused bits of a BIT STRING are not zero')
  }
  return { bytes: content.subarray(1), unusedBits }
}

/** Decodes a BIT STRING that holds whole octets, as keys and signatures do. */
export function decodeOctetAlignedBitString(element: DerElement): Uint8Array {
  const { bytes, unusedBits } = decodeBitString(element)
  if (unusedBits !== 0) throw new MalformedError('der.bit_string_not_octets', 'a BIT STRING does not hold whole octets')
  return bytes
}

/** Decodes NULL content. */
export function decodeNull(element: DerElement): void {
  if (element.content.length !== 0) throw new MalformedError('der.null', 'a NULL has content')
}

/** Decodes an OBJECT IDENTIFIER to its dotted form (X.690 section 8.19). */
export function decodeOid(element: DerElement): string {
  const { content } = element
  if (content.length === 0 || content.length > 64 || content.at(-1)! >= 0x80) {
    throw new MalformedError('der.oid', 'an OBJECT IDENTIFIER is empty, too long or cut off')
  }
  const arcs: bigint[] = []
  let arc = 0n
  let fresh = true
  for (const octet of content) {
    if (fresh && octet === 0x80) throw new MalformedError('der.oid', 'an OBJECT IDENTIFIER arc is not in its shortest form')
    arc = (arc << 7n) | BigInt(octet & 0x7f)
    fresh = octet < 0x80
    if (fresh) {
      arcs.push(arc)
      arc = 0n
    }
  }
  const joint = arcs[0]!
  const first = joint < 40n ? 0n : joint < 80n ? 1n : 2n
  return [first, joint - 40n * first, ...arcs.slice(1)].join('.')
}

/**
 * Decodes UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 restricts them: Zulu, with seconds, no fraction.
 * GeneralizedTime before 2050 is accepted on reading, as PKITS and every common verifier do.
 */
export function decodeTime(element: DerElement): Date {
  let text = ''
  for (const octet of element.content) text += String.fromCharCode(octet)
  const utc = element.tag === TAG.utcTime
  if (!utc && element.tag !== TAG.generalizedTime) throw new MalformedError('der.time', 'a time has another type')
  if (!(utc ? /^\d{12}Z$/ : /^\d{14}Z$/).test(text)) {
    throw new MalformedError('der.time', 'a time is not in the form YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ')
  }
  const digits = utc ? (text.startsWith('5') || /^[6-9]/.test(text) ? '19' : '20') + text : text
  const part = (start: number, end: number) => Number(digits.slice(start, end))
  const [year, month, day] = [part(0, 4), part(4, 6), part(6, 8)]
  const [hour, minute, second] = [part(8, 10), part(10, 12), part(12, 14)]
  const time = new Date(0)
  time.setUTCFullYear(year, month - 1, day)
  time.setUTCHours(hour, minute, second)
  // A day that does not exist, or hour 24, would have rolled over.
  const exact =
    time.getUTCFullYear() === year && time.getUTCMonth() === month - 1 && time.getUTCDate() === day &&
    time.getUTCHours() === hour && time.getUTCMinutes() === minute && time.getUTCSeconds() === second
  if (!exact) throw new MalformedError('der.time', 'a time names an instant that does not exist')
  return time
}

/** Decodes IA5String content (or an IMPLICIT one): 7-bit octets. */
export function decodeIa5(content: Uint8Array): string {
  let text = ''
  for (const octet of content) {
    if (octet >= 0x80) throw new MalformedError('der.ia5_string', 'an IA5String has an octet above 7F')
    text += String.fromCharCode(octet)
  }
  return text
}

/** Decodes UTF8String content strictly. */
export function decodeUtf8String(content: Uint8Array): string {
  const text = decodeUtf8(content)
  if (text === undefined) throw new MalformedError('der.utf8_string', 'a UTF8String is not well-formed UTF-8')
  return text
}

/** Walks a whole element and every constructed one in it, so that opaque parts are known to be DER too. */
export function checkDer(der: Uint8Array): void {
  const visit = (reader: DerReader): void => {
    while (!reader.done) {
      const element = reader.readAny()
      if ((element.tag & 0x20) !== 0) visit(reader.into(element))
    }
  }
  visit(new DerReader(der))
}
