import { MAX_CRL_SHARDS } from '../limits.ts'

/**
 * A part of an authority's certificates, one of `count`: a certificate's serial number alone decides which. So it stays the same for as long as the
 * certificate lives, whatever the operator chooses later; its distribution point names both numbers.
 */
export interface CrlShard {
  readonly count: number
  /** From 0. */
  readonly index: number
}

/** Into how many parts lists can be split: powers of two, so that those of one number are made of those of another. */
export function isShardCount(count: number): boolean {
  return count >= 2 && count <= MAX_CRL_SHARDS && Number.isInteger(Math.log2(count))
}

/** The part that a certificate belongs to. The last octet of its serial number is random, as all of it but two bits. */
export function shardOf(serialNumber: Uint8Array, count: number): CrlShard {
  return { count, index: serialNumber.at(-1)! % count }
}

/** As it stands in the URL of its list. */
export function formatShard({ count, index }: CrlShard): string {
  return `${count}-${index}`
}
