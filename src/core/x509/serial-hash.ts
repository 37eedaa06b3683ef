/** HalfSipHash-1-3: a keyed hash in 32-bit arithmetic, made against hash flooding (Aumasson and Bernstein). */
export function createSerialHash(
  key0: number,
  key1: number,
): (bytes: Uint8Array, start: number, end: number) => number {
  let [v0, v1, v2, v3] = [0, 0, 0, 0]
  const round = (): void => {
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
  }
  const absorb = (word: number): void => {
    v3 ^= word
    round()
    v0 ^= word
  }
  return (bytes, start, end) => {
    v0 = key0
    v1 = key1
    v2 = 0x6c796765 ^ key0
    v3 = 0x74656462 ^ key1
    let at = start
    for (; at + 4 <= end; at += 4) {
      absorb(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))
    }
    let last = (end - start) << 24
    for (let shift = 0; at < end; at++, shift += 8) last |= bytes[at]! << shift
    absorb(last)
    v2 ^= 0xff
    round()
    round()
    round()
    return v1 ^ v3
  }
}
