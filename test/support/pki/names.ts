import { TAG } from '../../../src/core/asn1/tags.ts'
import { encodeElement, encodeOid, encodeSequence, encodeUtf8String } from '../../../src/core/asn1/writer.ts'
import { encodeUtf8 } from '../../../src/core/bytes.ts'

const ATTRIBUTES: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  emailAddress: '1.2.840.113549.1.9.1',
}

/** One attribute in one RDN, such as `CN=alice`: the content of a RelativeDistinguishedName. */
export function encodeRdnContent(text: string): Uint8Array {
  const [type = '', value = ''] = text.split('=', 2)
  const oid = ATTRIBUTES[type]
  if (oid === undefined) throw new Error(`unknown attribute in a test name: ${text}`)
  const string =
    type === 'emailAddress' ? encodeElement(TAG.ia5String, encodeUtf8(value)) : encodeUtf8String(value)
  return encodeSequence(encodeOid(oid), string)
}

/** A Name from `O=Test,CN=alice`, in the order of the encoding (outermost first); `''` is the empty name. */
export function encodeName(text: string): Uint8Array {
  const rdns = text === '' ? [] : text.split(',')
  return encodeSequence(...rdns.map((rdn) => encodeElement(TAG.set, encodeRdnContent(rdn))))
}

/** A general name for tests: `dns:a.example`, `email:`, `uri:`, `dir:O=Test,CN=x`, `ip:0a000001` (hex), `other:` (an otherName). */
export function encodeGeneralName(text: string): Uint8Array {
  const separator = text.indexOf(':')
  const value = text.slice(separator + 1)
  switch (text.slice(0, separator)) {
    case 'email':
      return encodeElement(0x81, encodeUtf8(value))
    case 'dns':
      return encodeElement(0x82, encodeUtf8(value))
    case 'uri':
      return encodeElement(0x86, encodeUtf8(value))
    case 'ip':
      return encodeElement(0x87, new Uint8Array(Buffer.from(value, 'hex')))
    case 'dir':
      return encodeElement(0xa4, encodeName(value))
    case 'other':
      return encodeElement(
        0xa0,
        encodeOid('1.3.6.1.4.1.32473.9'),
        encodeElement(0xa0, encodeUtf8String(value)),
      )
    default:
      throw new Error(`unknown general name in a test: ${text}`)
  }
}
