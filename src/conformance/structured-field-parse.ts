import { parseDictionary, parseItem, parseList } from '../core/request/structured-field/parse-field.ts'
import {
  serializeDictionary,
  serializeList,
  serializeMember,
} from '../core/request/structured-field/serialize.ts'
import type { BareItem, FieldType, Member, Parameters } from '../core/request/structured-field/value.ts'
import { formatBase32 } from './format-base32.ts'
import { type Case, CaseError, readStrings, readWord } from './case-fields.ts'
import { type JsonValue, type Verdict, accept, parsing } from './verdict.ts'

/** `structured_field.parse`: RFC 9651, answered in the form of the public structured-field tests. */
export function runStructuredFieldParse(given: Case): Verdict {
  if (given['type'] === undefined) throw new CaseError('type: expected one of item, list, dictionary')
  const type = readWord(given, 'type', ['item', 'list', 'dictionary'], 'item')
  const raw = readStrings(given, 'raw')
  const read = parsing('CREDENTIAL_MALFORMED', () => parseAndWrite(type, raw))
  return 'refused' in read ? read.refused : accept(read.parsed)
}

function parseAndWrite(
  type: FieldType,
  raw: readonly string[],
): { readonly parsed: JsonValue; readonly canonical: readonly string[] } {
  switch (type) {
    case 'item': {
      const item = parseItem(raw)
      return { parsed: describeMember(item), canonical: [serializeMember(item)] }
    }
    case 'list': {
      const list = parseList(raw)
      return { parsed: list.map(describeMember), canonical: list.length === 0 ? [] : [serializeList(list)] }
    }
    case 'dictionary': {
      const dictionary = parseDictionary(raw)
      return {
        parsed: [...dictionary].map(([key, member]) => [key, describeMember(member)]),
        canonical: dictionary.size === 0 ? [] : [serializeDictionary(dictionary)],
      }
    }
  }
}

function describeMember(member: Member): JsonValue {
  const value = member.kind === 'item' ? describeBareItem(member.value) : member.items.map(describeMember)
  return [value, describeParameters(member.parameters)]
}

function describeParameters(parameters: Parameters): JsonValue {
  return [...parameters].map(([key, value]) => [key, describeBareItem(value)])
}

function describeBareItem(item: BareItem): JsonValue {
  switch (item.kind) {
    case 'integer':
    case 'boolean':
      return item.value
    case 'decimal':
      return item.thousandths / 1000
    case 'string':
      return item.text
    case 'token':
      return { __type: 'token', value: item.text }
    case 'bytes':
      return { __type: 'binary', value: formatBase32(item.bytes) }
    case 'date':
      return { __type: 'date', value: item.seconds }
    case 'display':
      return { __type: 'displaystring', value: item.text }
  }
}
