import { MAX_STREAM_ITEMS, MAX_STREAM_ITEM_BYTES } from '../core/limits.ts'
import type { Decision } from '../core/decision/decision.ts'
import { pipeline } from './pipeline.ts'
import type { Caller } from './ports.ts'
import type { VerifyRequestInput } from '../core/decision/read-query.ts'
import { type VerifyDependencies, verifyRequest } from './verify-request.ts'

/** One request of a stream. */
export interface VerifyItem {
  /** The caller's, and unique only if the caller makes it so. */
  readonly id: bigint
  /** What it weighs while it is held, in octets. */
  readonly bytes: number
  /**
   * Reads the item.
   *
   * @throws {@link DomainError} as {@link verifyRequest}, for this item alone
   */
  readonly read: () => VerifyRequestInput
}

/** The one answer to an item: a decision, or why there is none. */
export interface VerifiedItem {
  readonly id: bigint
  readonly result: { readonly decision: Decision } | { readonly error: unknown }
}

/**
 * Decides about each of many requests, several at once, and yields the answers in the order in which they are ready. What is wrong with
 * one item is the answer to that item. How much is read ahead is bounded, and nothing more is read while the answers are not taken.
 */
export function verifyRequests(
  deps: VerifyDependencies,
  caller: Caller,
  items: AsyncIterable<VerifyItem>,
): AsyncIterable<VerifiedItem> {
  return pipeline(items, (item) => verifyItem(deps, caller, item), {
    maxItems: MAX_STREAM_ITEMS,
    maxWeight: MAX_STREAM_ITEM_BYTES,
    weigh: ({ bytes }) => bytes,
  })
}

async function verifyItem(deps: VerifyDependencies, caller: Caller, item: VerifyItem): Promise<VerifiedItem> {
  const { id } = item
  try {
    return { id, result: { decision: await verifyRequest(deps, caller, item.read()) } }
  } catch (error) {
    return { id, result: { error } }
  }
}
