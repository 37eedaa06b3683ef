import { readTime } from '../asn1/values.ts'
import { MalformedError } from '../errors.ts'
import { MAX_SERIAL_BYTES } from '../limits.ts'
import { type EntryExtensions, decodeEntryExtensions } from './crl-entry-extensions.ts'
import { buildSerialIndex } from './serial-index.ts'
import { type Span, readSpan } from './span.ts'
import type { CrlEntry } from './types.ts'

/** The entries of one list: found by serial number, or walked in order. Holds some 12 octets an entry besides the list. */
export interface CrlEntries {
  readonly count: number
  /** True if an entry has the reason removeFromCRL. */
  readonly hasRemoval: boolean
  all(): Iterable<CrlEntry>
  find(serialNumber: Uint8Array): CrlEntry | undefined
}

/** A list without revokedCertificates. */
export function noCrlEntries(): CrlEntries {
  return { count: 0, hasRemoval: false, all: () => [], find: () => undefined }
}

/**
 * Checks every entry of revokedCertificates and indexes them by serial number. Nothing is kept of an entry but where it is:
 * a list can hold a million.
 *
 * @param content - of the SEQUENCE OF.
 * @param seed - the signed bytes, from which the hash key is taken: see `serial-index.ts`.
 * @throws {@link MalformedError} `crl.*` or `der.*`.
 */
export function indexCrlEntries(content: Uint8Array, version: 1 | 2, seed: Uint8Array): CrlEntries {
  // RFC 5280 section 5.1.2.6: when there are no revoked certificates, the list MUST be absent.
  if (content.length === 0)
    throw new MalformedError('crl.entries_empty', 'revokedCertificates is there and empty')
  const scan = scanCrlEntries(content, version)
  let offsets = new Uint32Array(64)
  let count = 0
  let hasRemoval = false
  for (let at = 0; at < content.length; at = scan.end) {
    if (count === offsets.length) offsets = doubled(offsets)
    offsets[count++] = at
    scan.read(at)
    hasRemoval ||= scan.extensions?.reason === 'removeFromCRL'
  }
  const index = buildSerialIndex({ content, offsets: offsets.slice(0, count), seed })

  const decode = (position: number): CrlEntry => {
    const entry = scanCrlEntries(content, version)
    entry.read(index.offsets[position]!)
    return {
      serialNumber: content.subarray(entry.serial.start, entry.serial.end),
      revocationDate: new Date(entry.revocationTime),
      reason: entry.extensions?.reason,
      invalidityDate: entry.extensions?.invalidityDate,
    }
  }
  return {
    count,
    hasRemoval,
    *all() {
      for (let position = 0; position < count; position++) yield decode(position)
    },
    find(serialNumber) {
      const position = index.find(serialNumber)
      return position === undefined ? undefined : decode(position)
    },
  }
}

function doubled(offsets: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(offsets.length * 2)
  larger.set(offsets)
  return larger
}

/** Reads one entry after another into its own fields: see {@link scanCrlEntries}. */
export interface CrlEntryScan {
  /** Where the octets of the serial number lie in the content. */
  readonly serial: { readonly start: number; readonly end: number }
  /** Milliseconds since 1970. */
  readonly revocationTime: number
  readonly extensions: EntryExtensions | undefined
  /** Where the next entry begins. */
  readonly end: number
  /** @throws MalformedError `crl.*` or `der.*`. */
  read(at: number): void
}

/** Reads the entries of a list by turns, so that a scan over a million allocates next to nothing and may pause between any two. */
export function scanCrlEntries(content: Uint8Array, version: 1 | 2): CrlEntryScan {
  const entry: Span = { tag: 0, start: 0, end: 0 }
  const part: Span = { tag: 0, start: 0, end: 0 }
  const remembered = { start: 0, end: 0, extensions: undefined as EntryExtensions | undefined }
  const scan = {
    serial: { start: 0, end: 0 },
    revocationTime: 0,
    extensions: undefined as EntryExtensions | undefined,
    end: 0,
    read(at: number): void {
      readSpan(content, at, content.length, entry)
      if (entry.tag !== 0x30) throw new MalformedError('crl.entry', 'an entry is not a SEQUENCE')
      readSpan(content, entry.start, entry.end, part)
      checkSerial(content, part)
      scan.serial.start = part.start
      scan.serial.end = part.end
      readSpan(content, part.end, entry.end, part)
      scan.revocationTime = readTime(part.tag, content, part.start, part.end - part.start)
      scan.extensions = undefined
      if (part.end < entry.end) {
        readSpan(content, part.end, entry.end, part)
        if (part.tag !== 0x30) throw new MalformedError('crl.entry', 'entry extensions are not a SEQUENCE')
        if (version === 1) {
          throw new MalformedError('crl.extensions_version', 'entry extensions need version 2')
        }
        scan.extensions = readExtensions(part)
      }
      if (part.end !== entry.end)
        throw new MalformedError('der.trailing_data', 'an entry has octets left over')
      scan.end = entry.end
    },
  }
  // Neighbours mostly carry the same extensions, octet for octet: those are decoded once.
  function readExtensions({ start, end }: Span): EntryExtensions {
    const known = remembered.extensions
    if (known !== undefined && sameOctets(content, start, end, remembered.start, remembered.end)) return known
    const extensions = decodeEntryExtensions(content.subarray(start, end))
    remembered.start = start
    remembered.end = end
    remembered.extensions = extensions
    return extensions
  }
  return scan
}

function sameOctets(
  bytes: Uint8Array,
  start: number,
  end: number,
  otherStart: number,
  otherEnd: number,
): boolean {
  if (end - start !== otherEnd - otherStart) return false
  for (let i = 0; i < end - start; i++) if (bytes[start + i] !== bytes[otherStart + i]) return false
  return true
}

// The rule of `serial-number.ts`, without an element.
function checkSerial(bytes: Uint8Array, { tag, start, end }: Span): void {
  if (tag !== 0x02) throw new MalformedError('crl.entry', 'the serial number of an entry is not an INTEGER')
  const length = end - start
  if (length === 0) throw new MalformedError('der.integer_empty', 'an INTEGER has no octets')
  const first = bytes[start]!
  if (length > 1) {
    const second = bytes[start + 1]!
    if ((first === 0x00 && second < 0x80) || (first === 0xff && second >= 0x80)) {
      throw new MalformedError('der.integer_not_minimal', 'an INTEGER is not in its shortest form')
    }
  }
  if (length > MAX_SERIAL_BYTES + (first === 0 ? 1 : 0)) {
    throw new MalformedError(
      'serial_number.too_long',
      `a serial number of more than ${MAX_SERIAL_BYTES} octets`,
    )
  }
}
