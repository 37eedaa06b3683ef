import { type DerElement, DerReader } from '../asn1/reader.ts'
import { checkDer, decodeIa5, decodeOid } from '../asn1/values.ts'
import { MalformedError } from '../errors.ts'
import { MAX_GENERAL_NAMES } from '../limits.ts'
import { parseName } from './name.ts'
import type { GeneralName } from './types.ts'

/** Decodes the content of GeneralNames: one or more (RFC 5280 section 4.2.1.6). */
export function decodeGeneralNames(content: Uint8Array): GeneralName[] {
  const reader = new DerReader(content)
  const names: GeneralName[] = []
  do {
    if (names.length === MAX_GENERAL_NAMES) {
      throw new MalformedError(
        'general_name.too_many',
        `more than ${MAX_GENERAL_NAMES} names in one extension`,
      )
    }
    names.push(decodeGeneralName(reader.readAny(), 'name'))
  } while (!reader.done)
  return names
}

/** In `constraint` form an IP address carries a mask and the strings may be empty (RFC 5280 section 4.2.1.10). */
export function decodeGeneralName(element: DerElement, form: 'name' | 'constraint'): GeneralName {
  const { tag, content } = element
  switch (tag) {
    case 0x81:
      return { type: 'email', value: decodeText(content, form) }
    case 0x82:
      return { type: 'dns', value: decodeText(content, form) }
    case 0x86:
      return { type: 'uri', value: decodeText(content, form) }
    case 0x87:
      return { type: 'ip', value: form === 'name' ? checkAddress(content) : checkAddressRange(content) }
    case 0xa4: {
      const reader = new DerReader(content)
      const name = parseName(reader.readAny())
      reader.end()
      return { type: 'directory', value: name }
    }
    case 0xa0:
    case 0xa3:
    case 0xa5:
      checkDer(content)
      return { type: 'other', tag, value: content }
    case 0x88:
      decodeOid({ content })
      return { type: 'other', tag, value: content }
    default:
      throw new MalformedError('general_name.tag', 'a GeneralName is of no known kind')
  }
}

function decodeText(content: Uint8Array, form: 'name' | 'constraint'): string {
  if (content.length === 0 && form === 'name')
    throw new MalformedError('general_name.empty', 'a name is empty')
  const text = decodeIa5(content)
  // A NUL ends the name early for a reader in C (CVE-2009-2408); no control character belongs in any of these.
  if (/\p{Cc}/u.test(text))
    throw new MalformedError('general_name.control_character', 'a name holds a control character')
  return text
}

function checkAddress(content: Uint8Array): Uint8Array {
  if (content.length !== 4 && content.length !== 16) {
    throw new MalformedError('general_name.ip', 'an IP address has neither 4 nor 16 octets')
  }
  return content
}

// Address and mask of the same length, and the mask one run of ones and then zeros, as in CIDR.
function checkAddressRange(content: Uint8Array): Uint8Array {
  if (content.length !== 8 && content.length !== 32) {
    throw new MalformedError('general_name.ip', 'an IP range has neither 8 nor 32 octets')
  }
  let ended = false
  for (const octet of content.subarray(content.length / 2)) {
    const inverse = ~octet & 0xff
    if ((ended && octet !== 0) || (inverse & (inverse + 1)) !== 0) {
      throw new MalformedError('general_name.ip_mask', 'the mask of an IP range is not contiguous')
    }
    ended ||= octet !== 0xff
  }
  return content
}
