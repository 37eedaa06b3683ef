import { encodeUtf8, formatBase64 } from '../../bytes.ts'
import { MalformedError } from '../../errors.ts'
import {
  type BareItem,
  type Dictionary,
  type List,
  MAX_INTEGER,
  type Member,
  type Parameters,
} from './value.ts'

// Made once: a pattern in a function is a new object each time, and each component of each request comes by here.
const KEY = /^[a-z*][a-z0-9_.*-]*$/
const VISIBLE = /^[\x20-\x7e]*$/
/** What stands between quotes as it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

/**
 * Writes a member with its parameters in the one form that RFC 9651 section 4.1 has for it.
 *
 * @throws {@link MalformedError} `structured_field.*` for what no field can hold
 */
export function serializeMember(member: Member): string {
  const value =
    member.kind === 'item'
      ? serializeBareItem(member.value)
      : `(${member.items.map(serializeMember).join(' ')})`
  return value + serializeParameters(member.parameters)
}

/** Writes a list; an empty one is the empty string, and such a field is left out. */
export function serializeList(list: List): string {
  return list.map(serializeMember).join(', ')
}

/** Writes a dictionary; an empty one is the empty string, and such a field is left out. */
export function serializeDictionary(dictionary: Dictionary): string {
  return [...dictionary]
    .map(([key, member]) => {
      const isFlag = member.kind === 'item' && member.value.kind === 'boolean' && member.value.value
      return checkKey(key) + (isFlag ? serializeParameters(member.parameters) : `=${serializeMember(member)}`)
    })
    .join(', ')
}

function serializeParameters(parameters: Parameters): string {
  let text = ''
  for (const [key, value] of parameters) {
    text += `;${checkKey(key)}`
    if (value.kind !== 'boolean' || !value.value) text += `=${serializeBareItem(value)}`
  }
  return text
}

function checkKey(key: string): string {
  if (!KEY.test(key)) throw new MalformedError('structured_field.key', 'a key has characters that no key has')
  return key
}

function serializeBareItem(item: BareItem): string {
  switch (item.kind) {
    case 'integer':
      return formatInteger(item.value)
    case 'decimal':
      return formatDecimal(item.thousandths)
    case 'string':
      return quote(item.text)
    case 'token':
      if (!/^[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*$/.test(item.text))
        throw new MalformedError('structured_field.token', 'a token has characters that no token has')
      return item.text
    case 'bytes':
      return `:${formatBase64(item.bytes)}:`
    case 'boolean':
      return item.value ? '?1' : '?0'
    case 'date':
      return `@${formatInteger(item.seconds)}`
    case 'display':
      return `%"${escapePercent(item.text)}"`
  }
}

function quote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  if (!VISIBLE.test(text))
    throw new MalformedError('structured_field.string', 'a string has characters other than visible ASCII')
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}

function formatInteger(value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) > MAX_INTEGER)
    throw new MalformedError('structured_field.number', 'a whole number has more than 15 digits')
  return String(value)
}

function formatDecimal(thousandths: number): string {
  const digits = formatInteger(Math.abs(thousandths)).padStart(4, '0')
  const fraction = digits.slice(-3).replace(/0{1,2}$/, '')
  return `${thousandths < 0 ? '-' : ''}${digits.slice(0, -3)}.${fraction}`
}

function escapePercent(text: string): string {
  // A lone surrogate has no UTF-8.
  if (!text.isWellFormed()) throw new MalformedError('structured_field.display_string', 'text is not Unicode')
  let escaped = ''
  for (const octet of encodeUtf8(text)) {
    const isPlain = octet >= 0x20 && octet <= 0x7e && octet !== 0x22 && octet !== 0x25
    escaped += isPlain ? String.fromCharCode(octet) : `%${octet.toString(16).padStart(2, '0')}`
  }
  return escaped
}
