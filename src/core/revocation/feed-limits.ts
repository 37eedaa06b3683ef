/** The limits of those who follow revocation lists, with the attack that each stops. All others are in `limits.ts`. */

/** Checkpoints that may be missing before a verifier takes its stream for frozen. Fewer, and one that is late breaks good streams. */
export const FROZEN_AFTER_CHECKPOINTS = 4

/** Longest interval of checkpoints that a verifier takes the service's word for. Stops whoever stands between from hiding, by a long one, that a stream is frozen. */
export const MAX_TOLD_CHECKPOINT_SECONDS = 60

/** Bounds of the time that a verifier waits before it connects again. Stop a crowd from knocking an authority over that has just come back. */
export const MIN_RECONNECT_MS = 500
export const MAX_RECONNECT_MS = 30_000

/** Deltas that a verifier keeps on disk before it begins with a new complete list, six hours of checkpoints. Each is a signature to check at the start. */
export const MAX_STATE_DELTAS = 2048

/** Deltas that wait in memory for a disk that is full. */
export const MAX_UNSAVED_DELTAS = 256

/** Histories of one authority that a verifier remembers. Stops someone who can say "start over" from filling the disk. */
export const MAX_HISTORIES = 4

/** How often a verifier reports where it is, unless the service asks for another span within these bounds, and how long after a list at most. Stop a service, or a burst of lists, from making verifiers flood it. */
export const REPORT_MS = 30_000
export const MIN_REPORT_MS = 1000
export const MAX_REPORT_MS = 10 * 60_000

/** How far a clock may go back before the lists that it made are taken for wrong: those leave out live certificates, and are relied on for too long. */
export const MAX_CLOCK_SET_BACK_MS = 5 * 60 * 1000
