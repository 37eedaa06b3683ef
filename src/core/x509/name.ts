import { type DerElement, DerReader } from '../asn1/reader.ts'
import { OID } from '../asn1/oids.ts'
import { TAG } from '../asn1/tags.ts'
import { checkDer, decodeOid } from '../asn1/values.ts'
import { formatHex } from '../bytes.ts'
import { MalformedError } from '../errors.ts'
import { MAX_NAME_ATTRIBUTES } from '../limits.ts'
import { decodeDirectoryString } from './directory-string.ts'
import type { Name, NameAttribute } from './types.ts'

/**
 * Parses a Name (RFC 5280 section 4.1.2.4).
 *
 * @throws {@link MalformedError} `name.*` or `der.*`.
 */
export function parseName(element: DerElement): Name {
  if (element.tag !== TAG.sequence)
    throw new MalformedError('name.not_a_sequence', 'a Name is not a SEQUENCE')
  const reader = element.enter()
  const rdns: NameAttribute[][] = []
  const comparable: string[] = []
  let count = 0
  while (!reader.done) {
    const rdn = reader.read(TAG.set)
    const attributes = readAttributes(rdn.enter())
    count += attributes.length
    if (count > MAX_NAME_ATTRIBUTES)
      throw new MalformedError('name.too_many_attributes', 'a name is too long')
    rdns.push(attributes)
    comparable.push(comparableRelativeName(attributes))
  }
  return { der: element.der, rdns, comparable }
}

/** Parses the content of a RelativeDistinguishedName: one attribute or more. */
export function parseRelativeName(content: Uint8Array): NameAttribute[] {
  return readAttributes(new DerReader(content))
}

function readAttributes(reader: DerReader): NameAttribute[] {
  const attributes: NameAttribute[] = []
  do {
    if (attributes.length === MAX_NAME_ATTRIBUTES) {
      throw new MalformedError('name.too_many_attributes', 'a relative distinguished name is too long')
    }
    const attribute = reader.enter(TAG.sequence)
    const oid = decodeOid(attribute.read(TAG.oid))
    const value = attribute.readAny()
    attribute.end()
    attributes.push({ oid, tag: value.tag, value: decodeAttributeValue(value) })
  } while (!reader.done)
  return attributes
}

function decodeAttributeValue(element: DerElement): string {
  const text = decodeDirectoryString(element)
  if (text !== undefined) return text
  checkDer(element.der)
  return `#${formatHex(element.der)}`
}

/** True if both are the same name after RFC 5280 section 7.1. */
export function sameName(a: Name, b: Name): boolean {
  return a.comparable.length === b.comparable.length && isWithinSubtree(a, b)
}

/** True if `base` is the start of `name`: what a directoryName constraint asks (RFC 5280 section 7.1). */
export function isWithinSubtree(name: Name, base: Name): boolean {
  if (base.comparable.length > name.comparable.length) return false
  for (let i = 0; i < base.comparable.length; i++) if (base.comparable[i] !== name.comparable[i]) return false
  return true
}

/** True for a name without any attribute. */
export function isEmptyName(name: Name): boolean {
  return name.rdns.length === 0
}

// NUL separates, because no decoded text can hold it.
function comparableRelativeName(attributes: readonly NameAttribute[]): string {
  if (attributes.length === 1) return comparableAttribute(attributes[0]!)
  return attributes.map(comparableAttribute).sort().join('\0')
}

function comparableAttribute({ oid, tag, value }: NameAttribute): string {
  return isTextTag(tag) ? `${oid}=${foldText(value)}` : `${oid}\0${value}`
}

function isTextTag(tag: number): boolean {
  switch (tag) {
    case TAG.utf8String:
    case TAG.printableString:
    case TAG.teletexString:
    case TAG.ia5String:
    case TAG.bmpString:
    case TAG.universalString:
    case TAG.numericString:
    case TAG.visibleString:
      return true
    default:
      return false
  }
}

/** Folds case and white space in the manner of RFC 4518, which RFC 5280 section 7.1 prescribes. */
function foldText(text: string): string {
  const ascii = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(text)
  if (ascii) return text.toLowerCase()
  // toLowerCase leaves a final sigma and the sharp s apart from what they are compared with.
  const folded = text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('\u03c2', '\u03c3')
    .replaceAll('\u00df', 'ss')
  // Soft hyphens, zero-width characters and the like are mapped to nothing (RFC 4518 section 2.2).
  return folded
    .replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}

const SHORT_NAMES = new Map<string, string>([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'title'],
  ['2.5.4.42', 'GN'],
  ['2.5.4.46', 'dnQualifier'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  [OID.emailAddress, 'emailAddress'],
])

/** Formats a name for people, after RFC 4514: the last RDN first. Never compare this text: see {@link sameName}. */
export function formatName(name: Name): string {
  return name.rdns
    .map((rdn) => rdn.map(formatAttribute).join('+'))
    .reverse()
    .join(',')
}

function formatAttribute({ oid, tag, value }: NameAttribute): string {
  if (!isTextTag(tag)) return `${oid}=${value}`
  return `${SHORT_NAMES.get(oid) ?? oid}=${escapeValue(value)}`
}

// RFC 4514 section 2.4. Control characters too, so that a name cannot forge a line in a log.
function escapeValue(value: string): string {
  return value
    .replace(/^[ #]| $|[\\"+,;<>]/g, '\\$&')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
      [...Buffer.from(character, 'utf8')].map((octet) => `\\${octet.toString(16).padStart(2, '0')}`).join(''),
    )
}

/** The text of the one attribute of this type; `undefined` when there is none or more than one. */
export function singleAttribute(name: Name, oid: string): string | undefined {
  const found = name.rdns.flat().filter((attribute) => attribute.oid === oid)
  return found.length === 1 ? found[0]!.value : undefined
}
