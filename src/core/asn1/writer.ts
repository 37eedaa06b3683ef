import { concatBytes, encodeUtf8 } from '../bytes.ts'
import { TAG } from './tags.ts'

/** Encodes one element: identifier octet, shortest length, content. */
export function encodeElement(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const header = encodeHeader(tag, length)
  return concatBytes([header, ...parts])
}

/** Encodes the identifier and length octets alone, for content that is assembled elsewhere (large CRLs). */
export function encodeHeader(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length)
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return Uint8Array.of(tag, 0x80 | octets.length, ...octets)
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

/** OBJECT IDENTIFIER from its dotted form, which comes from our own tables or checked configuration. */
export function encodeOid(dotted: string): Uint8Array {
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
  const digits = time.toISOString().replace(/\.\d+Z$/, '').replace(/[-:T]/g, '')
  if (!/^\d{14}$/.test(digits)) throw new RangeError('year out of range')
  const year = time.getUTCFullYear()
  return year >= 1950 && year < 2050
    ? encodeElement(TAG.utcTime, encodeUtf8(`${digits.slice(2)}Z`))
    : encodeElement(TAG.generalizedTime, encodeUtf8(`${digits}Z`))
}
