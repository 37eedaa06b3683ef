import { MAX_GRPC_MESSAGE_BYTES } from '../core/limits.ts'

/** Half of what a message may take: room for what else is in a row, and for the length that goes before every text. */
const MAX_PAGE_TEXT = MAX_GRPC_MESSAGE_BYTES / 2

/** What a row takes beside the texts that are counted, at most. */
const ROW_BYTES = 1024

/** How many of the rows, from the first, fit in one message by the texts that they hold. One always does. */
export function countFitting<Row>(rows: readonly Row[], textsOf: (row: Row) => readonly string[]): number {
  let total = 0
  for (const [i, row] of rows.entries()) {
    total += textsOf(row).reduce((sum, text) => sum + text.length, ROW_BYTES)
    if (total > MAX_PAGE_TEXT) return Math.max(1, i)
  }
  return rows.length
}
