import type { DerElement } from '../asn1/reader.ts'
import { decodeBitString } from '../asn1/values.ts'
import { MalformedError } from '../errors.ts'

/**
 * Decodes a BIT STRING with named bits. At least one bit must be set, and bits without a name are refused. Trailing zero
 * bits, which DER cuts (X.690 section 11.2.2), are read: roots in every browser's store have them in their key usage.
 *
 * @param names - by bit number; `undefined` for a bit that is ignored.
 */
export function decodeNamedBits<T extends string>(
  element: DerElement,
  names: readonly (T | undefined)[],
  defect: string,
): T[] {
  const { bytes } = decodeBitString(element)
  if (bytes.every((octet) => octet === 0)) throw new MalformedError(`${defect}_empty`, 'no bit is set')
  const found: T[] = []
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    if (((bytes[bit >> 3]! >> (7 - (bit & 7))) & 1) === 0) continue
    if (bit >= names.length) throw new MalformedError(`${defect}_unknown`, 'a bit without a meaning is set')
    const name = names[bit]
    if (name !== undefined) found.push(name)
  }
  return found
}
