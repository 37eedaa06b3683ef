import { MAX_SERIAL_BYTES } from '../core/limits.ts'

/** True if an argument can only be a serial number: hex, as long as RFC 5280 section 4.1.2.2 allows. A file of that name is `./NAME`. */
export function isSerialNumber(text: string): boolean {
  return text.length <= 2 * MAX_SERIAL_BYTES && /^[0-9a-fA-F]+$/.test(text)
}
