import { MalformedError } from '../errors.ts'
import { MAX_DER_DEPTH } from '../limits.ts'
import { tagName } from './tags.ts'

/** One DER element: identifier octet, content, and the whole encoding. Both arrays are views on the input. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
  readonly der: Uint8Array
}

/**
 * Reads DER (X.690 section 10) strictly from bytes that a stranger sent: definite minimal lengths, single-octet tags,
 * bounded depth, nothing left over. Every deviation throws {@link MalformedError} with a defect `der.*`.
 *
 * A reader walks the elements of one constructed value; it copies nothing.
 */
export class DerReader {
  readonly #bytes: Uint8Array
  readonly #depth: number
  #offset = 0

  constructor(bytes: Uint8Array, depth = 0) {
    if (depth > MAX_DER_DEPTH) throw new MalformedError('der.too_deep', `nested deeper than ${MAX_DER_DEPTH}`)
    this.#bytes = bytes
    this.#depth = depth
  }

  /** True when every element was read. */
  get done(): boolean {
    return this.#offset === this.#bytes.length
  }

  /** Identifier octet of the next element, `undefined` at the end. */
  get nextTag(): number | undefined {
    return this.#bytes[this.#offset]
  }

  /** Refuses anything left over. */
  end(): void {
    if (!this.done)
      throw new MalformedError('der.trailing_data', `${this.#bytes.length - this.#offset} octets left over`)
  }

  /** Reads the next element, whatever its tag. */
  readAny(): DerElement {
    const bytes = this.#bytes
    const start = this.#offset
    const tag = bytes[start]
    if (tag === undefined) throw new MalformedError('der.truncated', 'an element is missing')
    if ((tag & 0x1f) === 0x1f)
      throw new MalformedError('der.tag_unsupported', 'tags above 30 are not used here')
    let offset = start + 1
    const first = bytes[offset++]
    if (first === undefined) throw new MalformedError('der.truncated', 'a length is missing')
    let length = first
    if (first >= 0x80) {
      const octets = first & 0x7f
      if (octets === 0) throw new MalformedError('der.length_indefinite', 'indefinite lengths are not DER')
      if (octets > 4) throw new MalformedError('der.length_too_large', 'a length of more than 4 octets')
      length = 0
      for (let i = 0; i < octets; i++) {
        const octet = bytes[offset++]
        if (octet === undefined) throw new MalformedError('der.truncated', 'a length is cut off')
        length = length * 256 + octet
      }
      if (length < 0x80 || length < 256 ** (octets - 1)) {
        throw new MalformedError('der.length_not_minimal', 'a length is not in its shortest form')
      }
    }
    const end = offset + length
    if (end > bytes.length)
      throw new MalformedError('der.truncated', 'an element is longer than its container')
    this.#offset = end
    return { tag, content: bytes.subarray(offset, end), der: bytes.subarray(start, end) }
  }

  /** Reads the next element and refuses another tag. */
  read(tag: number): DerElement {
    const next = this.nextTag
    if (next !== tag) {
      const found = next === undefined ? 'nothing' : tagName(next)
      throw new MalformedError('der.unexpected_tag', `expected ${tagName(tag)}, found ${found}`)
    }
    return this.readAny()
  }

  /** Reads the next element if it has this tag. */
  readOptional(tag: number): DerElement | undefined {
    return this.nextTag === tag ? this.readAny() : undefined
  }

  /** Enters the next element, which must be constructed and have this tag. */
  enter(tag: number): DerReader {
    return this.into(this.read(tag))
  }

  /** Enters the next element if it has this tag. */
  enterOptional(tag: number): DerReader | undefined {
    const element = this.readOptional(tag)
    return element && this.into(element)
  }

  /** A reader over an element's content, one level deeper. */
  into(element: DerElement): DerReader {
    return new DerReader(element.content, this.#depth + 1)
  }
}

/** Reads bytes that must be exactly one element of this tag, and enters it. */
export function enterDer(der: Uint8Array, tag: number): DerReader {
  const outer = new DerReader(der)
  const inner = outer.enter(tag)
  outer.end()
  return inner
}
