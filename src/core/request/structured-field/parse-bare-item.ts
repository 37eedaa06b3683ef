import { decodeUtf8, encodeUtf8, parseBase64 } from '../../bytes.ts'
import { MalformedError } from '../../errors.ts'
import { type Cursor, take, takeCharacter } from './cursor.ts'
import type { BareItem } from './value.ts'

/**
 * Parses one value without parameters (RFC 9651 section 4.2.3.1). Stricter where the RFC leaves room: base64 has its padding, and its
 * unused bits are zero.
 *
 * @throws {@link MalformedError} `structured_field.*`
 */
export function parseBareItem(cursor: Cursor): BareItem {
  const first = cursor.text[cursor.position] ?? ''
  switch (first) {
    case '"':
      return parseString(cursor)
    case ':':
      return parseBytes(cursor)
    case '?':
      return parseBoolean(cursor)
    case '@':
      return parseDate(cursor)
    case '%':
      return parseDisplayString(cursor)
    default:
      return /[-0-9]/.test(first) ? parseNumber(cursor) : parseToken(cursor)
  }
}

const MAX_INTEGER_DIGITS = 15
const MAX_WHOLE_DIGITS = 12
const MAX_FRACTION_DIGITS = 3

function parseNumber(cursor: Cursor): BareItem {
  const [, sign, whole, point, fraction = ''] = take(cursor, /(-?)([0-9]+)(\.)?([0-9]*)/y) ?? []
  if (whole === undefined) throw malformed('number', 'a number has no digits')
  if (point === undefined) {
    if (whole.length > MAX_INTEGER_DIGITS) throw malformed('number', 'an integer has more than 15 digits')
    return { kind: 'integer', value: signed(sign, Number(whole)) }
  }
  if (whole.length > MAX_WHOLE_DIGITS || fraction.length === 0 || fraction.length > MAX_FRACTION_DIGITS)
    throw malformed('number', 'a decimal does not have 1 to 12 digits, a point and 1 to 3 digits')
  return {
    kind: 'decimal',
    thousandths: signed(sign, Number(whole) * 1000 + Number(fraction.padEnd(3, '0'))),
  }
}

/** Never minus zero, which would be written as another number than it was. */
function signed(sign: string | undefined, magnitude: number): number {
  return sign === '-' && magnitude !== 0 ? -magnitude : magnitude
}

function parseString(cursor: Cursor): BareItem {
  const match = take(cursor, /"([\x20\x21\x23-\x5b\x5d-\x7e]*(?:\\["\\][\x20\x21\x23-\x5b\x5d-\x7e]*)*)"/y)
  if (!match) throw malformed('string', 'a string is not ASCII between quotes')
  const text = match[1]!
  return { kind: 'string', text: text.includes('\\') ? text.replaceAll(/\\(["\\])/g, '$1') : text }
}

function parseToken(cursor: Cursor): BareItem {
  const match = take(cursor, /[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*/y)
  if (!match) throw malformed('bare_item', 'there is no value where one must be')
  return { kind: 'token', text: match[0] }
}

function parseBytes(cursor: Cursor): BareItem {
  const match = take(cursor, /:([A-Za-z0-9+/=]*):/y)
  const bytes = match && parseBase64(match[1]!)
  if (!bytes) throw malformed('bytes', 'a byte sequence is not base64 between colons')
  return { kind: 'bytes', bytes }
}

function parseBoolean(cursor: Cursor): BareItem {
  const match = take(cursor, /\?([01])/y)
  if (!match) throw malformed('boolean', 'a boolean is neither ?0 nor ?1')
  return { kind: 'boolean', value: match[1] === '1' }
}

function parseDate(cursor: Cursor): BareItem {
  takeCharacter(cursor, '@')
  const number = parseNumber(cursor)
  if (number.kind !== 'integer') throw malformed('date', 'a date is not a whole number of seconds')
  return { kind: 'date', seconds: number.value }
}

function parseDisplayString(cursor: Cursor): BareItem {
  const match = take(cursor, /%"([\x20\x21\x23-\x7e]*)"/y)
  const escaped = match?.[1]
  // Every percent sign begins an escape of two lower-case digits.
  if (escaped === undefined || /%(?![0-9a-f]{2})/.test(escaped))
    throw malformed('display_string', 'a display string is not escaped text between quotes')
  const octets = encodeUtf8(escaped)
  const text = decodeUtf8(unescapePercent(octets))
  if (text === undefined) throw malformed('display_string', 'a display string is not UTF-8')
  return { kind: 'display', text }
}

function unescapePercent(octets: Uint8Array): Uint8Array {
  const unescaped: number[] = []
  for (let i = 0; i < octets.length; i++) {
    if (octets[i] !== 0x25) unescaped.push(octets[i]!)
    else {
      unescaped.push(Number.parseInt(String.fromCharCode(octets[i + 1]!, octets[i + 2]!), 16))
      i += 2
    }
  }
  return Uint8Array.from(unescaped)
}

function malformed(defect: string, message: string): MalformedError {
  return new MalformedError(`structured_field.${defect}`, message)
}
