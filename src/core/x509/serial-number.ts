import type { DerElement } from '../asn1/reader.ts'
import { decodeInteger } from '../asn1/values.ts'
import { formatHex } from '../bytes.ts'
import { MalformedError } from '../errors.ts'
import { MAX_SERIAL_BYTES } from '../limits.ts'

/**
 * Decodes a serial number: at most 20 octets, not counting a sign octet (RFC 5280 section 4.1.2.2).
 *
 * Zero and negative ones are read, because old roots have them and the RFC asks users to handle them gracefully;
 * path validation refuses zero below the anchor.
 */
export function decodeSerialNumber(element: DerElement): Uint8Array {
  const octets = decodeInteger(element)
  if (octets.length > MAX_SERIAL_BYTES + (octets[0] === 0 ? 1 : 0)) {
    throw new MalformedError(
      'serial_number.too_long',
      `a serial number of more than ${MAX_SERIAL_BYTES} octets`,
    )
  }
  return octets
}

/** Formats a serial number as lower-case hex, two digits an octet, without the sign octet; a negative one with `-`. */
export function formatSerialNumber(octets: Uint8Array): string {
  if (octets[0]! >= 0x80) return `-${formatHex(negate(octets))}`
  return formatHex(octets[0] === 0 && octets.length > 1 ? octets.subarray(1) : octets)
}

function negate(octets: Uint8Array): Uint8Array {
  const result = new Uint8Array(octets.length)
  let carry = 1
  for (let i = octets.length - 1; i >= 0; i--) {
    const sum = (~octets[i]! & 0xff) + carry
    result[i] = sum & 0xff
    carry = sum >> 8
  }
  const start = result.findIndex((octet) => octet !== 0)
  return result.subarray(Math.max(start, 0))
}
