import { contextConstructed } from '../asn1/tags.ts'
import { encodeElement, encodeInteger, encodeSequence, encodeTime, encodeUnsigned } from '../asn1/writer.ts'
import { concatBytes } from '../bytes.ts'
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
import type { Profile } from './profile.ts'
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
  const { usage, authorityKey, infoAccess } = encodeShared(plan)
  const extensions = [
    usage,
    encodeSubjectKeyIdentifier(plan.subjectKeyIdentifier),
    authorityKey,
    encodeSubjectAltName(plan.spiffeId, plan.hosts),
    encodeScopes(plan.scopeExtensionOid, plan.scopes),
    // Not shared: of a list in parts, each certificate names its own.
    ...(plan.crlUrl === undefined ? [] : [encodeCrlDistributionPoint(plan.crlUrl)]),
    infoAccess,
  ]
  return encodeTbs(
    { ...plan, subjectNameDer: encodeName({ commonName: plan.clientId }), extensions },
    algorithm,
  )
}

type SharedFields = Pick<CertificatePlan, 'issuerKeyIdentifier' | 'issuerUrl' | 'ocspUrl'>

/** The extensions that are the same in all certificates of one profile and one issuer, in their order; those of one array are joined. */
interface SharedExtensions extends SharedFields {
  readonly usage: Uint8Array
  readonly authorityKey: Uint8Array
  readonly infoAccess: Uint8Array
}

/** What was encoded last for a profile. A service has one issuer at a time, and few profiles. */
const shared = new WeakMap<Profile, SharedExtensions>()

function encodeShared(plan: CertificatePlan): SharedExtensions {
  const { profile, issuerKeyIdentifier, issuerUrl, ocspUrl } = plan
  const last = shared.get(profile)
  if (
    last?.issuerKeyIdentifier === issuerKeyIdentifier &&
    last.issuerUrl === issuerUrl &&
    last.ocspUrl === ocspUrl
  ) {
    return last
  }
  const usage = concatBytes([
    END_ENTITY_KEY_USAGE,
    encodeExtendedKeyUsage(profile.extendedKeyUsage),
    END_ENTITY_BASIC_CONSTRAINTS,
  ])
  const authorityKey = encodeAuthorityKeyIdentifier(issuerKeyIdentifier)
  const infoAccess = encodeAuthorityInfoAccess(plan) ?? new Uint8Array(0)
  const made = { issuerKeyIdentifier, issuerUrl, ocspUrl, usage, authorityKey, infoAccess }
  shared.set(profile, made)
  return made
}
