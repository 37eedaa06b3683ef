import type { DerElement } from '../asn1/reader.ts'
import { TAG } from '../asn1/tags.ts'
import { decodeUtf8String } from '../asn1/values.ts'
import { decodeLatin1 } from '../bytes.ts'
import { MalformedError } from '../errors.ts'

/**
 * Decodes a string type of ASN.1 to text; `undefined` for any other type.
 *
 * NUL is refused in every type: a name that ends early for one reader and not for another is the attack of
 * CVE-2009-2408.
 *
 * @throws {@link MalformedError} `name.string` or `der.utf8_string`.
 */
export function decodeDirectoryString(element: DerElement): string | undefined {
  const text = decode(element)
  if (text?.includes('\0')) throw new MalformedError('name.string', 'a string holds a NUL character')
  return text
}

function decode({ tag, content }: DerElement): string | undefined {
  switch (tag) {
    case TAG.utf8String:
      return decodeUtf8String(content)
    case TAG.printableString:
    case TAG.numericString:
    case TAG.visibleString:
    case TAG.ia5String:
      return decodeAscii(content)
    case TAG.teletexString:
      // T.61 proper is used nowhere; what is found under this tag is Latin-1 (X.509 style guide).
      return decodeLatin1(content)
    case TAG.bmpString:
      return decodeWide(content, 2)
    case TAG.universalString:
      return decodeWide(content, 4)
    default:
      return undefined
  }
}

// Real CAs put '*', '@' and '_' in PrintableString, so its alphabet is not enforced beyond seven bits.
function decodeAscii(content: Uint8Array): string {
  for (const octet of content) {
    if (octet >= 0x80) throw new MalformedError('name.string', 'a seven-bit string has an octet above 7F')
  }
  return decodeLatin1(content)
}

function decodeWide(content: Uint8Array, width: 2 | 4): string {
  if (content.length % width !== 0) throw new MalformedError('name.string', 'a wide string is cut off')
  let text = ''
  for (let at = 0; at < content.length; at += width) {
    let point = 0
    for (let i = 0; i < width; i++) point = point * 256 + content[at + i]!
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
      throw new MalformedError('name.string', 'a wide string holds something that is no character')
    }
    text += String.fromCodePoint(point)
  }
  return text
}
