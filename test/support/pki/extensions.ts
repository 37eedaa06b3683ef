import { OID } from '../../../src/core/asn1/oids.ts'
import { TAG, contextConstructed, contextPrimitive } from '../../../src/core/asn1/tags.ts'
import {
  encodeBitString,
  encodeElement,
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeTrue,
} from '../../../src/core/asn1/writer.ts'
import type { KeyUsage, ReasonFlag } from '../../../src/core/x509/types.ts'
import { encodeGeneralName, encodeName, encodeRdnContent } from './names.ts'

/** An extension to be put into a certificate, CRL or CRL entry. */
export interface TestExtension {
  readonly oid: string
  readonly critical: boolean
  readonly value: Uint8Array
}

export function encodeExtension({ oid, critical, value }: TestExtension): Uint8Array {
  return encodeSequence(encodeOid(oid), ...(critical ? [encodeTrue()] : []), encodeOctetString(value))
}

/** Any extension, with any content. */
export function extension(oid: string, value: Uint8Array, critical = false): TestExtension {
  return { oid, critical, value }
}

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

const REASONS: readonly (ReasonFlag | 'unused')[] = [
  'unused',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
]

function namedBits<T>(all: readonly T[], set: readonly T[]): { octets: Uint8Array; unusedBits: number } {
  const last = Math.max(...set.map((name) => all.indexOf(name)))
  const octets = new Uint8Array(last < 8 ? 1 : 2)
  for (const name of set) {
    const bit = all.indexOf(name)
    octets[bit >> 3]! |= 0x80 >> (bit & 7)
  }
  return { octets, unusedBits: 7 - (last & 7) }
}

export function basicConstraints(ca: boolean, pathLength?: number, critical = true): TestExtension {
  const length = pathLength === undefined ? [] : [encodeInteger(pathLength)]
  return extension(OID.basicConstraints, encodeSequence(...(ca ? [encodeTrue()] : []), ...length), critical)
}

export function keyUsage(...usages: readonly KeyUsage[]): TestExtension {
  const { octets, unusedBits } = namedBits(KEY_USAGES, usages)
  return extension(OID.keyUsage, encodeBitString(octets, unusedBits), true)
}

export function extKeyUsage(...oids: readonly string[]): TestExtension {
  return extension(OID.extKeyUsage, encodeSequence(...oids.map(encodeOid)))
}

export function subjectKeyIdentifier(id: Uint8Array): TestExtension {
  return extension(OID.subjectKeyIdentifier, encodeOctetString(id))
}

/** By key identifier, by issuer name and serial number, or both. */
export function authorityKeyIdentifier(
  id: Uint8Array | undefined,
  by?: { readonly issuer: string; readonly serial: number },
): TestExtension {
  const parts = id === undefined ? [] : [encodeElement(contextPrimitive(0), id)]
  if (by !== undefined) {
    parts.push(encodeElement(contextConstructed(1), encodeGeneralName(`dir:${by.issuer}`)))
    parts.push(encodeElement(contextPrimitive(2), encodeInteger(by.serial).subarray(2)))
  }
  return extension(OID.authorityKeyIdentifier, encodeSequence(...parts))
}

/** General names in the notation of `encodeGeneralName`. */
export function subjectAltName(names: readonly string[], critical = false): TestExtension {
  return extension(OID.subjectAltName, encodeSequence(...names.map(encodeGeneralName)), critical)
}

/** General names in the notation of `encodeGeneralName`. */
export function nameConstraints(
  lists: { readonly permitted?: readonly string[]; readonly excluded?: readonly string[] },
  critical = true,
): TestExtension {
  const subtrees = (tag: number, names: readonly string[] | undefined) =>
    names === undefined
      ? []
      : [encodeElement(tag, ...names.map((name) => encodeSequence(encodeGeneralName(name))))]
  const value = encodeSequence(
    ...subtrees(contextConstructed(0), lists.permitted),
    ...subtrees(contextConstructed(1), lists.excluded),
  )
  return extension(OID.nameConstraints, value, critical)
}

