import { OID } from '../asn1/oids.ts'
import { TAG, contextConstructed } from '../asn1/tags.ts'
import { encodeElement, encodeInteger, encodeOid, encodeSequence } from '../asn1/writer.ts'
import { encodeSubjectAltName } from './encode-extension.ts'
import { encodeName } from './encode-name.ts'
import { parseHostName } from './host-name.ts'

/**
 * Encodes a CertificationRequestInfo (RFC 2986 section 4.1) for a client's own key. The client signs the result, and `assembleCsr`
 * completes it.
 *
 * @param hostNames - DNS names and IP addresses to ask for.
 * @throws {@link DomainError} FIELD_INVALID if a host name is none.
 */
export function encodeCsrInfo(
  clientId: string,
  publicKeyDer: Uint8Array,
  hostNames: readonly string[] = [],
): Uint8Array {
  const hosts = hostNames.map((name) => parseHostName(name))
  const attributes =
    hosts.length === 0 ? [] : [encodeExtensionRequest(encodeSubjectAltName(undefined, hosts))]
  return encodeSequence(
    encodeInteger(0),
    encodeName({ commonName: clientId }),
    publicKeyDer,
    // The attributes are not optional: an empty set is written.
    encodeElement(contextConstructed(0), ...attributes),
  )
}

/** PKCS #9 extensionRequest, RFC 2985 section 5.4.2. */
function encodeExtensionRequest(extension: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(OID.extensionRequest), encodeElement(TAG.set, encodeSequence(extension)))
}
