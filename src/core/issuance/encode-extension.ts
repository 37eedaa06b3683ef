import { OID } from '../asn1/oids.ts'
import { TAG, contextConstructed, contextPrimitive } from '../asn1/tags.ts'
import {
  encodeBitString,
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeTrue,
} from '../asn1/writer.ts'
import { encodeUtf8 } from '../bytes.ts'
import { sha256 } from '../crypto.ts'
import { encodeScopeExtension } from '../scope/scope-extension.ts'
import type { HostName } from './host-name.ts'
import type { ProfileUsage } from './profile.ts'

/** Encodes one extension (RFC 5280 section 4.1); DER leaves out `critical` where it is FALSE. */
export function encodeExtension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return critical
    ? encodeSequence(encodeOid(oid), encodeTrue(), encodeOctetString(value))
    : encodeSequence(encodeOid(oid), encodeOctetString(value))
}

/**
 * Computes a key identifier: the leftmost 160 bits of the SHA-256 of the key's bits, RFC 7093 section 2 method 1. The length is that of
 * RFC 5280's SHA-1 methods, so nothing that reads it notices, and no weak hash is left anywhere in what we issue.
 */
export function keyIdentifier(keyBytes: Uint8Array): Uint8Array {
  return sha256(keyBytes).slice(0, 20)
}

/** RFC 5280 section 4.2.1.2; never critical. */
export function encodeSubjectKeyIdentifier(identifier: Uint8Array): Uint8Array {
  return encodeExtension(OID.subjectKeyIdentifier, false, encodeOctetString(identifier))
}

/** RFC 5280 section 4.2.1.1, by key identifier; never critical. */
export function encodeAuthorityKeyIdentifier(identifier: Uint8Array): Uint8Array {
  const value = encodeSequence(encodeElement(contextPrimitive(0), identifier))
  return encodeExtension(OID.authorityKeyIdentifier, false, value)
}

/** KeyUsage digitalSignature, RFC 5280 section 4.2.1.3: all that TLS 1.2+ and signed requests need. */
export const END_ENTITY_KEY_USAGE = encodeExtension(
  OID.keyUsage,
  true,
  encodeBitString(Uint8Array.of(0x80), 7),
)

/** KeyUsage keyCertSign and cRLSign. */
export const AUTHORITY_KEY_USAGE = encodeExtension(
  OID.keyUsage,
  true,
  encodeBitString(Uint8Array.of(0x06), 1),
)

/** BasicConstraints of an end entity: an empty SEQUENCE, since FALSE is the default. Critical, so that no one may overlook it. */
export const END_ENTITY_BASIC_CONSTRAINTS = encodeExtension(OID.basicConstraints, true, encodeSequence())

/** BasicConstraints of an authority, RFC 5280 section 4.2.1.9. */
export function encodeAuthorityBasicConstraints(pathLength: number): Uint8Array {
  return encodeExtension(OID.basicConstraints, true, encodeSequence(encodeTrue(), encodeInteger(pathLength)))
}

/** RFC 5280 section 4.2.1.12. Not critical, as TLS stacks expect. */
export function encodeExtendedKeyUsage(usages: readonly ProfileUsage[]): Uint8Array {
  return encodeExtension(
    OID.extKeyUsage,
    false,
    encodeSequence(...usages.map((usage) => encodeOid(OID[usage]))),
  )
}

/** RFC 5280 section 4.2.1.6; not critical, since the subject is never empty. The URI comes first, then host names. */
export function encodeSubjectAltName(uri: string | undefined, hosts: readonly HostName[]): Uint8Array {
  const names = hosts.map((host) =>
    host.type === 'dns'
      ? encodeElement(contextPrimitive(2), encodeUtf8(host.value))
      : encodeElement(contextPrimitive(7), host.value),
  )
  if (uri !== undefined) names.unshift(encodeUri(uri))
  return encodeExtension(OID.subjectAltName, false, encodeSequence(...names))
}

/** One distribution point with one URL, RFC 5280 section 4.2.1.13. */
export function encodeCrlDistributionPoint(url: string): Uint8Array {
  return encodeExtension(OID.crlDistributionPoints, false, encodeDistributionPoints(url))
}

/** Where the newest delta list can be fetched, RFC 5280 section 5.2.6; never critical. */
export function encodeFreshestCrl(url: string): Uint8Array {
  return encodeExtension(OID.freshestCrl, false, encodeDistributionPoints(url))
}

/**
 * Says that a list speaks of those user certificates alone that name one of these URLs, RFC 5280 section 5.2.5. Critical, lest someone take it for the
 * whole list; the names are encoded as in {@link encodeCrlDistributionPoint}, which the RFC demands.
 */
export function encodeIssuingDistributionPoint(urls: readonly string[]): Uint8Array {
  const onlyContainsUserCerts = encodeElement(contextPrimitive(1), Uint8Array.of(0xff))
  return encodeExtension(
    OID.issuingDistributionPoint,
    true,
    encodeSequence(encodeFullName(urls), onlyContainsUserCerts),
  )
}

function encodeDistributionPoints(url: string): Uint8Array {
  return encodeSequence(encodeSequence(encodeFullName([url])))
}

/** `distributionPoint [0]`, whose CHOICE makes the tag explicit, with a `fullName [0]`. */
function encodeFullName(urls: readonly string[]): Uint8Array {
  return encodeElement(contextConstructed(0), encodeElement(contextConstructed(0), ...urls.map(encodeUri)))
}

/**
 * Where the issuer's OCSP responder answers and its certificate can be fetched, RFC 5280 section 4.2.2.1. `undefined` if there is neither, because
 * the RFC has no empty list.
 */
export function encodeAuthorityInfoAccess({ ocspUrl, issuerUrl }: InfoAccess): Uint8Array | undefined {
  const descriptions = []
  if (ocspUrl !== undefined) descriptions.push(encodeSequence(encodeOid(OID.ocsp), encodeUri(ocspUrl)))
  if (issuerUrl !== undefined)
    descriptions.push(encodeSequence(encodeOid(OID.caIssuers), encodeUri(issuerUrl)))
  if (descriptions.length === 0) return undefined
  return encodeExtension(OID.authorityInfoAccess, false, encodeSequence(...descriptions))
}

/** URLs of an authority that its certificates point to. */
export interface InfoAccess {
  readonly ocspUrl: string | undefined
  readonly issuerUrl: string | undefined
}

/** ExtendedKeyUsage OCSPSigning: the key may sign OCSP answers for its issuer (RFC 6960 section 4.2.2.2). */
export const OCSP_SIGNING = encodeExtension(
  OID.extKeyUsage,
  false,
  encodeSequence(encodeOid(OID.ocspSigning)),
)

/** Tells clients not to ask whether this responder was revoked, RFC 6960 section 4.2.2.2.1. */
export const OCSP_NO_CHECK = encodeExtension(OID.ocspNoCheck, false, encodeNull())

/** Our own extension; never critical, because standard TLS stacks refuse critical extensions that they do not know. */
export function encodeScopes(oid: string, scopes: readonly string[]): Uint8Array {
  return encodeExtension(oid, false, encodeScopeExtension(scopes))
}

/** The Extensions field of a certificate or CRL: `[tag] EXPLICIT SEQUENCE OF`. */
export function encodeExtensions(tag: number, extensions: readonly Uint8Array[]): Uint8Array {
  return encodeElement(contextConstructed(tag), encodeElement(TAG.sequence, ...extensions))
}

function encodeUri(uri: string): Uint8Array {
  return encodeElement(contextPrimitive(6), encodeUtf8(uri))
}
