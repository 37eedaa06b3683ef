/** What `-o json` prints. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

interface MessageType<T> {
  toJSON(message: T): unknown
}

// Absent rather than "unspecified" when the service did not say.
const ENUM_KEYS: ReadonlySet<string> = new Set([
  'role',
  'state',
  'status',
  'reason',
  'revocationReason',
  'denyReason',
  'decision',
  'outcome',
])

/**
 * Turns a message into JSON with the field names of the proto. Numbers are numbers, instants RFC 3339, enums their
 * names, octets base64, except digests (`*_sha256`), which are hex as every other tool prints them. Empty lists and strings,
 * zeros and false are there, so that a script finds every key.
 */
export function messageToJson<T>(type: MessageType<T>, message: T): Json {
  return merge('', message, type.toJSON(message))
}

function merge(key: string, value: unknown, encoded: unknown): Json {
  if (typeof value === 'bigint') return toNumber(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString(/sha256$/i.test(key) ? 'hex' : 'base64')
  if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, 'Z')
  if (Array.isArray(value)) {
    const items = Array.isArray(encoded) ? (encoded as unknown[]) : []
    return value.map((item: unknown, index) => merge(key, item, items[index]))
  }
  if (typeof value === 'object' && value !== null) return mergeObject(value, encoded)
  if (typeof encoded === 'string' || typeof encoded === 'number' || typeof encoded === 'boolean')
    return encoded
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return null
}

function mergeObject(value: object, encoded: unknown): Json {
  const source = typeof encoded === 'object' && encoded !== null ? (encoded as Record<string, unknown>) : {}
  const result: Record<string, Json> = {}
  for (const [key, field] of Object.entries(value) as [string, unknown][]) {
    if (field === undefined) continue
    if (isOneof(field)) {
      result[toSnakeCase(field.$case)] = merge(field.$case, field.value, source[field.$case])
    } else if (!(field === 0 && ENUM_KEYS.has(key))) {
      result[toSnakeCase(key)] = merge(key, field, source[key])
    }
  }
  return result
}

function isOneof(value: unknown): value is { readonly $case: string; readonly value: unknown } {
  return typeof value === 'object' && value !== null && '$case' in value && typeof value.$case === 'string'
}

function toNumber(value: bigint): Json {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}

function toSnakeCase(key: string): string {
  // `sha256` and its kind keep their digits: certificateSha256 is certificate_sha256 in the proto.
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
