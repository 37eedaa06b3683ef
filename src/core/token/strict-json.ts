import { decodeUtf8 } from '../bytes.ts'
import { MalformedError } from '../errors.ts'
import { MAX_JSON_DEPTH } from '../limits.ts'

/** A JSON object in which every name was there once. Read it with {@link member}. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Reads octets that must be one JSON object in UTF-8. Stricter than `JSON.parse`: a name twice in one object is refused, at any depth, because two
 * readers would take different ones for the real one (RFC 7515 section 4, RFC 8259 section 4). The caller bounds the size.
 *
 * @throws {@link MalformedError} `json.utf8`, `json.syntax`, `json.duplicate`, `json.depth`, `json.not_an_object`
 */
export function parseJsonObject(octets: Uint8Array): JsonObject {
  const text = decodeUtf8(octets)
  if (text === undefined) throw new MalformedError('json.utf8', 'the JSON is not well-formed UTF-8')
  return parseJsonObjectText(text)
}

/**
 * The same for text.
 *
 * @throws {@link MalformedError} as {@link parseJsonObject}
 */
export function parseJsonObjectText(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new MalformedError('json.syntax', 'the text is not JSON')
  }
  checkNames(text)
  if (!isJsonObject(value)) throw new MalformedError('json.not_an_object', 'the JSON is not an object')
  return value
}

/** True for an object that is neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member of the object itself; `undefined` also for what every object inherits. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g

/** Walks over text that is known to be JSON, and refuses names that are there twice. */
function checkNames(text: string): void {
  // One entry for each open object or array; an array has no names.
  const open: (Set<string> | undefined)[] = []
  let expectsName = false
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') {
      if (open.push(token === '{' ? new Set() : undefined) > MAX_JSON_DEPTH)
        throw new MalformedError('json.depth', `the JSON is nested deeper than ${MAX_JSON_DEPTH}`)
      expectsName = token === '{'
    } else if (token === '}' || token === ']') {
      open.pop()
      expectsName = false
    } else if (token === ',') {
      expectsName = open.at(-1) !== undefined
    } else if (expectsName) {
      // Compared as they are read: `a` and its escape are one name.
      const name = JSON.parse(token) as string
      const names = open.at(-1)!
      if (names.has(name)) throw new MalformedError('json.duplicate', 'a name is there twice in one object')
      names.add(name)
      expectsName = false
    }
  }
}
