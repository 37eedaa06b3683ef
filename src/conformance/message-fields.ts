import { type Case, CaseError, isAbsent, readString } from './case-fields.ts'
import { readObject } from './read-message.ts'

/**
 * Reads an object within a case, in which no other names may stand: what is misspelt would else count as left out. A complaint about a field names the way
 * to it. Absent or null is `undefined`, as in the JSON mapping of proto3.
 */
export function readFields<T>(
  given: Case,
  field: string,
  names: readonly string[],
  read: (fields: Case) => T,
): T | undefined {
  if (isAbsent(given[field])) return undefined
  const fields = readObject(given, field)
  return withPath(field, () => {
    refuseUnknown(fields, names)
    return read(fields)
  })
}

/** A list of such objects; absent is empty. */
export function readFieldsList<T>(
  given: Case,
  field: string,
  names: readonly string[],
  read: (fields: Case) => T,
): T[] {
  const items = given[field] ?? []
  if (!Array.isArray(items)) throw new CaseError(`${field}: expected a list`)
  return items.map((item: unknown, i) =>
    readFields({ [`${field}[${i}]`]: item ?? {} }, `${field}[${i}]`, names, read)!,
  )
}

/** Refuses names that have no meaning. */
export function refuseUnknown(fields: Case, names: readonly string[]): void {
  const unknown = Object.keys(fields).find((name) => !names.includes(name))
  if (unknown !== undefined) throw new CaseError(`${unknown.slice(0, 64)}: there is no such field`)
}

/** The name of the one member that is set; `undefined` if none is. */
export function readOneof<T extends string>(fields: Case, names: readonly T[]): T | undefined {
  const [first, second] = names.filter((name) => !isAbsent(fields[name]))
  if (second !== undefined) throw new CaseError(`${second}: excludes ${first!}`)
  return first
}

/** A uint64 of proto3 JSON: decimal digits in a string, or a number. */
export function readUint64(fields: Case, field: string): bigint {
  const value = fields[field]
  const text = typeof value === 'number' ? String(value) : value
  if (
    typeof text !== 'string' ||
    !/^\d{1,20}$/.test(text) ||
    BigInt.asUintN(64, BigInt(text)) !== BigInt(text)
  )
    throw new CaseError(`${field}: expected a uint64`)
  return BigInt(text)
}

/** A Duration of proto3 JSON such as `1.5s`, in milliseconds. */
export function readDuration(fields: Case, field: string): number {
  const text = readString(fields, field)
  if (!/^-?\d{1,12}(\.\d{1,9})?s$/.test(text))
    throw new CaseError(`${field}: expected a duration such as 1.5s`)
  return Number(text.slice(0, -1)) * 1000
}

function withPath<T>(field: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof CaseError) throw new CaseError(`${field}.${error.message}`)
    throw error
  }
}
