import { encodeUtf8, equalBytes } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { DomainError } from '../core/errors.ts'
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../core/limits.ts'

const FILTER_DIGEST_BYTES = 8
const MAX_TOKEN_LENGTH = 256

/**
 * Makes a page token: the position after the last row, and a digest of the filter, so that a token cannot be carried over to
 * another question. Not a secret: it grants nothing.
 */
export function formatPageToken(position: string, filter: readonly unknown[]): string {
  return Buffer.concat([filterDigest(filter), encodeUtf8(position)]).toString('base64url')
}

/**
 * Reads a page token; `undefined` for the first page.
 *
 * @throws {@link DomainError} PAGE_TOKEN_INVALID
 */
export function parsePageToken(token: string, filter: readonly unknown[]): string | undefined {
  if (token === '') return undefined
  const bytes = token.length <= MAX_TOKEN_LENGTH ? Buffer.from(token, 'base64url') : Buffer.alloc(0)
  const known =
    bytes.length > FILTER_DIGEST_BYTES &&
    bytes.toString('base64url') === token &&
    equalBytes(bytes.subarray(0, FILTER_DIGEST_BYTES), filterDigest(filter))
  if (!known) throw pageTokenInvalid()
  return bytes.subarray(FILTER_DIGEST_BYTES).toString('utf8')
}

/** What a token that is not ours is refused with. */
export function pageTokenInvalid(): DomainError {
  return new DomainError(
    'PAGE_TOKEN_INVALID',
    'page_token is not one of ours, or the filters changed since it was given. Start again with an empty page_token.',
    { field: 'page_token' },
  )
}

/** @throws {@link DomainError} FIELD_INVALID above {@link MAX_PAGE_SIZE}. */
export function parsePageSize(size: number): number {
  if (size > MAX_PAGE_SIZE) {
    throw new DomainError(
      'FIELD_INVALID',
      `page_size is ${size}; at most ${MAX_PAGE_SIZE} rows fit on a page.`,
      {
        field: 'page_size',
      },
    )
  }
  return size === 0 ? DEFAULT_PAGE_SIZE : size
}

function filterDigest(filter: readonly unknown[]): Uint8Array {
  const text = JSON.stringify(
    filter.map((value) => (value instanceof Date ? value.toISOString() : (value ?? null))),
  )
  return sha256(encodeUtf8(text)).subarray(0, FILTER_DIGEST_BYTES)
}
