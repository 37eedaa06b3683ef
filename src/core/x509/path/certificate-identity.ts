import { equalBytes, formatBase64 } from '../../bytes.ts'
import { sha256 } from '../../crypto.ts'
import { formatName, sameName } from '../name.ts'
import type { Certificate, Name } from '../types.ts'

const nameKeys = new WeakMap<Name, string>()

/** A key for maps under which two names are equal exactly if RFC 5280 section 7.1 calls them the same. */
export function nameKey(name: Name): string {
  let key = nameKeys.get(name)
  if (key === undefined) {
    key = JSON.stringify(name.comparable)
    nameKeys.set(name, key)
  }
  return key
}

const digests = new WeakMap<object, string>()

/** SHA-256 of an encoding in base64, computed once per parsed object. */
export function digestOf(parsed: { readonly der: Uint8Array }): string {
  let digest = digests.get(parsed)
  if (digest === undefined) {
    digest = formatBase64(sha256(parsed.der))
    digests.set(parsed, digest)
  }
  return digest
}

/** True if both are the very same certificate. */
export function sameCertificate(a: Certificate, b: Certificate): boolean {
  return a === b || equalBytes(a.der, b.der)
}

/** True if both speak for one name with one key, whoever certified it: a loop if both are in one path. */
export function sameEntity(a: Certificate, b: Certificate): boolean {
  return sameName(a.subject, b.subject) && equalBytes(a.publicKey.der, b.publicKey.der)
}

/** Issuer and subject are the same name (RFC 5280 section 6.1): not counted in path lengths, exempt from name constraints. */
export function isSelfIssued(certificate: Certificate): boolean {
  return sameName(certificate.issuer, certificate.subject)
}

/** True for a CA as section 6.1.4 (k) asks: version 3 and `cA`. */
export function isCa(certificate: Certificate): boolean {
  return certificate.version === 3 && certificate.basicConstraints?.ca === true
}

/** Longest name that a message repeats: names come from strangers, messages go to logs. */
const MAX_DESCRIBED_LENGTH = 160

/** Names a certificate in a message. */
export function describe(certificate: Certificate): string {
  const subject = formatName(certificate.subject)
  if (subject === '') return 'the certificate without subject'
  return subject.length > MAX_DESCRIBED_LENGTH
    ? `"${subject.slice(0, MAX_DESCRIBED_LENGTH)}..."`
    : `"${subject}"`
}
