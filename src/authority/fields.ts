import { DomainError, fieldInvalid } from '../core/errors.ts'
import { MAX_IDEMPOTENCY_KEY_LENGTH, MAX_SERIAL_BYTES, MAX_TEXT_LENGTH } from '../core/limits.ts'

export { fieldInvalid }

/** Refuses a field whose work is in a later release. */
export function fieldNotImplemented(field: string, message: string): DomainError {
  return new DomainError('FIELD_NOT_IMPLEMENTED', message, { field })
}

/**
 * Reads a serial number in hex, any case, to the form the store uses: lower case, no leading zero octets.
 *
 * @throws {@link DomainError} FIELD_INVALID
 */
export function parseSerialNumber(text: string, field: string): string {
  if (!/^[0-9a-fA-F]+$/.test(text) || text.length > 2 * MAX_SERIAL_BYTES) {
    throw fieldInvalid(field, `${field} must be 1 to ${2 * MAX_SERIAL_BYTES} hex digits.`)
  }
  const digits = text.toLowerCase().replace(/^0+/, '')
  if (digits === '') throw fieldInvalid(field, `${field} is zero, which is no serial number.`)
  return digits.length % 2 === 0 ? digits : `0${digits}`
}

/** @throws {@link DomainError} FIELD_INVALID */
export function parseText(text: string, field: string): string {
  // Control characters would let a name forge lines in terminals and logs.
  if (text.length > MAX_TEXT_LENGTH || /\p{Cc}/u.test(text)) {
    throw fieldInvalid(
      field,
      `${field} must be at most ${MAX_TEXT_LENGTH} characters without control characters.`,
    )
  }
  return text
}

/** @throws {@link DomainError} FIELD_INVALID */
export function parseIdempotencyKey(key: string): string | undefined {
  if (key === '') return undefined
  if (key.length > MAX_IDEMPOTENCY_KEY_LENGTH || !/^[\x21-\x7e]+$/.test(key)) {
    throw fieldInvalid(
      'idempotency_key',
      `idempotency_key must be 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} visible ASCII characters.`,
    )
  }
  return key
}
