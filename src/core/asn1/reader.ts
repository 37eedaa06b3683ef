import { MalformedError } from '../errors.ts'
import { MAX_DER_DEPTH } from '../limits.ts'
import { tagName } from './tags.ts'

/**
 * One DER element. Its arrays are views on the input, made when they are asked for: most elements are only walked through, and views of those are a
 * third of the price of reading a certificate.
 */
export class DerElement {
  /** Identifier octet. */
  readonly tag: number
  readonly #bytes: Uint8Array
  readonly #start: number
  readonly #contentStart: number
  readonly #end: number
  #content: Uint8Array | undefined

  constructor(tag: number, bytes: Uint8Array, start: number, contentStart: number, end: number) {
    this.tag = tag
    this.#bytes = bytes
    this.#start = start
    this.#contentStart = contentStart
    this.#end = end
  }

  get content(): Uint8Array {
    return (this.#content ??= this.#bytes.subarray(this.#contentStart, this.#end))
  }

  /** The whole encoding. */
  get der(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end)
  }

  /** A reader over the content; `depth` says how deep it lies in what is bounded together. */
  enter(depth = 0): DerReader {
    return new DerReader(this.#bytes, depth, this.#contentStart, this.#end)
  }
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
  readonly #end: number
  #offset: number

  constructor(bytes: Uint8Array, depth = 0, start = 0, end = bytes.length) {
    if (depth > MAX_DER_DEPTH) throw new MalformedError('der.too_deep', `nested deeper than ${MAX_DER_DEPTH}`)
    this.#bytes = bytes
    this.#depth = depth
    this.#offset = start
    this.#end = end
  }

  /** True when every element was read. */
  get done(): boolean {
    return this.#offset === this.#end
  }

  /** Identifier octet of the next element, `undefined` at the end. */
  get nextTag(): number | undefined {
    return this.#offset < this.#end ? this.#bytes[this.#offset] : undefined
  }

  /** Refuses anything left over. */
  end(): void {
    if (!this.done)
      throw new MalformedError('der.trailing_data', `${this.#end - this.#offset} octets left over`)
  }

  /** Reads the next element, whatever its tag. */
  readAny(): DerElement {
    const start = this.#offset
    const tag = this.nextTag
    if (tag === undefined) throw new MalformedError('der.truncated', 'an element is missing')
    if ((tag & 0x1f) === 0x1f)
      throw new MalformedError('der.tag_unsupported', 'tags above 30 are not used here')
    const bytes = this.#bytes
    const limit = this.#end
    let offset = start + 1
    if (offset === limit) throw new MalformedError('der.truncated', 'a length is missing')
    let length = bytes[offset++]!
    if (length >= 0x80) {
      const octets = length & 0x7f
      if (octets === 0) throw new MalformedError('der.length_indefinite', 'indefinite lengths are not DER')
      if (octets > 4) throw new MalformedError('der.length_too_large', 'a length of more than 4 octets')
      if (octets > limit - offset) throw new MalformedError('der.truncated', 'a length is cut off')
      length = 0
      for (let i = 0; i < octets; i++) length = length * 256 + bytes[offset++]!
      if (length < 0x80 || length < 256 ** (octets - 1)) {
        throw new MalformedError('der.length_not_minimal', 'a length is not in its shortest form')
      }
    }
    const contentStart = offset
    const end = contentStart + length
    if (end > limit) throw new MalformedError('der.truncated', 'an element is longer than its container')
    this.#offset = end
    return new DerElement(tag, bytes, start, contentStart, end)
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
    return element.enter(this.#depth + 1)
  }
}

/** Reads bytes that must be exactly one element of this tag, and enters it. */
export function enterDer(der: Uint8Array, tag: number): DerReader {
  const outer = new DerReader(der)
  const inner = outer.enter(tag)
  outer.end()
  return inner
}
