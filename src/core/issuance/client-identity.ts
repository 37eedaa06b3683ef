import { MAX_CLIENT_ID_LENGTH } from '../limits.ts'
import { DomainError, MalformedError } from '../errors.ts'
import { OID } from '../asn1/oids.ts'
import type { Certificate } from '../x509/types.ts'

/** Who a certificate speaks for. */
export interface ClientIdentity {
  readonly clientId: string
  readonly spiffeId: string
}

/**
 * A SPIFFE trust domain (SPIFFE-ID section 2.1) that is also a full host name, dot and all: RFC 5280 section 4.2.1.6 asks that of
 * the host in a URI name. 255 characters at most.
 */
const TRUST_DOMAIN = /^(?=.{1,255}$)[a-z0-9_-]+(\.[a-z0-9_-]+)+$/

/** First character a letter or digit, so that an id is never `.`, `..` or an option of a command. */
const CLIENT_ID = new RegExp(`^[a-z0-9][a-z0-9._-]{0,${MAX_CLIENT_ID_LENGTH - 1}}$`)

/** True if the text is a client id. */
export function isClientId(text: string): boolean {
  return CLIENT_ID.test(text)
}

/**
 * Takes a text as a client id.
 *
 * @throws {@link DomainError} FIELD_INVALID
 */
export function parseClientId(text: string, field = 'client_id'): string {
  if (!isClientId(text)) {
    const rule = `1-${MAX_CLIENT_ID_LENGTH} characters of a-z, 0-9, ., _ and -, starting with a letter or digit`
    throw new DomainError('FIELD_INVALID', `${field}: a client id is ${rule}`, { field })
  }
  return text
}

/**
 * Takes a text as a trust domain.
 *
 * @throws {@link DomainError} FIELD_INVALID
 */
export function parseTrustDomain(text: string, field = 'trust_domain'): string {
  if (!TRUST_DOMAIN.test(text)) {
    const rule =
      'lower-case labels joined by at least one dot, such as chancery.internal, 255 characters at most'
    throw new DomainError('FIELD_INVALID', `${field}: a trust domain is ${rule}`, { field })
  }
  return text
}

/** The SPIFFE ID of a client, the one URI name of its certificates. */
export function formatSpiffeId(trustDomain: string, clientId: string): string {
  return `spiffe://${trustDomain}/client/${clientId}`
}

/**
 * Reads whom a certificate was issued to. Both places that name the client must be there and agree: a certificate that names two
 * would be one client here and another at a verifier that looks elsewhere.
 *
 * @throws {@link MalformedError} `subject.common_name` (not exactly one, or no client id), `subject.uri` (not exactly one URI
 * name), `subject.trust_domain` (the URI is not one of this domain's clients), `subject.mismatch` (URI and common name differ)
 */
export function clientIdentity(certificate: Certificate, trustDomain: string): ClientIdentity {
  const clientId = commonName(certificate)
  const spiffeId = uriName(certificate)
  if (!spiffeId.startsWith(formatSpiffeId(trustDomain, ''))) {
    throw new MalformedError('subject.trust_domain', 'the URI name is no client of this trust domain')
  }
  if (spiffeId !== formatSpiffeId(trustDomain, clientId)) {
    throw new MalformedError('subject.mismatch', 'the URI name and the common name are different clients')
  }
  return { clientId, spiffeId }
}

function commonName(certificate: Certificate): string {
  const names = certificate.subject.rdns.flat().filter(({ oid }) => oid === OID.commonName)
  const [name] = names
  if (!name || names.length > 1 || !isClientId(name.value)) {
    throw new MalformedError(
      'subject.common_name',
      'the subject does not have exactly one common name that is a client id',
    )
  }
  return name.value
}

function uriName(certificate: Certificate): string {
  const names = (certificate.subjectAltName ?? []).filter((name) => name.type === 'uri')
  const [name] = names
  if (!name || names.length > 1) {
    throw new MalformedError('subject.uri', 'the certificate does not have exactly one URI name')
  }
  return name.value
}
