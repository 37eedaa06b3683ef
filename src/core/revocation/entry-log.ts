/**
 * Encoded CRL entries, side by side in few large arrays: a million take some 60 MB and no object each. A list that grows by some entries is made by
 * copying, not by encoding all of them again.
 */
export interface EntryLog {
  /** `notAfter` is when the certificate expires, in Unix milliseconds. */
  append(entry: Uint8Array, notAfter: number): void
  /** The entries of certificates that expire after `expiredBefore`, joined where they lie side by side. The pieces are views: use them before the next append. */
  expiringAfter(expiredBefore: number): { readonly count: number; readonly pieces: readonly Uint8Array[] }
}

export function createEntryLog(): EntryLog {
  let bytes = new Uint8Array(1 << 10)
  let ends = new Uint32Array(1 << 4)
  let expiries = new Float64Array(1 << 4)
  let count = 0

  return {
    append(entry, notAfter) {
      const start = count === 0 ? 0 : ends[count - 1]!
      const end = start + entry.length
      if (end > bytes.length) bytes = grown(bytes, new Uint8Array(Math.max(end, bytes.length * 2)))
      if (count === ends.length) {
        ends = grown(ends, new Uint32Array(count * 2))
        expiries = grown(expiries, new Float64Array(count * 2))
      }
      bytes.set(entry, start)
      ends[count] = end
      expiries[count++] = notAfter
    },
    expiringAfter(expiredBefore) {
      const pieces: Uint8Array[] = []
      let kept = 0
      let runStart = 0
      for (let i = 0, start = 0; i < count; start = ends[i++]!) {
        if (expiries[i]! > expiredBefore) {
          kept++
          continue
        }
        if (start > runStart) pieces.push(bytes.subarray(runStart, start))
        runStart = ends[i]!
      }
      const end = count === 0 ? 0 : ends[count - 1]!
      if (end > runStart) pieces.push(bytes.subarray(runStart, end))
      return { count: kept, pieces }
    },
  }
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