/** A distribution point: full names, or one RDN relative to the CRL issuer. */
export interface TestDistributionPoint {
  readonly names?: readonly string[]
  readonly relative?: string
  readonly reasons?: readonly ReasonFlag[]
  readonly crlIssuer?: string
}

function encodePointName({ names, relative }: TestDistributionPoint): Uint8Array[] {
  if (relative !== undefined) {
    return [
      encodeElement(contextConstructed(0), encodeElement(contextConstructed(1), encodeRdnContent(relative))),
    ]
  }
  if (names === undefined) return []
  const full = encodeElement(contextConstructed(0), ...names.map(encodeGeneralName))
  return [encodeElement(contextConstructed(0), full)]
}

function encodeReasons(tag: number, reasons: readonly ReasonFlag[] | undefined): Uint8Array[] {
  if (reasons === undefined) return []
  const { octets, unusedBits } = namedBits(REASONS, reasons)
  return [encodeElement(tag, Uint8Array.of(unusedBits), octets)]
}

export function crlDistributionPoints(...points: readonly TestDistributionPoint[]): TestExtension {
  const encoded = points.map((point) =>
    encodeSequence(
      ...encodePointName(point),
      ...encodeReasons(contextPrimitive(1), point.reasons),
      ...(point.crlIssuer === undefined
        ? []
        : [encodeElement(contextConstructed(2), encodeElement(0xa4, encodeName(point.crlIssuer)))]),
    ),
  )
  return extension(OID.crlDistributionPoints, encodeSequence(...encoded))
}

/** What an issuing distribution point limits a list to. */
export interface TestIssuingPoint extends TestDistributionPoint {
  readonly only?: 'user' | 'ca' | 'attribute'
  readonly indirect?: boolean
}

export function issuingDistributionPoint(point: TestIssuingPoint): TestExtension {
  const flag = (number: number, set: boolean) =>
    set ? [encodeElement(contextPrimitive(number), Uint8Array.of(0xff))] : []
  const value = encodeSequence(
    ...encodePointName(point),
    ...flag(1, point.only === 'user'),
    ...flag(2, point.only === 'ca'),
    ...encodeReasons(contextPrimitive(3), point.reasons),
    ...flag(4, point.indirect === true),
    ...flag(5, point.only === 'attribute'),
  )
  return extension(OID.issuingDistributionPoint, value, true)
}

export function certificatePolicies(...policies: readonly string[]): TestExtension {
  const encoded = policies.map((policy) => encodeSequence(encodeOid(policy)))
  return extension(OID.certificatePolicies, encodeSequence(...encoded))
}

/** Critical policies with one qualifier on the policy. */
export function criticalPolicyWithQualifier(policy: string, qualifier: string): TestExtension {
  const list = encodeSequence(encodeSequence(encodeOid(qualifier), encodeElement(TAG.ia5String)))
  return extension(OID.certificatePolicies, encodeSequence(encodeSequence(encodeOid(policy), list)), true)
}

export function policyMappings(...pairs: readonly (readonly [string, string])[]): TestExtension {
  const encoded = pairs.map(([from, to]) => encodeSequence(encodeOid(from), encodeOid(to)))
  return extension(OID.policyMappings, encodeSequence(...encoded), true)
}

export function policyConstraints(
  limits: { readonly requireExplicitPolicy?: number; readonly inhibitPolicyMapping?: number },
  critical = true,
): TestExtension {
  const field = (number: number, value: number | undefined) =>
    value === undefined ? [] : [encodeElement(contextPrimitive(number), encodeInteger(value).subarray(2))]
  const value = encodeSequence(
    ...field(0, limits.requireExplicitPolicy),
    ...field(1, limits.inhibitPolicyMapping),
  )
  return extension(OID.policyConstraints, value, critical)
}

export function inhibitAnyPolicy(skip: number): TestExtension {
  return extension(OID.inhibitAnyPolicy, encodeInteger(skip), true)
}
