import { contextConstructed } from '../asn1/tags.ts'
import { encodeElement, encodeInteger, encodeSequence, encodeTime, encodeUnsigned } from '../asn1/writer.ts'
import {
  END_ENTITY_BASIC_CONSTRAINTS,
  END_ENTITY_KEY_USAGE,
  encodeAuthorityInfoAccess,
  encodeAuthorityKeyIdentifier,
  encodeCrlDistributionPoint,
  encodeExtendedKeyUsage,
  encodeExtensions,
  encodeScopes,
  encodeSubjectAltName,
  encodeSubjectKeyIdentifier,
} from './encode-extension.ts'
import { encodeName } from './encode-name.ts'
import type { CertificatePlan } from './plan.ts'
import { type SigningAlgorithm, encodeSigningAlgorithm } from './signing-algorithm.ts'

/** The fields of every certificate, clients' and authorities' alike. */
export interface TbsFields {
  readonly serialNumber: Uint8Array
  readonly issuerNameDer: Uint8Array
  readonly notBefore: Date
  readonly notAfter: Date
  readonly subjectNameDer: Uint8Array
  readonly publicKeyDer: Uint8Array
  readonly extensions: readonly Uint8Array[]
}

/** `version [0] EXPLICIT INTEGER`: v3 is written 2. */
const VERSION_3 = encodeElement(contextConstructed(0), encodeInteger(2))

/** Encodes a TBSCertificate, RFC 5280 section 4.1. */
export function encodeTbs(fields: TbsFields, algorithm: SigningAlgorithm): Uint8Array {
  return encodeSequence(
    VERSION_3,
    encodeUnsigned(fields.serialNumber),
    encodeSigningAlgorithm(algorithm),
    fields.issuerNameDer,
    encodeSequence(encodeTime(fields.notBefore), encodeTime(fields.notAfter)),
    fields.subjectNameDer,
    fields.publicKeyDer,
    encodeExtensions(3, fields.extensions),
  )
}

/** Encodes the to-be-signed part of a planned client certificate. */
export function encodeTbsCertificate(plan: CertificatePlan, algorithm: SigningAlgorithm): Uint8Array {
  const extensions = [
    END_ENTITY_KEY_USAGE,
    encodeExtendedKeyUsage(plan.profile.extendedKeyUsage),
    END_ENTITY_BASIC_CONSTRAINTS,
    encodeSubjectKeyIdentifier(plan.subjectKeyIdentifier),
    encodeAuthorityKeyIdentifier(plan.issuerKeyIdentifier),
    encodeSubjectAltName(plan.spiffeId, plan.hosts),
    encodeScopes(plan.scopeExtensionOid, plan.scopes),
  ]
  if (plan.crlUrl !== undefined) extensions.push(encodeCrlDistributionPoint(plan.crlUrl))
  const infoAccess = encodeAuthorityInfoAccess(plan)
  if (infoAccess !== undefined) extensions.push(infoAccess)
  return encodeTbs(
    { ...plan, subjectNameDer: encodeName({ commonName: plan.clientId }), extensions },
    algorithm,
  )
}
