import type { DerReader } from '../asn1/reader.ts'
import { TAG } from '../asn1/tags.ts'
import { decodeBoolean, decodeOid } from '../asn1/values.ts'
import { MalformedError } from '../errors.ts'
import { MAX_EXTENSIONS } from '../limits.ts'
import type { Extension } from './types.ts'

/**
 * Parses Extensions: one or more, no OID twice (RFC 5280 section 4.2), by OID in the order found.
 *
 * @throws {@link MalformedError} `extension.*` or `der.*`.
 */
export function parseExtensions(reader: DerReader): Map<string, Extension> {
  const extensions = new Map<string, Extension>()
  do {
    if (extensions.size === MAX_EXTENSIONS)
      throw new MalformedError('extension.too_many', 'too many extensions')
    const extension = parseExtension(reader.enter(TAG.sequence))
    if (extensions.has(extension.oid)) {
      throw new MalformedError('extension.duplicate', `extension ${extension.oid} occurs twice`)
    }
    extensions.set(extension.oid, extension)
  } while (!reader.done)
  return extensions
}

function parseExtension(reader: DerReader): Extension {
  const oid = decodeOid(reader.read(TAG.oid))
  const flag = reader.readOptional(TAG.boolean)
  const critical = flag !== undefined && decodeBoolean(flag)
  // DEFAULT FALSE is not written in DER (X.690 section 11.5); Chromium has refused it for years.
  if (flag !== undefined && !critical) {
    throw new MalformedError('der.default_encoded', `extension ${oid} spells out "critical FALSE"`)
  }
  const value = reader.read(TAG.octetString).content
  reader.end()
  return { oid, critical, value }
}
