import { decodeLatin1, decodeUtf8 } from '../bytes.ts'
import { MalformedError } from '../errors.ts'
import { type DerElement, DerReader } from './reader.ts'
import { OID } from './oids.ts'
import { TAG } from './tags.ts'
import { encodeOid } from './writer.ts'

/** A BIT STRING: its octets and how many bits of the last one do not count. */
export interface BitString {
  readonly bytes: Uint8Array
  readonly unusedBits: number
}

/** Decodes BOOLEAN content; DER knows 00 and FF only (X.690 section 11.1). */
export function decodeBoolean(element: DerElement): boolean {
  const { content } = element
  const octet = content[0]
  if (content.length !== 1 || (octet !== 0x00 && octet !== 0xff)) {
    throw new MalformedError('der.boolean', 'a BOOLEAN is neither 00 nor FF')
  }
  return octet === 0xff
}

/** Checks an INTEGER and returns its two's-complement octets, shortest form (X.690 section 8.3.2). */
export function decodeInteger(element: DerElement): Uint8Array {
  const { content } = element
  const first = content[0]
  const second = content[1]
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
  if (unusedBits !== 0)
    throw new MalformedError('der.bit_string_not_octets', 'a BIT STRING does not hold whole octets')
  return bytes
}

/** Decodes NULL content. */
export function decodeNull(element: DerElement): void {
  if (element.content.length !== 0) throw new MalformedError('der.null', 'a NULL has content')
}

/** Decodes an OBJECT IDENTIFIER to its dotted form (X.690 section 8.19). */
export function decodeOid({ content }: Pick<DerElement, 'content'>): string {
  if (content.length === 0 || content.length > 64 || content[content.length - 1]! >= 0x80) {
    throw new MalformedError('der.oid', 'an OBJECT IDENTIFIER is empty, too long or cut off')
  }
  const known = KNOWN_OIDS.get(fingerprint(content))
  if (known !== undefined && sameOctets(known.content, content)) return known.oid
  let text = ''
  // Arcs are numbers while they are exact, and bigints beyond: OIDs made of UUIDs have 128-bit arcs.
  let arc: number | bigint = 0
  let fresh = true
  for (const octet of content) {
    if (fresh && octet === 0x80) {
      throw new MalformedError('der.oid', 'an OBJECT IDENTIFIER arc is not in its shortest form')
    }
    arc =
      typeof arc === 'number' && arc < 2 ** 45
        ? arc * 128 + (octet & 0x7f)
        : (BigInt(arc) << 7n) | BigInt(octet & 0x7f)
    fresh = octet < 0x80
    if (!fresh) continue
    text += text === '' ? firstArcs(arc) : `.${arc}`
    arc = 0
  }
  return text
}

// The first subidentifier holds two arcs (X.690 section 8.19.4).
function firstArcs(joint: number | bigint): string {
  if (joint < 40) return `0.${joint}`
  if (joint < 80) return `1.${Number(joint) - 40}`
  return `2.${typeof joint === 'number' ? joint - 80 : joint - 80n}`
}

interface KnownOid {
  readonly content: Uint8Array
  readonly oid: string
}

/** The OIDs that have a name here, by a number made of their octets: a certificate has twenty, and taking arcs apart is dear. */
const KNOWN_OIDS: ReadonlyMap<number, KnownOid> = new Map(
  Object.values(OID).map((oid) => {
    const { content } = new DerReader(encodeOid(oid)).readAny()
    return [fingerprint(content), { content, oid }]
  }),
)

function fingerprint(octets: Uint8Array): number {
  let number = octets.length
  for (const octet of octets) number = (Math.imul(number, 31) + octet) | 0
  return number
}

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Decodes UTCTime or GeneralizedTime: see {@link readTime}. */
export function decodeTime({ tag, content }: DerElement): Date {
  return new Date(readTime(tag, content, 0, content.length))
}

/**
 * Reads a time as RFC 5280 section 4.1.2.5 restricts it: Zulu, with seconds, no fraction. Returns milliseconds since 1970 and
 * allocates nothing, because a large CRL holds a million of them.
 *
 * GeneralizedTime before 2050 is accepted on reading, as PKITS and every common verifier do.
 */
export function readTime(tag: number, bytes: Uint8Array, start: number, length: number): number {
  const utc = tag === TAG.utcTime
  if (!utc && tag !== TAG.generalizedTime) throw new MalformedError('der.time', 'a time has another type')
  if (length !== (utc ? 13 : 15) || bytes[start + length - 1] !== 0x5a) {
    throw new MalformedError('der.time', 'a time is not in the form YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ')
  }
  const century = utc ? 0 : twoDigits(bytes, start)
  const at = utc ? start : start + 2
  const shortYear = twoDigits(bytes, at)
  const year = utc ? shortYear + (shortYear >= 50 ? 1900 : 2000) : century * 100 + shortYear
  const month = twoDigits(bytes, at + 2)
  const day = twoDigits(bytes, at + 4)
  const hour = twoDigits(bytes, at + 6)
  const minute = twoDigits(bytes, at + 8)
  const second = twoDigits(bytes, at + 10)
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysInMonth(year, month) ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  ) {
    throw new MalformedError('der.time', 'a time names an instant that does not exist')
  }
  return ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000
}

// Proleptic Gregorian calendar, with years that begin in March so that the leap day comes last. Date.UTC would take the years
// 0-99 for 1900-1999, and a good part of the time it takes to read a large list.
function daysSince1970(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1
  const dayOfYear = Math.trunc((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 0x30
  const ones = bytes[at + 1]! - 0x30
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) {
    throw new MalformedError('der.time', 'a time holds something that is not a digit')
  }
  return tens * 10 + ones
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && leap ? 29 : MONTH_DAYS[month - 1]!
}

/** Decodes IA5String content (or an IMPLICIT one): 7-bit octets. */
export function decodeIa5(content: Uint8Array): string {
  for (const octet of content) {
    if (octet >= 0x80) throw new MalformedError('der.ia5_string', 'an IA5String has an octet above 7F')
  }
  return decodeLatin1(content)
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
