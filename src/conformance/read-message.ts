import { type HeaderIndex, indexHeaders } from '../core/request/http-request.ts'
import {
  type FieldTypes,
  type HttpMessage,
  KNOWN_FIELD_TYPES,
  type RequestMessage,
} from '../core/request/rfc9421/http-message.ts'
import type { FieldType } from '../core/request/structured-field/value.ts'
import {
  type Case,
  CaseError,
  isAbsent,
  readOptionalCount,
  readOptionalString,
  readString,
} from './case-fields.ts'

const FIELD_TYPES: readonly FieldType[] = ['item', 'list', 'dictionary']

/** Reads the `message` of a case: a request, or a response if it has a `status`. */
export function readMessage(given: Case): HttpMessage {
  const message = readObject(given, 'message')
  const status = readOptionalCount(message, 'status')
  if (status === undefined) return readRequest(message)
  return {
    kind: 'response',
    status,
    headers: readHeaders(message),
    fieldTypes: readFieldTypes(message),
    request: isAbsent(message['request']) ? undefined : readRequest(readObject(message, 'request')),
  }
}

function readRequest(message: Case): RequestMessage {
  const headers = readHeaders(message)
  return {
    kind: 'request',
    method: readString(message, 'method'),
    target: readString(message, 'target'),
    // HTTP/1.1 has it in the Host header.
    authority: readOptionalString(message, 'authority') ?? headers.get('host')?.[0] ?? '',
    scheme: readOptionalString(message, 'scheme') ?? 'https',
    headers,
    fieldTypes: readFieldTypes(message),
  }
}

function readHeaders(message: Case): HeaderIndex {
  const headers = message['headers'] ?? []
  if (!Array.isArray(headers)) throw new CaseError('headers: expected a list of pairs')
  return indexHeaders(
    headers.map((pair: unknown) => {
      const [name, value, ...more] = Array.isArray(pair) ? (pair as unknown[]) : []
      if (typeof name !== 'string' || typeof value !== 'string' || more.length > 0)
        throw new CaseError('headers: expected pairs of strings')
      // Text beyond Latin-1 came as UTF-8.
      return { name, value: Buffer.from(value, /^[\0-\xff]*$/.test(value) ? 'latin1' : 'utf8') }
    }),
  )
}

function readFieldTypes(message: Case): FieldTypes {
  if (isAbsent(message['field_types'])) return KNOWN_FIELD_TYPES
  const types = new Map(KNOWN_FIELD_TYPES)
  for (const [name, given] of Object.entries(readObject(message, 'field_types'))) {
    const type = FIELD_TYPES.find((candidate) => candidate === given)
    if (type === undefined) throw new CaseError(`field_types: expected one of ${FIELD_TYPES.join(', ')}`)
    types.set(name.toLowerCase(), type)
  }
  return types
}

/** An object within a case. */
export function readObject(given: Case, field: string): Case {
  const value = given[field]
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CaseError(`${field}: expected an object`)
  return value as Case
}
