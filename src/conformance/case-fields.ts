import { parseBase64 } from '../core/bytes.ts'
import { MAX_CONFORMANCE_LIST } from '../core/limits.ts'

/** A case that is not understood: a field is missing, of another type, or holds a word that has no meaning here. */
export class CaseError extends Error {
  override readonly name = 'CaseError'
}

/** One case as it came. Every read checks the type, because the line is from a stranger. */
export type Case = Readonly<Record<string, unknown>>

/** A field of standard base64. */
export function readBytes(given: Case, field: string): Uint8Array {
  return toBytes(given[field], field)
}

/** A field of standard base64 that may be absent or null. */
export function readOptionalBytes(given: Case, field: string): Uint8Array | undefined {
  return isAbsent(given[field]) ? undefined : readBytes(given, field)
}

/** A list of base64 strings; absent is empty. */
export function readBytesList(given: Case, field: string): Uint8Array[] {
  return readList(given, field).map((item, i) => toBytes(item, `${field}[${i}]`))
}

/** A list of strings; absent is empty. */
export function readStrings(given: Case, field: string): string[] {
  return readList(given, field).map((item, i) => toText(item, `${field}[${i}]`))
}

/** A string. */
export function readString(given: Case, field: string): string {
  return toText(given[field], field)
}

/** A string that may be absent or null. */
export function readOptionalString(given: Case, field: string): string | undefined {
  return isAbsent(given[field]) ? undefined : readString(given, field)
}

/** A non-negative whole number that may be absent or null. */
export function readOptionalCount(given: Case, field: string): number | undefined {
  const value = given[field]
  if (isAbsent(value)) return undefined
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new CaseError(`${field}: expected a non-negative whole number`)
  }
  return value
}

/** true or false; absent is false. */
export function readFlag(given: Case, field: string): boolean {
  const value = given[field]
  if (isAbsent(value)) return false
  if (typeof value !== 'boolean') throw new CaseError(`${field}: expected true or false`)
  return value
}

/** One of a few words; absent is the fallback. */
export function readWord<T extends string>(given: Case, field: string, words: readonly T[], fallback: T): T {
  const text = readOptionalString(given, field)
  if (text === undefined) return fallback
  const word = words.find((candidate) => candidate === text)
  if (word === undefined) throw new CaseError(`${field}: expected one of ${words.join(', ')}`)
  return word
}

/** An instant in the form of RFC 3339. */
export function readInstant(given: Case, field: string): Date {
  const text = readString(given, field)
  const form = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/
  const instant = new Date(text.toUpperCase().replace(' ', 'T'))
  if (!form.test(text) || Number.isNaN(instant.getTime()))
    throw new CaseError(`${field}: expected an RFC 3339 instant`)
  return instant
}

function readList(given: Case, field: string): readonly unknown[] {
  const value = given[field]
  if (isAbsent(value)) return []
  if (!Array.isArray(value)) throw new CaseError(`${field}: expected a list`)
  if (value.length > MAX_CONFORMANCE_LIST)
    throw new CaseError(`${field}: more than ${MAX_CONFORMANCE_LIST} items`)
  return value
}

function toBytes(value: unknown, field: string): Uint8Array {
  const bytes = parseBase64(toText(value, field))
  if (bytes === undefined) throw new CaseError(`${field}: expected standard base64`)
  return bytes
}

function toText(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new CaseError(`${field}: expected a string`)
  return value
}

/** Absent or null, which proto3 JSON takes for the same. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null
}
