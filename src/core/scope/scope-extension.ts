import { OID } from '../asn1/oids.ts'
import { enterDer } from '../asn1/reader.ts'
import { TAG } from '../asn1/tags.ts'
import { decodeSmallInteger, decodeUtf8String } from '../asn1/values.ts'
import { encodeInteger, encodeSequence, encodeUtf8String } from '../asn1/writer.ts'
import { DomainError, MalformedError } from '../errors.ts'
import { MAX_SCOPES } from '../limits.ts'
import type { Certificate } from '../x509/types.ts'
import { isScope } from './scope.ts'

/**
 * The certificate extension that carries scopes:
 *
 * ```text
 * ChanceryScopes ::= SEQUENCE { version INTEGER (1), scopes SEQUENCE OF UTF8String }
 * ```
 *
 * Sorted by octets, no duplicates, concrete scopes only: one set has one encoding. An empty list is valid and grants nothing.
 */
const VERSION = 1

const DOTTED_OID = /^(?:[01]\.[1-3]?[0-9]|2\.(?:0|[1-9][0-9]{0,9}))(?:\.(?:0|[1-9][0-9]{0,38})){1,16}$/
const MAX_DOTTED_LENGTH = 128
/** The arcs of the standard extensions (RFC 5280 section 4.2). */
const STANDARD_ARCS = ['2.5.29.', '1.3.6.1.5.5.7.1.']

/**
 * Takes a text as the OID of the scope extension, which every certificate will have, for good.
 *
 * @throws {@link DomainError} FIELD_INVALID if it is none, or has a meaning already
 */
export function parseScopeExtensionOid(text: string, field = 'scope_extension_oid'): string {
  const taken =
    STANDARD_ARCS.some((arc) => text.startsWith(arc)) ||
    (text !== OID.scopeExtension && Object.values<string>(OID).includes(text))
  if (taken || text.length > MAX_DOTTED_LENGTH || !DOTTED_OID.test(text)) {
    const message = `${field}: must be an OID of your own in dotted form, such as ${OID.scopeExtension}`
    throw new DomainError('FIELD_INVALID', message, { field })
  }
  return text
}

/** Encodes the extension's value. The scopes must be normalized, as `parseScopes` leaves them; the lint before signing looks again. */
export function encodeScopeExtension(scopes: readonly string[]): Uint8Array {
  return encodeSequence(encodeInteger(VERSION), encodeSequence(...scopes.map(encodeUtf8String)))
}

/**
 * Decodes the extension's value strictly.
 *
 * @throws {@link MalformedError} `scopes.malformed` (not DER of this type, or something left over), `scopes.version`,
 * `scopes.too_many`, `scopes.syntax`, `scopes.duplicate`, `scopes.unsorted`
 */
export function decodeScopeExtension(value: Uint8Array): readonly string[] {
  try {
    return decode(value)
  } catch (error) {
    if (error instanceof MalformedError && error.defect.startsWith('der.')) {
      throw new MalformedError('scopes.malformed', `the scope extension: ${error.message}`)
    }
    throw error
  }
}

function decode(value: Uint8Array): readonly string[] {
  const outer = enterDer(value, TAG.sequence)
  if (decodeSmallInteger(outer.read(TAG.integer)) !== VERSION) {
    throw new MalformedError('scopes.version', 'the scope extension has another version than 1')
  }
  const list = outer.enter(TAG.sequence)
  outer.end()
  const scopes: string[] = []
  while (!list.done) {
    const scope = decodeUtf8String(list.read(TAG.utf8String).content)
    checkNext(scopes, scope)
    scopes.push(scope)
  }
  return scopes
}

function checkNext(scopes: readonly string[], scope: string): void {
  if (scopes.length === MAX_SCOPES)
    throw new MalformedError('scopes.too_many', `more than ${MAX_SCOPES} scopes`)
  if (!isScope(scope)) throw new MalformedError('scopes.syntax', 'an entry is not a concrete scope')
  const previous = scopes.at(-1)
  if (previous === scope) throw new MalformedError('scopes.duplicate', 'a scope occurs twice')
  if (previous !== undefined && previous > scope)
    throw new MalformedError('scopes.unsorted', 'the scopes are not sorted')
}

/**
 * Reads the scopes of a certificate. A certificate without the extension is refused rather than read as one without scopes: it was
 * not made for this purpose.
 *
 * @throws {@link MalformedError} `scopes.absent`, or as {@link decodeScopeExtension}
 */
export function certificateScopes(certificate: Certificate, scopeExtensionOid: string): readonly string[] {
  const extension = certificate.extensions.get(scopeExtensionOid)
  if (!extension) throw new MalformedError('scopes.absent', 'the certificate has no scope extension')
  return decodeScopeExtension(extension.value)
}
