import { MalformedError } from '../../errors.ts'
import {
  MAX_STRUCTURED_FIELD_ITEMS,
  MAX_STRUCTURED_FIELD_MEMBERS,
  MAX_STRUCTURED_FIELD_PARAMETERS,
} from '../../limits.ts'
import { type Cursor, createCursor, isAtEnd, skipSpaces, take, takeCharacter } from './cursor.ts'
import { parseBareItem } from './parse-bare-item.ts'
import type { BareItem, Dictionary, InnerList, Item, List, Member, Parameters } from './value.ts'

/** How to read a field; `unique` refuses a repeated key, where RFC 9651 takes the last. */
export interface ParseOptions {
  readonly unique?: boolean
}

/**
 * Parses a field that is an item (RFC 9651 section 4.2), given its lines as text in which each character is one octet.
 *
 * @throws {@link MalformedError} `structured_field.*`
 */
export function parseItem(lines: readonly string[], options: ParseOptions = {}): Item {
  return parseWhole(lines, options, readItem)
}

/**
 * Parses a field that is a list.
 *
 * @throws {@link MalformedError} `structured_field.*`
 */
export function parseList(lines: readonly string[], options: ParseOptions = {}): List {
  return parseWhole(lines, options, (cursor) => {
    const members: Member[] = []
    readMembers(cursor, () => members.push(readMember(cursor)))
    return members
  })
}

/**
 * Parses a field that is a dictionary. A repeated key keeps its first place and its last value.
 *
 * @throws {@link MalformedError} `structured_field.*`
 */
export function parseDictionary(lines: readonly string[], options: ParseOptions = {}): Dictionary {
  return parseWhole(lines, options, (cursor) => {
    const members = new Map<string, Member>()
    readMembers(cursor, () => {
      const key = readKey(cursor, members)
      members.set(key, takeCharacter(cursor, '=') ? readMember(cursor) : readFlag(cursor))
    })
    return members
  })
}

/**
 * Parses text that is one inner list with its parameters, as a member of a list would be.
 *
 * @throws {@link MalformedError} `structured_field.*`
 */
export function parseInnerList(text: string, options: ParseOptions = {}): InnerList {
  return parseWhole([text], options, readInnerList)
}

function parseWhole<T>(
  lines: readonly string[],
  { unique = false }: ParseOptions,
  read: (cursor: Cursor) => T,
): T {
  const cursor = createCursor(lines, unique)
  skipSpaces(cursor)
  const value = read(cursor)
  skipSpaces(cursor)
  if (!isAtEnd(cursor))
    throw new MalformedError('structured_field.trailing', 'a field goes on after its value')
  return value
}

function readMembers(cursor: Cursor, read: () => void): void {
  if (isAtEnd(cursor)) return
  for (let count = 1; ; count++) {
    checkCount(count, MAX_STRUCTURED_FIELD_MEMBERS, 'members')
    read()
    skipWhiteSpace(cursor)
    if (isAtEnd(cursor)) return
    if (!takeCharacter(cursor, ','))
      throw new MalformedError('structured_field.separator', 'there is no comma between two members')
    skipWhiteSpace(cursor)
    if (isAtEnd(cursor))
      throw new MalformedError('structured_field.trailing_comma', 'a field ends with a comma')
  }
}

function readMember(cursor: Cursor): Member {
  return cursor.text[cursor.position] === '(' ? readInnerList(cursor) : readItem(cursor)
}

function readItem(cursor: Cursor): Item {
  return { kind: 'item', value: parseBareItem(cursor), parameters: readParameters(cursor) }
}

function readFlag(cursor: Cursor): Item {
  return { kind: 'item', value: { kind: 'boolean', value: true }, parameters: readParameters(cursor) }
}

function readInnerList(cursor: Cursor): InnerList {
  if (!takeCharacter(cursor, '('))
    throw new MalformedError('structured_field.inner_list', 'an inner list does not begin with a parenthesis')
  const items: Item[] = []
  for (;;) {
    skipSpaces(cursor)
    if (takeCharacter(cursor, ')')) return { kind: 'inner_list', items, parameters: readParameters(cursor) }
    items.push(readItem(cursor))
    checkCount(items.length, MAX_STRUCTURED_FIELD_ITEMS, 'items in an inner list')
    const next = cursor.text[cursor.position]
    if (next !== ' ' && next !== ')')
      throw new MalformedError('structured_field.inner_list', 'an inner list does not end, or lacks a space')
  }
}

function readParameters(cursor: Cursor): Parameters {
  const parameters = new Map<string, BareItem>()
  while (takeCharacter(cursor, ';')) {
    skipSpaces(cursor)
    const key = readKey(cursor, parameters)
    parameters.set(key, takeCharacter(cursor, '=') ? parseBareItem(cursor) : { kind: 'boolean', value: true })
    checkCount(parameters.size, MAX_STRUCTURED_FIELD_PARAMETERS, 'parameters')
  }
  return parameters
}

function readKey(cursor: Cursor, known: ReadonlyMap<string, unknown>): string {
  const key = take(cursor, /[a-z*][a-z0-9_.*-]*/y)?.[0]
  if (key === undefined) throw new MalformedError('structured_field.key', 'there is no key where one must be')
  if (cursor.unique && known.has(key))
    throw new MalformedError('structured_field.key_repeated', `the key ${key.slice(0, 64)} is there twice`)
  return key
}

function skipWhiteSpace(cursor: Cursor): void {
  take(cursor, /[ \t]*/y)
}

function checkCount(count: number, limit: number, what: string): void {
  if (count > limit)
    throw new MalformedError('structured_field.too_many', `a field has more than ${limit} ${what}`)
}
