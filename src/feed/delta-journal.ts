import { concatBytes } from '../core/bytes.ts'
import { MAX_CRL_BYTES } from '../core/limits.ts'
import { StateDamagedError } from './state-store.ts'

const HEADER_BYTES = 8

/** Frames a delta for the journal: its length, the complement of that, the delta. */
export function encodeRecord(delta: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES))
  header.setUint32(0, delta.length)
  header.setUint32(4, ~delta.length >>> 0)
  return concatBytes([new Uint8Array(header.buffer), delta])
}

/** How many octets these take in a journal. */
export function journalLength(deltas: readonly Uint8Array[]): number {
  return deltas.reduce((length, delta) => length + HEADER_BYTES + delta.length, 0)
}

/**
 * Reads a journal. A last record that is cut off, or room that was made for one and not filled, is what a crash leaves behind: it was never
 * reported as kept, and is left out. Anything else that is wrong is damage.
 *
 * @throws {@link StateDamagedError}
 */
export function decodeJournal(journal: Uint8Array): readonly Uint8Array[] {
  const deltas: Uint8Array[] = []
  const view = new DataView(journal.buffer, journal.byteOffset, journal.byteLength)
  let at = 0
  while (journal.length - at >= HEADER_BYTES) {
    const length = view.getUint32(at)
    if (length === 0 && journal.subarray(at).every((octet) => octet === 0)) break
    if (view.getUint32(at + 4) !== ~length >>> 0 || length === 0 || length > MAX_CRL_BYTES) {
      throw new StateDamagedError(`the journal is damaged at octet ${at}`)
    }
    const end = at + HEADER_BYTES + length
    if (end > journal.length) break
    deltas.push(journal.subarray(at + HEADER_BYTES, end))
    at = end
  }
  return deltas
}
