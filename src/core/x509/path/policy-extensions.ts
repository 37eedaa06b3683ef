import { OID } from '../../asn1/oids.ts'
import { enterDer, DerReader } from '../../asn1/reader.ts'
import { TAG } from '../../asn1/tags.ts'
import { decodeOid, decodeSmallInteger } from '../../asn1/values.ts'
import type { Certificate } from '../types.ts'

/** The policy extensions of one certificate, RFC 5280 sections 4.2.1.4, 4.2.1.5 and 4.2.1.14. The parser checked their form. */
export interface PolicyExtensions {
  readonly policies: readonly string[] | undefined
  /** Issuer domain policy and the subject domain policy that the issuer calls equal. */
  readonly mappings: readonly (readonly [string, string])[]
  readonly inhibitAnyPolicy: number | undefined
  /** True if the policies are critical and have a qualifier that this software does not know. */
  readonly hasUnknownCriticalQualifier: boolean
}

/** id-qt-cps and id-qt-unotice: text for people, with nothing to enforce. */
const KNOWN_QUALIFIERS: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.2.1', '1.3.6.1.5.5.7.2.2'])

/** Decodes the policy extensions. */
export function readPolicyExtensions(certificate: Certificate): PolicyExtensions {
  const policyExtension = certificate.extensions.get(OID.certificatePolicies)
  const decoded = policyExtension && decodePolicies(policyExtension.value)
  const mappings = certificate.extensions.get(OID.policyMappings)
  const inhibit = certificate.extensions.get(OID.inhibitAnyPolicy)
  return {
    policies: decoded?.policies,
    mappings: mappings === undefined ? [] : decodeMappings(mappings.value),
    inhibitAnyPolicy: inhibit && decodeSmallInteger(new DerReader(inhibit.value).read(TAG.integer)),
    hasUnknownCriticalQualifier:
      policyExtension?.critical === true &&
      decoded?.qualifiers.some((oid) => !KNOWN_QUALIFIERS.has(oid)) === true,
  }
}

function decodePolicies(value: Uint8Array) {
  const policies: string[] = []
  const qualifiers: string[] = []
  const reader = enterDer(value, TAG.sequence)
  while (!reader.done) {
    const information = reader.enter(TAG.sequence)
    policies.push(decodeOid(information.read(TAG.oid)))
    const list = information.enterOptional(TAG.sequence)
    while (list !== undefined && !list.done) {
      qualifiers.push(decodeOid(list.enter(TAG.sequence).read(TAG.oid)))
    }
  }
  return { policies, qualifiers }
}

function decodeMappings(value: Uint8Array): (readonly [string, string])[] {
  const mappings: (readonly [string, string])[] = []
  const reader = enterDer(value, TAG.sequence)
  while (!reader.done) {
    const mapping = reader.enter(TAG.sequence)
    mappings.push([decodeOid(mapping.read(TAG.oid)), decodeOid(mapping.read(TAG.oid))])
  }
  return mappings
}
