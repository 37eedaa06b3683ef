import { sha256 } from '../crypto.ts'
import { MalformedError } from '../errors.ts'
import { createSerialHash } from './serial-hash.ts'
import { type Span, readSpan } from './span.ts'

/** Finds the entry of a serial number. */
export interface SerialIndex {
  readonly offsets: Uint32Array
  /** Position among the entries. */
  find(serialNumber: Uint8Array): number | undefined
}

/**
 * Builds a hash table over the entries of a list, in typed arrays: no object an entry.
 *
 * The hash is keyed by the SHA-256 of the list itself. Whoever makes a list to flood the table (quadratic time) would have
 * to choose serial numbers that collide under a key which depends on all of them.
 *
 * @throws {@link MalformedError} `crl.duplicate_serial`: two entries for one certificate may disagree.
 */
export function buildSerialIndex({
  content,
  offsets,
  seed,
}: {
  readonly content: Uint8Array
  readonly offsets: Uint32Array
  readonly seed: Uint8Array
}): SerialIndex {
  const digest = Buffer.from(sha256(seed))
  const hash = createSerialHash(digest.readInt32LE(0), digest.readInt32LE(4))
  // At most half full, so that probing ends soon.
  const mask = 2 ** Math.ceil(Math.log2(offsets.length * 2)) - 1
  // Two words a slot: the hash, and the position plus one (0: empty). The hash spares a look at the list itself, which costs
  // a cache miss.
  const slots = new Int32Array(2 * (mask + 1))
  const [mine, other]: [Span, Span] = [newSpan(), newSpan()]

  const locate = (position: number, span: Span): void => {
    readSpan(content, offsets[position]!, content.length, span)
    readSpan(content, span.start, span.end, span)
  }
  // Where a serial number is, or the empty slot in which it belongs.
  const probe = (bytes: Uint8Array, span: Span, hashed: number): number => {
    let at = (hashed & mask) << 1
    for (; slots[at + 1] !== 0; at = (((at >> 1) + 1) & mask) << 1) {
      if (slots[at] !== hashed) continue
      locate(slots[at + 1]! - 1, other)
      if (equalSpans(bytes, span, content, other)) break
    }
    return at
  }
  for (let position = 0; position < offsets.length; position++) {
    locate(position, mine)
    const hashed = hash(content, mine.start, mine.end)
    const at = probe(content, mine, hashed)
    if (slots[at + 1] !== 0)
      throw new MalformedError('crl.duplicate_serial', 'a serial number is listed twice')
    slots[at] = hashed
    slots[at + 1] = position + 1
  }
  return {
    offsets,
    find(serialNumber) {
      const span: Span = { tag: 2, start: 0, end: serialNumber.length }
      const at = probe(serialNumber, span, hash(serialNumber, 0, serialNumber.length))
      return slots[at + 1] === 0 ? undefined : slots[at + 1]! - 1
    },
  }
}

function newSpan(): Span {
  return { tag: 0, start: 0, end: 0 }
}

function equalSpans(a: Uint8Array, spanA: Span, b: Uint8Array, spanB: Span): boolean {
  const length = spanA.end - spanA.start
  if (length !== spanB.end - spanB.start) return false
  for (let i = 0; i < length; i++) if (a[spanA.start + i] !== b[spanB.start + i]) return false
  return true
}
