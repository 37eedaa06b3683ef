/**
 * What is wrong with a stream, before any list in it is looked at.
 *
 * - `SNAPSHOT_TOO_LARGE`: more than any list of ours has.
 * - `SNAPSHOT_BROKEN`: a piece is missing, twice, or not where it belongs.
 * - `SNAPSHOT_ALTERED`: the pieces do not add up to what was announced.
 * - `STREAM_UNEXPECTED`: a message that makes no sense here, or about an authority that was not asked for.
 * - `STREAM_FROZEN`: no signed sign of life for several checkpoints.
 */
export type StreamFaultReason =
  'SNAPSHOT_TOO_LARGE' | 'SNAPSHOT_BROKEN' | 'SNAPSHOT_ALTERED' | 'STREAM_UNEXPECTED' | 'STREAM_FROZEN'

/** A stream that cannot be read on. A value, never thrown. */
export interface StreamFault {
  readonly refused: StreamFaultReason
  readonly message: string
}

export function streamFault(refused: StreamFaultReason, message: string): StreamFault {
  return { refused, message }
}
