import { formatBase64 } from '../../bytes.ts'
import { parseDictionary, parseItem, parseList } from '../structured-field/parse-field.ts'
import { serializeDictionary, serializeList, serializeMember } from '../structured-field/serialize.ts'
import type { Dictionary } from '../structured-field/value.ts'
import { type Component, refuseComponent } from './component.ts'
import type { HttpMessage } from './http-message.ts'
import { trimWhiteSpace } from '../white-space.ts'

/** Dictionaries that were parsed for one message, so that many `key` components of one field cost one parse. */
export type DictionaryCache = Map<string, Dictionary>

/**
 * The value of a header field as it is signed (RFC 9421 section 2.1).
 *
 * @throws {@link MalformedError} `component.*`, `structured_field.*`
 */
export function fieldComponent(component: Component, message: HttpMessage, cache: DictionaryCache): string {
  const { name, identifier, key } = component
  const values = message.headers.get(name)
  if (values === undefined) throw refuseComponent('absent', identifier, 'is not in the message')
  const known = key === undefined ? undefined : cache.get(name)
  const lines = known ? [] : values.map((value) => unfold(value, component))
  if (component.isBinary) {
    return lines.map((line) => `:${formatBase64(Buffer.from(line, 'latin1'))}:`).join(', ')
  }
  const type = message.fieldTypes.get(name)
  if (key !== undefined) {
    if (type !== 'dictionary')
      throw refuseComponent('field_type', identifier, 'is not known to be a dictionary')
    const dictionary = known ?? parseDictionary(lines)
    cache.set(name, dictionary)
    const member = dictionary.get(key)
    if (member === undefined) throw refuseComponent('absent', identifier, 'is not in its dictionary')
    return serializeMember(member)
  }
  if (!component.isStructured) return lines.join(', ')
  switch (type) {
    case undefined:
      throw refuseComponent('field_type', identifier, 'is not known to be a structured field')
    case 'item':
      return serializeMember(parseItem(lines))
    case 'list':
      return serializeList(parseList(lines))
    case 'dictionary':
      return serializeDictionary(parseDictionary(lines))
  }
}

/**
 * One line of a field, without white space around it and around the line ends of obsolete folding, which become a space. Loops in place of
 * patterns, which take quadratic time on long runs of white space.
 */
function unfold(value: string, { identifier, isBinary }: Component): string {
  const [first = '', ...folded] = value.split(/\r?\n/)
  // Without white space it is no folding but another line of the signature base.
  if (folded.some((line) => !line.startsWith(' ') && !line.startsWith('\t')))
    throw refuseComponent('value', identifier, 'has a line end in its value')
  const text = [first, ...folded].map(trimWhiteSpace).join(' ')
  const isSignable = isBinary ? !/[\r\n]/.test(text) : /^[\t\x20-\x7e]*$/.test(text)
  if (!isSignable) throw refuseComponent('value', identifier, 'has a value that is not ASCII')
  return text
}
