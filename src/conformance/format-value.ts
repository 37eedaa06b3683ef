/** Formats an instant after RFC 3339, in seconds: X.509 knows no fractions. */
export function formatInstant(instant: Date): string {
  return instant.toISOString().replace(/\.\d+Z$/, 'Z')
}

/** A number where JSON can hold it, its decimal digits else. */
export function formatCount(count: bigint): number | string {
  return count <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(count) : count.toString()
}
