import { encodeUtf8 } from '../bytes.ts'
import { OID } from './oids.ts'
import { TAG } from './tags.ts'

/** Encodes one element: identifier octet, shortest length, content. */
export function encodeElement(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const headerLength = 1 + lengthOctets(length)
  const element = new Uint8Array(headerLength + length)
  writeHeader(element, tag, length)
  let offset = headerLength
  for (const part of parts) {
    element.set(part, offset)
    offset += part.length
  }
  return element
}

/** Encodes the identifier and length octets alone, for content that is assembled elsewhere (large CRLs). */
export function encodeHeader(tag: number, length: number): Uint8Array {
  const header = new Uint8Array(1 + lengthOctets(length))
  writeHeader(header, tag, length)
  return header
}

/** How many octets a length takes in its shortest form (X.690 section 10.1). */
function lengthOctets(length: number): number {
  if (length < 0x80) return 1
  let octets = 2
  for (let rest = length; rest >= 256; rest = Math.floor(rest / 256)) octets++
  return octets
}

function writeHeader(target: Uint8Array, tag: number, length: number): void {
  target[0] = tag
  const octets = lengthOctets(length)
  if (octets === 1) {
    target[1] = length
    return
  }
  target[1] = 0x80 | (octets - 1)
  for (let at = octets, rest = length; at > 1; at--, rest = Math.floor(rest / 256)) target[at] = rest % 256
}

/** SEQUENCE of the given elements. */
export function encodeSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return encodeElement(TAG.sequence, ...parts)
}

/** BOOLEAN TRUE; DER leaves out FALSE where it is the default. */
export function encodeTrue(): Uint8Array {
  return Uint8Array.of(TAG.boolean, 1, 0xff)
}

/** INTEGER from a non-negative number. */
export function encodeInteger(value: number | bigint): Uint8Array {
  const octets: number[] = []
  let rest = BigInt(value)
  if (rest < 0n) throw new RangeError('negative')
  do {
    octets.unshift(Number(rest & 0xffn))
    rest >>= 8n
  } while (rest > 0n)
  return encodeUnsigned(Uint8Array.from(octets))
}

/** INTEGER from the octets of a non-negative number: leading zeros cut, one added where the sign bit is set. */
export function encodeUnsigned(octets: Uint8Array, tag: number = TAG.integer): Uint8Array {
  let start = 0
  while (start < octets.length - 1 && octets[start] === 0) start++
  const body = octets.subarray(start)
  return body[0]! >= 0x80 ? encodeElement(tag, Uint8Array.of(0), body) : encodeElement(tag, body)
}

/** BIT STRING; `unusedBits` bits at the end do not count and must be zero. */
export function encodeBitString(octets: Uint8Array, unusedBits = 0): Uint8Array {
  return encodeElement(TAG.bitString, Uint8Array.of(unusedBits), octets)
}

/** OCTET STRING. */
export function encodeOctetString(octets: Uint8Array): Uint8Array {
  return encodeElement(TAG.octetString, octets)
}

/** NULL. */
export function encodeNull(): Uint8Array {
  return Uint8Array.of(TAG.null, 0)
}

/** UTF8String. */
export function encodeUtf8String(text: string): Uint8Array {
  return encodeElement(TAG.utf8String, encodeUtf8(text))
}

/** Encodings of every OID that has a name here: a certificate takes twenty of them. */
const NAMED_OIDS: ReadonlyMap<string, Uint8Array> = new Map(
  Object.values(OID).map((oid) => [oid, encodeAnyOid(oid)]),
)

/** OBJECT IDENTIFIER from its dotted form, which comes from our own tables or checked configuration. Not to be written to. */
export function encodeOid(dotted: string): Uint8Array {
  return NAMED_OIDS.get(dotted) ?? encodeAnyOid(dotted)
}

function encodeAnyOid(dotted: string): Uint8Array {
  const [first, second, ...rest] = dotted.split('.').map((arc) => BigInt(arc))
  if (first === undefined || second === undefined) throw new RangeError(`not an OID: ${dotted}`)
  const octets: number[] = []
  for (const arc of [first * 40n + second, ...rest]) {
    const group = [Number(arc & 0x7fn)]
    for (let left = arc >> 7n; left > 0n; left >>= 7n) group.unshift(Number(left & 0x7fn) | 0x80)
    octets.push(...group)
  }
  return encodeElement(TAG.oid, Uint8Array.from(octets))
}

/** Time as RFC 5280 section 4.1.2.5 wants it: UTCTime through 2049, GeneralizedTime after. Fractions are cut. */
export function encodeTime(time: Date): Uint8Array {
  const year = time.getUTCFullYear()
  return year >= 1950 && year < 2050
    ? encodeElement(TAG.utcTime, timeDigits(time).subarray(2))
    : encodeGeneralizedTime(time)
}

/** GeneralizedTime in every year, for the few fields that are never UTCTime (RFC 5280 section 5.3.2). Fractions are cut. */
export function encodeGeneralizedTime(time: Date): Uint8Array {
  return encodeElement(TAG.generalizedTime, timeDigits(time))
}

/** `YYYYMMDDHHMMSSZ` in ASCII. */
function timeDigits(time: Date): Uint8Array {
  const year = time.getUTCFullYear()
  if (!(year >= 0 && year <= 9999)) throw new RangeError('year out of range')
  const pairs = [
    Math.floor(year / 100),
    year % 100,
    time.getUTCMonth() + 1,
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
  ]
  const digits = new Uint8Array(15)
  for (const [i, pair] of pairs.entries()) {
    digits[2 * i] = 0x30 + Math.floor(pair / 10)
    digits[2 * i + 1] = 0x30 + (pair % 10)
  }
  digits[14] = 0x5a
  return digits
}
