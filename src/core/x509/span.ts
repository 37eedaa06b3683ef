import { MalformedError } from '../errors.ts'

/** Where an element's content lies. Reused from element to element: see {@link readSpan}. */
export interface Span {
  tag: number
  start: number
  end: number
}

/**
 * Reads the header of the element at `at` into `span`, by the same rules as `DerReader`, without allocating. For lists too
 * large to make an object of each element.
 *
 * @throws {@link MalformedError} `der.*`.
 */
export function readSpan(bytes: Uint8Array, at: number, limit: number, span: Span): void {
  if (at >= limit) throw new MalformedError('der.truncated', 'an element is missing')
  const tag = bytes[at]!
  if ((tag & 0x1f) === 0x1f)
    throw new MalformedError('der.tag_unsupported', 'tags above 30 are not used here')
  if (at + 1 >= limit) throw new MalformedError('der.truncated', 'a length is missing')
  let start = at + 2
  let length = bytes[at + 1]!
  if (length >= 0x80) {
    const octets = length & 0x7f
    if (octets === 0) throw new MalformedError('der.length_indefinite', 'indefinite lengths are not DER')
    if (octets > 4) throw new MalformedError('der.length_too_large', 'a length of more than 4 octets')
    if (start + octets > limit) throw new MalformedError('der.truncated', 'a length is cut off')
    length = 0
    for (let i = 0; i < octets; i++) length = length * 256 + bytes[start++]!
    if (length < 0x80 || length < 256 ** (octets - 1)) {
      throw new MalformedError('der.length_not_minimal', 'a length is not in its shortest form')
    }
  }
  if (start + length > limit)
    throw new MalformedError('der.truncated', 'an element is longer than its container')
  span.tag = tag
  span.start = start
  span.end = start + length
}
