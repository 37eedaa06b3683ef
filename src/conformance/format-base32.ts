const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base32 with padding (RFC 4648 section 6), in which the public structured-field tests write octets. */
export function formatBase32(bytes: Uint8Array): string {
  let text = ''
  let [bits, count] = [0, 0]
  for (const octet of bytes) {
    bits = (bits << 8) | octet
    count += 8
    while (count >= 5) {
      count -= 5
      text += ALPHABET[(bits >> count) & 31]!
    }
    bits &= 31
  }
  if (count > 0) text += ALPHABET[(bits << (5 - count)) & 31]!
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=')
}
