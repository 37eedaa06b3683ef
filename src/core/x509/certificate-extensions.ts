import { DerReader, enterDer } from '../asn1/reader.ts'
import { TAG, contextConstructed, contextPrimitive } from '../asn1/tags.ts'
import { decodeBoolean, decodeInteger, decodeOid, decodeSmallInteger } from '../asn1/values.ts'
import { MalformedError } from '../errors.ts'
import { MAX_GENERAL_NAMES } from '../limits.ts'
import { decodeGeneralNames } from './general-name.ts'
import { decodeNamedBits } from './named-bits.ts'
import type {
  AuthorityKeyIdentifier,
  BasicConstraints,
  GeneralName,
  KeyUsage,
  PolicyConstraints,
} from './types.ts'

/** Path lengths beyond this are the same as none: no path is that long. */
const MAX_PATH_LENGTH = 0x7fff_ffff

const KEY_USAGES: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
]

/** RFC 5280 section 4.2.1.9. An explicit `cA FALSE`, which DER forbids, is too common in the wild to refuse. */
export function decodeBasicConstraints(value: Uint8Array): BasicConstraints {
  const reader = enterDer(value, TAG.sequence)
  const flag = reader.readOptional(TAG.boolean)
  const ca = flag !== undefined && decodeBoolean(flag)
  const length = reader.readOptional(TAG.integer)
  reader.end()
  const pathLength = length && decodeSmallInteger(length, MAX_PATH_LENGTH)
  if (pathLength !== undefined && !ca) {
    throw new MalformedError('basic_constraints.path_length', 'a path length on a certificate that is no CA')
  }
  return { ca, pathLength }
}

/** RFC 5280 section 4.2.1.3: at least one bit must be set. */
export function decodeKeyUsage(value: Uint8Array): ReadonlySet<KeyUsage> {
  const reader = new DerReader(value)
  const element = reader.read(TAG.bitString)
  reader.end()
  return new Set(decodeNamedBits(element, KEY_USAGES, 'key_usage'))
}

/** RFC 5280 section 4.2.1.12. */
export function decodeExtendedKeyUsage(value: Uint8Array): string[] {
  return decodeList(value, (reader) => decodeOid(reader.read(TAG.oid)))
}

/** RFC 5280 section 4.2.1.6; the issuer alternative name has the same form. */
export function decodeAlternativeName(value: Uint8Array): GeneralName[] {
  const reader = new DerReader(value)
  const names = reader.read(TAG.sequence)
  reader.end()
  return decodeGeneralNames(names.content)
}

/** RFC 5280 section 4.2.1.2. */
export function decodeSubjectKeyIdentifier(value: Uint8Array): Uint8Array {
  const reader = new DerReader(value)
  const { content } = reader.read(TAG.octetString)
  reader.end()
  if (content.length === 0)
    throw new MalformedError('subject_key_identifier.empty', 'a key identifier is empty')
  return content
}

/** RFC 5280 section 4.2.1.1: issuer and serial number come together or not at all. */
export function decodeAuthorityKeyIdentifier(value: Uint8Array): AuthorityKeyIdentifier {
  const reader = enterDer(value, TAG.sequence)
  const keyIdentifier = reader.readOptional(contextPrimitive(0))?.content
  const issuer = reader.readOptional(contextConstructed(1))
  const serial = reader.readOptional(contextPrimitive(2))
  reader.end()
  if (keyIdentifier?.length === 0) {
    throw new MalformedError('authority_key_identifier.empty', 'a key identifier is empty')
  }
  if ((issuer === undefined) !== (serial === undefined)) {
    throw new MalformedError(
      'authority_key_identifier.unpaired',
      'an issuer without serial number, or the reverse',
    )
  }
  return {
    keyIdentifier,
    issuer: issuer && decodeGeneralNames(issuer.content),
    serialNumber: serial && decodeInteger(serial),
  }
}

/** RFC 5280 section 4.2.1.11: at least one of the two. */
export function decodePolicyConstraints(value: Uint8Array): PolicyConstraints {
  const reader = enterDer(value, TAG.sequence)
  const explicit = reader.readOptional(contextPrimitive(0))
  const mapping = reader.readOptional(contextPrimitive(1))
  reader.end()
  if (explicit === undefined && mapping === undefined) {
    throw new MalformedError('policy_constraints.empty', 'policy constraints that constrain nothing')
  }
  return {
    requireExplicitPolicy: explicit && decodeSmallInteger(explicit),
    inhibitPolicyMapping: mapping && decodeSmallInteger(mapping),
  }
}

/** Refuses certificate policies that are malformed or name one policy twice (RFC 5280 section 4.2.1.4). */
export function checkCertificatePolicies(value: Uint8Array): void {
  const policies = decodeList(value, (reader) => {
    const information = reader.enter(TAG.sequence)
    const oid = decodeOid(information.read(TAG.oid))
    const qualifiers = information.enterOptional(TAG.sequence)
    information.end()
    if (qualifiers !== undefined) {
      do {
        const qualifier = qualifiers.enter(TAG.sequence)
        qualifier.read(TAG.oid)
        qualifier.readAny()
        qualifier.end()
      } while (!qualifiers.done)
    }
    return oid
  })
  if (new Set(policies).size !== policies.length) {
    throw new MalformedError('certificate_policies.duplicate', 'a policy is named twice')
  }
}

/** Refuses policy mappings that are malformed (RFC 5280 section 4.2.1.5). Mapping anyPolicy is left to path validation. */
export function checkPolicyMappings(value: Uint8Array): void {
  decodeList(value, (reader) => {
    const mapping = reader.enter(TAG.sequence)
    decodeOid(mapping.read(TAG.oid))
    decodeOid(mapping.read(TAG.oid))
    mapping.end()
  })
}

/** Refuses an inhibitAnyPolicy that is malformed (RFC 5280 section 4.2.1.14). */
export function checkInhibitAnyPolicy(value: Uint8Array): void {
  const reader = new DerReader(value)
  decodeSmallInteger(reader.read(TAG.integer))
  reader.end()
}

/** Refuses an authority information access that is malformed (RFC 5280 section 4.2.2.1). */
export function checkAuthorityInfoAccess(value: Uint8Array): void {
  decodeList(value, (reader) => {
    const description = reader.enter(TAG.sequence)
    decodeOid(description.read(TAG.oid))
    decodeGeneralNames(description.readAny().der)
    description.end()
  })
}

function decodeList<T>(value: Uint8Array, decodeItem: (reader: DerReader) => T): T[] {
  const reader = enterDer(value, TAG.sequence)
  const items: T[] = []
  do {
    if (items.length === MAX_GENERAL_NAMES)
      throw new MalformedError('extension.too_many_items', 'a list is too long')
    items.push(decodeItem(reader))
  } while (!reader.done)
  return items
}
