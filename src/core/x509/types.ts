/**
 * What the parsers of this folder return. Every value was checked while parsing; nothing here can hold a malformed
 * encoding. `Uint8Array`s are views on the input.
 */

/** One attribute of a relative distinguished name. */
export interface NameAttribute {
  readonly oid: string
  /** Identifier octet of the value's string type. */
  readonly tag: number
  /** The value as text. Octets that are no text (unknown types) are given in hex after `#`. */
  readonly value: string
}

/** A distinguished name. */
export interface Name {
  readonly der: Uint8Array
  readonly rdns: readonly (readonly NameAttribute[])[]
  /**
   * One RDN per entry in a form in which two names are the same name exactly if their entries are equal: RFC 5280 section 7.1
   * (case folded, white space collapsed, string types PrintableString/UTF8String/... alike).
   */
  readonly comparable: readonly string[]
}

/** An algorithm identifier; `parametersDer` is absent when the parameters are. */
export interface AlgorithmIdentifier {
  readonly oid: string
  readonly parametersDer: Uint8Array | undefined
  readonly der: Uint8Array
}

/** One extension as encoded; `value` is the content of its OCTET STRING. */
export interface Extension {
  readonly oid: string
  readonly critical: boolean
  readonly value: Uint8Array
}

/** A subject public key, structurally checked. Whether its type and size are accepted is policy: `public-key.ts`. */
export interface SubjectPublicKeyInfo {
  readonly der: Uint8Array
  readonly algorithm: AlgorithmIdentifier
  readonly keyBytes: Uint8Array
}

export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly'

export interface BasicConstraints {
  readonly ca: boolean
  readonly pathLength: number | undefined
}

/** RFC 5280 section 4.2.1.6. `other` covers otherName, x400Address, ediPartyName and registeredID. */
export type GeneralName =
  | { readonly type: 'email'; readonly value: string }
  | { readonly type: 'dns'; readonly value: string }
  | { readonly type: 'uri'; readonly value: string }
  | { readonly type: 'ip'; readonly value: Uint8Array }
  | { readonly type: 'directory'; readonly value: Name }
  | { readonly type: 'other'; readonly tag: number; readonly value: Uint8Array }

export interface NameConstraints {
  readonly permitted: readonly GeneralName[]
  readonly excluded: readonly GeneralName[]
}

export interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Uint8Array | undefined
  readonly issuer: readonly GeneralName[] | undefined
  readonly serialNumber: Uint8Array | undefined
}

/** ReasonFlags of RFC 5280 section 4.2.1.13, by bit name. */
export type ReasonFlag =
  | 'keyCompromise'
  | 'cACompromise'
  | 'affiliationChanged'
  | 'superseded'
  | 'cessationOfOperation'
  | 'certificateHold'
  | 'privilegeWithdrawn'
  | 'aACompromise'

/** A distribution point name: full names, or an RDN relative to the CRL issuer. */
export type DistributionPointName =
  | { readonly type: 'full'; readonly names: readonly GeneralName[] }
  | { readonly type: 'relative'; readonly rdnDer: Uint8Array }

export interface DistributionPoint {
  readonly name: DistributionPointName | undefined
  readonly reasons: ReadonlySet<ReasonFlag> | undefined
  readonly crlIssuer: readonly GeneralName[] | undefined
}

export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined
  readonly inhibitPolicyMapping: number | undefined
}

/** An X.509 v3 (or v1) certificate, RFC 5280 section 4.1. */
export interface Certificate {
  readonly der: Uint8Array
  readonly tbsDer: Uint8Array
  readonly version: 1 | 2 | 3
  /** Content octets of the INTEGER. */
  readonly serialNumber: Uint8Array
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  readonly issuer: Name
  readonly subject: Name
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKey: SubjectPublicKeyInfo
  /** By OID, in the order of the certificate. No OID occurs twice. */
  readonly extensions: ReadonlyMap<string, Extension>
  /** The extensions below are decoded when present; one that is present but malformed made the parser refuse. */
  readonly basicConstraints: BasicConstraints | undefined
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined
  readonly extendedKeyUsage: readonly string[] | undefined
  readonly subjectAltName: readonly GeneralName[] | undefined
  readonly nameConstraints: NameConstraints | undefined
  readonly subjectKeyIdentifier: Uint8Array | undefined
  readonly authorityKeyIdentifier: AuthorityKeyIdentifier | undefined
  readonly crlDistributionPoints: readonly DistributionPoint[] | undefined
  readonly freshestCrl: readonly DistributionPoint[] | undefined
  readonly policyConstraints: PolicyConstraints | undefined
}

/** PKCS #10, RFC 2986. Proof of possession is checked by `verifyCsr`, not by the parser. */
export interface CertificateSigningRequest {
  readonly der: Uint8Array
  readonly infoDer: Uint8Array
  readonly subject: Name
  readonly publicKey: SubjectPublicKeyInfo
  readonly requestedExtensions: ReadonlyMap<string, Extension>
  readonly requestedSubjectAltName: readonly GeneralName[] | undefined
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
}

/** RFC 5280 section 5.2.5. */
export interface IssuingDistributionPoint {
  readonly name: DistributionPointName | undefined
  readonly onlyContainsUserCerts: boolean
  readonly onlyContainsCaCerts: boolean
  readonly onlySomeReasons: ReadonlySet<ReasonFlag> | undefined
  readonly indirectCrl: boolean
  readonly onlyContainsAttributeCerts: boolean
}

/** CRLReason of RFC 5280 section 5.3.1, by name. */
export type CrlReason =
  | 'unspecified'
  | 'keyCompromise'
  | 'cACompromise'
  | 'affiliationChanged'
  | 'superseded'
  | 'cessationOfOperation'
  | 'certificateHold'
  | 'removeFromCRL'
  | 'privilegeWithdrawn'
  | 'aACompromise'

/** One entry of a CRL. */
export interface CrlEntry {
  readonly serialNumber: Uint8Array
  readonly revocationDate: Date
  readonly reason: CrlReason | undefined
  readonly invalidityDate: Date | undefined
}

/** A complete or delta CRL, RFC 5280 section 5.1. Parsing refuses unknown critical extensions, in the list and in entries. */
export interface CertificateList {
  readonly der: Uint8Array
  readonly tbsDer: Uint8Array
  readonly version: 1 | 2
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  readonly issuer: Name
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
  readonly extensions: ReadonlyMap<string, Extension>
  readonly crlNumber: bigint | undefined
  /** Set exactly on delta CRLs: the BaseCRLNumber. */
  readonly baseCrlNumber: bigint | undefined
  readonly authorityKeyIdentifier: AuthorityKeyIdentifier | undefined
  readonly issuingDistributionPoint: IssuingDistributionPoint | undefined
  readonly freshestCrl: readonly DistributionPoint[] | undefined
  /** How many entries there are. */
  readonly entryCount: number
  /** Entries in order, decoded on the fly; a million of them are never all in memory. */
  entries(): Iterable<CrlEntry>
  /** The entry for a serial number (content octets of its INTEGER), if there is one. O(1) after the first call. */
  find(serialNumber: Uint8Array): CrlEntry | undefined
}
