import { type DerReader, enterDer } from '../asn1/reader.ts'
import { OID } from '../asn1/oids.ts'
import { TAG, contextConstructed, contextPrimitive } from '../asn1/tags.ts'
import {
  decodeBitString,
  decodeOctetAlignedBitString,
  decodeSmallInteger,
  decodeTime,
} from '../asn1/values.ts'
import { equalBytes } from '../bytes.ts'
import { MalformedError } from '../errors.ts'
import { MAX_CERTIFICATE_BYTES } from '../limits.ts'
import { parseAlgorithmIdentifier } from './algorithm.ts'
import {
  checkAuthorityInfoAccess,
  checkCertificatePolicies,
  checkInhibitAnyPolicy,
  checkPolicyMappings,
  decodeAlternativeName,
  decodeAuthorityKeyIdentifier,
  decodeBasicConstraints,
  decodeExtendedKeyUsage,
  decodeKeyUsage,
  decodePolicyConstraints,
  decodeSubjectKeyIdentifier,
} from './certificate-extensions.ts'
import { decodeDistributionPoints } from './distribution-point.ts'
import { parseExtensions } from './extensions.ts'
import { decodeNameConstraints } from './name-constraints.ts'
import { isEmptyName, parseName } from './name.ts'
import { parseSubjectPublicKeyInfo } from './public-key.ts'
import { decodeSerialNumber } from './serial-number.ts'
import type { Certificate, Extension } from './types.ts'

/**
 * Parses one certificate strictly (RFC 5280 section 4.1). What is returned is well formed; whether it may be trusted is for
 * path validation to say, and so is a critical extension that is not understood.
 *
 * @throws {@link MalformedError} on any deviation.
 */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES) {
    throw new MalformedError(
      'certificate.too_large',
      `a certificate of more than ${MAX_CERTIFICATE_BYTES} octets`,
    )
  }
  const outer = enterDer(der, TAG.sequence)
  const tbsElement = outer.read(TAG.sequence)
  const signatureAlgorithm = parseAlgorithmIdentifier(outer.readAny())
  const signature = decodeOctetAlignedBitString(outer.read(TAG.bitString))
  outer.end()

  const tbs = outer.into(tbsElement)
  const version = readVersion(tbs)
  const serialNumber = decodeSerialNumber(tbs.read(TAG.integer))
  const inner = tbs.read(TAG.sequence)
  // RFC 5280 section 4.1.1.2: both MUST be the same, or the signed bytes would not say how they are signed.
  if (!equalBytes(inner.der, signatureAlgorithm.der)) {
    throw new MalformedError('certificate.algorithm_mismatch', 'two different signature algorithms are named')
  }
  const issuer = parseName(tbs.readAny())
  if (isEmptyName(issuer)) throw new MalformedError('certificate.issuer_empty', 'the issuer has no name')
  const validity = tbs.enter(TAG.sequence)
  const notBefore = decodeTime(validity.readAny())
  const notAfter = decodeTime(validity.readAny())
  validity.end()
  const subject = parseName(tbs.readAny())
  const publicKey = parseSubjectPublicKeyInfo(tbs.readAny())
  skipUniqueIds(tbs, version)
  const extensions = readExtensions(tbs, version)
  tbs.end()

  return {
    der,
    tbsDer: tbsElement.der,
    version,
    serialNumber,
    signatureAlgorithm,
    signature,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    extensions,
    ...decodeKnownExtensions(extensions),
  }
}

function readVersion(tbs: DerReader): 1 | 2 | 3 {
  const wrapper = tbs.enterOptional(contextConstructed(0))
  if (wrapper === undefined) return 1
  const version = decodeSmallInteger(wrapper.read(TAG.integer))
  wrapper.end()
  // v1 is the default, which DER leaves out.
  if (version === 1) return 2
  if (version === 2) return 3
  throw new MalformedError('certificate.version', 'the version is neither 1, 2 nor 3')
}

function skipUniqueIds(tbs: DerReader, version: 1 | 2 | 3): void {
  for (const number of [1, 2]) {
    const element = tbs.readOptional(contextPrimitive(number))
    if (element === undefined) continue
    if (version === 1)
      throw new MalformedError('certificate.unique_id', 'a v1 certificate has a unique identifier')
    decodeBitString(element)
  }
}

function readExtensions(tbs: DerReader, version: 1 | 2 | 3): Map<string, Extension> {
  const wrapper = tbs.enterOptional(contextConstructed(3))
  if (wrapper === undefined) return new Map()
  if (version !== 3) throw new MalformedError('certificate.extensions_version', 'extensions need version 3')
  const extensions = parseExtensions(wrapper.enter(TAG.sequence))
  wrapper.end()
  return extensions
}

function decodeKnownExtensions(extensions: ReadonlyMap<string, Extension>) {
  const decode = <T>(oid: string, decoder: (value: Uint8Array) => T): T | undefined => {
    const extension = extensions.get(oid)
    return extension && decoder(extension.value)
  }
  decode(OID.issuerAltName, decodeAlternativeName)
  decode(OID.certificatePolicies, checkCertificatePolicies)
  decode(OID.policyMappings, checkPolicyMappings)
  decode(OID.inhibitAnyPolicy, checkInhibitAnyPolicy)
  decode(OID.authorityInfoAccess, checkAuthorityInfoAccess)
  return {
    basicConstraints: decode(OID.basicConstraints, decodeBasicConstraints),
    keyUsage: decode(OID.keyUsage, decodeKeyUsage),
    extendedKeyUsage: decode(OID.extKeyUsage, decodeExtendedKeyUsage),
    subjectAltName: decode(OID.subjectAltName, decodeAlternativeName),
    nameConstraints: decode(OID.nameConstraints, decodeNameConstraints),
    subjectKeyIdentifier: decode(OID.subjectKeyIdentifier, decodeSubjectKeyIdentifier),
    authorityKeyIdentifier: decode(OID.authorityKeyIdentifier, decodeAuthorityKeyIdentifier),
    crlDistributionPoints: decode(OID.crlDistributionPoints, decodeDistributionPoints),
    freshestCrl: decode(OID.freshestCrl, decodeDistributionPoints),
    policyConstraints: decode(OID.policyConstraints, decodePolicyConstraints),
  }
}
