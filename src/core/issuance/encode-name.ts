import { OID } from '../asn1/oids.ts'
import { TAG } from '../asn1/tags.ts'
import { encodeElement, encodeOid, encodeSequence, encodeUtf8String } from '../asn1/writer.ts'

/** The attributes that our names have. */
export interface NameFields {
  readonly organizationName?: string
  readonly commonName: string
}

/** Upper bounds of RFC 5280 appendix A.1: ub-organization-name and ub-common-name. */
const MAX_ATTRIBUTE_LENGTH = 64

/**
 * Encodes a distinguished name: organization if given, then common name, one attribute per RDN, UTF8String (RFC 5280 section
 * 4.1.2.4).
 *
 * @throws RangeError if an attribute is empty or longer than 64 characters.
 */
export function encodeName({ organizationName, commonName }: NameFields): Uint8Array {
  const rdns = [encodeRdn(OID.commonName, commonName)]
  if (organizationName !== undefined) rdns.unshift(encodeRdn(OID.organizationName, organizationName))
  return encodeSequence(...rdns)
}

function encodeRdn(oid: string, value: string): Uint8Array {
  if (value.length === 0 || value.length > MAX_ATTRIBUTE_LENGTH)
    throw new RangeError('a name attribute has 1-64 characters')
  return encodeElement(TAG.set, encodeSequence(encodeOid(oid), encodeUtf8String(value)))
}
