/** The limits of the client's verifying side, with the attack that each stops. Those of what it reads are in the core's `limits.ts`. Sizes in octets. */

/**
 * Nonces that one process remembers, about 150 octets each: 2,700 signed requests a second for the 90 s that each can be replayed in. Full means no decision: what is not
 * remembered can be replayed.
 */
export const MAX_REMEMBERED_NONCES = 250_000

/** Shortest span between two looks for a key that is not known. Stops a stranger with invented keys from having us ask the authority at his pace. */
export const MIN_KEY_REFRESH_MS = 10_000

/** Bounds of the span after which the trust bundle is asked for again, whatever the service hints. */
export const MIN_TRUST_REFRESH_MS = 10_000
export const MAX_TRUST_REFRESH_MS = 60 * 60_000

/** A trust bundle on disk. Stops a file that was swapped from filling the memory. */
export const MAX_TRUST_FILE_BYTES = 8 * 1024 * 1024

/** How long the keys of tokens are relied on without word from the authority: as long as its lists, by default. */
export const TRUST_LIFETIME_SECONDS = 24 * 60 * 60

/** Questions on one VerifyRequests stream without an answer: as many as the service holds. More only wait there. */
export const MAX_QUESTIONS_ON_STREAM = 128

/** Questions that wait for their turn beyond those. Stops a slow authority from filling our memory with its questions. */
export const MAX_WAITING_QUESTIONS = 1024

/** One body that is read before its request is decided, by default; and all of those at once, in one process. Stop strangers from filling the memory with bodies. */
export const DEFAULT_MAX_BODY_BYTES = 1024 * 1024
export const MAX_BUFFERED_BODY_BYTES = 64 * 1024 * 1024

/** How long such a body may take. Stops senders of one octet a second. */
export const BODY_TIMEOUT_MS = 10_000
