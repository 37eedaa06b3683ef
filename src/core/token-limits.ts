/**
 * The limits of issuing tokens and of OAuth, with the attack each stops; the others are in `limits.ts`.
 */

const KIB = 1024

/** Longest life of a token that we accept, so that a key that leaked makes none for ever; and of one that we issue, because a token is seldom asked about again. */
export const MAX_TOKEN_LIFETIME_SECONDS = 24 * 60 * 60
export const MAX_ISSUED_TOKEN_SECONDS = 5 * 60

/** After this time no token lives that was issued before, with an hour for clocks that disagree. Keeps lists from naming every client that was ever locked. */
export const TOKENS_GONE_SECONDS = MAX_TOKEN_LIFETIME_SECONDS + 60 * 60

/** Tokens that one client can have revoked by itself and that lists still name. Stops one that gets and revokes tokens in a loop from making every verifier's lists long. */
export const MAX_REVOKED_TOKENS_PER_CLIENT = 10_000

/** Tokens that one transaction revokes with a scope that is taken from their client; more follow in the next. Stops a client that gets tokens in a loop from holding up all other writes. */
export const MAX_TOKENS_WITHDRAWN = 1_000

/** Expired tokens, revoked or not, forgotten in one transaction, so that other writes get their turn. */
export const MAX_TOKENS_PRUNED = 1_000

/**
 * A JWT that a client authenticates itself with, its certificates included, in characters; and how far ahead its `exp` may lie: for so long its `jti` has to be remembered,
 * and one that leaked unused is good for.
 */
export const MAX_ASSERTION_LENGTH = 24 * KIB
export const MAX_ASSERTION_SECONDS = 5 * 60

/** Body of a request at an OAuth endpoint, which holds an assertion and a list of scopes or a token; its parameters; and requests that each endpoint works on at once, each a few signatures. */
export const MAX_OAUTH_BODY_BYTES = 64 * KIB
export const MAX_OAUTH_PARAMETERS = 32
export const MAX_OAUTH_IN_FLIGHT = 128

/**
 * How long a key for tokens signs by default, and is published before it does: whoever may keep a copy of the key set for {@link JWKS_AGE_SECONDS} has to have looked again by then.
 * And for how long after its time a process that is slow to learn of the next key, or whose clock lags, may still sign with it.
 */
export const JWKS_AGE_SECONDS = 300
export const DEFAULT_TOKEN_KEY_SECONDS = 30 * 24 * 60 * 60
export const DEFAULT_TOKEN_KEY_PREPUBLISH_SECONDS = 15 * 60
export const TOKEN_KEY_OVERLAP_SECONDS = 60

/** Keys for tokens that are published at once. Rotating again and again would else grow the key set beyond what verifiers read. */
export const MAX_TOKEN_KEYS = 16

/** Tokens that one client gets in a minute, by default. A client that fetches one for each request fills the audit table instead of keeping its token. */
export const DEFAULT_TOKENS_PER_MINUTE = 600
