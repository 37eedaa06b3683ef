import type { HeaderIndex } from '../http-request.ts'
import type { FieldType } from '../structured-field/value.ts'

/** Scheme by which a request came. */
export type RequestScheme = 'https' | 'http'

/** A request as components are taken from it. */
export interface RequestMessage {
  readonly kind: 'request'
  readonly method: string
  /** Request target exactly as sent. */
  readonly target: string
  /** As in the Host header or `:authority`. */
  readonly authority: string
  readonly scheme: string
  /** Every header field, values as text in which each character is one octet. */
  readonly headers: HeaderIndex
  /** Types of structured fields, for `sf` and `key`. */
  readonly fieldTypes: FieldTypes
}

/** A response, with the request that it answers if that is known. */
export interface ResponseMessage {
  readonly kind: 'response'
  readonly status: number
  readonly headers: HeaderIndex
  readonly fieldTypes: FieldTypes
  readonly request: RequestMessage | undefined
}

/** What is signed. */
export type HttpMessage = RequestMessage | ResponseMessage

/** Structured fields by lower-case name. */
export type FieldTypes = ReadonlyMap<string, FieldType>

/**
 * Structured fields whose type their own specifications fix. Guessing at others would canonicalize what is no structured field
 * (RFC 9421 section 2.1.1 has them refused).
 */
export const KNOWN_FIELD_TYPES: FieldTypes = new Map<string, FieldType>([
  // RFC 9530
  ['content-digest', 'dictionary'],
  ['repr-digest', 'dictionary'],
  ['want-content-digest', 'dictionary'],
  ['want-repr-digest', 'dictionary'],
  // RFC 9421
  ['signature', 'dictionary'],
  ['signature-input', 'dictionary'],
  ['accept-signature', 'dictionary'],
  // RFC 9218, RFC 9211, RFC 9209, RFC 9440
  ['priority', 'dictionary'],
  ['cache-status', 'list'],
  ['proxy-status', 'list'],
  ['client-cert', 'item'],
  ['client-cert-chain', 'list'],
])
