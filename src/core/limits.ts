/**
 * Every limit in one place, with the attack it stops; those of tokens are in `token-limits.ts`, those of certification paths in `path-limits.ts`. Sizes in octets, spans in the unit of the name.
 */

const KIB = 1024
const MIB = 1024 * KIB

/** Nesting of DER elements. Stops stack exhaustion by `30 80 30 80 ...`. X.509 needs 12 at most. */
export const MAX_DER_DEPTH = 16

/** One certificate. Stops memory and CPU spent on padding; real ones are below 4 KiB. */
export const MAX_CERTIFICATE_BYTES = 16 * KIB

/** One certificate signing request, for the same reason. */
export const MAX_CSR_BYTES = 16 * KIB

/** One SubjectPublicKeyInfo; RSA-4096 takes 550. */
export const MAX_PUBLIC_KEY_BYTES = 2 * KIB

/** One CRL that is read whole, offline. A million entries take about 40 MiB. */
export const MAX_CRL_BYTES = 128 * MIB

/** Extensions in a certificate, CSR or CRL. Stops quadratic duplicate checks. */
export const MAX_EXTENSIONS = 64

/** Relative distinguished names in a name. */
export const MAX_NAME_ATTRIBUTES = 64

/** General names in one extension (SAN, name constraints, distribution points). */
export const MAX_GENERAL_NAMES = 256

/** Serial number, RFC 5280 section 4.1.2.2. */
export const MAX_SERIAL_BYTES = 20

/** Certificates offered with a leaf over the wire. */
export const MAX_CHAIN_CERTIFICATES = 8

/** A proxy's header with a certificate, its chain included: percent-encoded PEM takes half as much again as PEM. */
export const MAX_FORWARDED_BYTES = 64 * KIB

/** Pairs in all elements of an `X-Forwarded-Client-Cert`. Stops a long header of nothing but separators. */
export const MAX_XFCC_PAIRS = 128

/** Characters in a scope. */
export const MAX_SCOPE_LENGTH = 255

/** Segments in a scope. */
export const MAX_SCOPE_SEGMENTS = 16

/** Characters in a segment of a scope. */
export const MAX_SCOPE_SEGMENT_LENGTH = 64

/** Scopes in a certificate or grant. Stops sets that take longer to compare than a signature to check. */
export const MAX_SCOPES = 256

/** Scopes and host names that one certificate carries, together. Keeps what we issue below {@link MAX_CERTIFICATE_BYTES}. */
export const MAX_CARRIED_NAME_BYTES = 12 * KIB

/** Scopes that one request may require. */
export const MAX_REQUIRED_SCOPES = 64

/** Characters in an audience name. */
export const MAX_AUDIENCE_LENGTH = 255

/** Request method and authority in characters. Stop memory spent on what no server would accept. */
export const MAX_METHOD_LENGTH = 32
export const MAX_AUTHORITY_LENGTH = 255

/** Request target: what common servers accept. */
export const MAX_TARGET_BYTES = 8 * KIB

/** Header fields of one request, and octets in all. */
export const MAX_HEADER_FIELDS = 128
export const MAX_HEADER_BYTES = 64 * KIB
export const MAX_HEADER_NAME_LENGTH = 256
export const MAX_HEADER_VALUE_BYTES = 32 * KIB

/** One structured field with all its lines, in octets. Stops memory spent on what no header holds. */
export const MAX_STRUCTURED_FIELD_LENGTH = 256 * KIB

/**
 * Members of a list or dictionary, parameters of one item, items of one inner list: what RFC 9651 section 3 asks of every parser, and no more. Stops
 * fields that take far more memory than octets.
 */
export const MAX_STRUCTURED_FIELD_MEMBERS = 1024
export const MAX_STRUCTURED_FIELD_PARAMETERS = 256
export const MAX_STRUCTURED_FIELD_ITEMS = 256

/** Components that one message signature covers, and the octets that they make. Stop many spellings of one long header. */
export const MAX_COVERED_COMPONENTS = 64
export const MAX_SIGNATURE_BASE_LENGTH = 128 * KIB

/** Body sent for verification; larger ones are sent as a digest. */
export const MAX_BODY_BYTES = 1 * MIB

/** Message of a detached signature. */
export const MAX_DETACHED_MESSAGE_BYTES = 1 * MIB

/** A signature. RSA-4096 takes 512. */
export const MAX_SIGNATURE_BYTES = 1 * KIB

/** A bearer token and its id, in characters. Stop parsing and hashing of what no server's header takes; whoever has that many scopes asks for fewer. */
export const MAX_TOKEN_LENGTH = 8 * KIB
export const MAX_TOKEN_ID_LENGTH = 128

/** A JWS in JSON with its signatures, a JWK set with its keys, and how deep their JSON is nested. Stop a long list from being as many verifications. */
export const MAX_JWS_BYTES = 64 * KIB
export const MAX_JWS_SIGNATURES = 16
export const MAX_JWKS_KEYS = 64
export const MAX_JWKS_BYTES = 256 * KIB
export const MAX_JSON_DEPTH = 16

/** Nonce in characters. Fewer than 16 collide by chance; more than 128 only fill the store. */
export const MIN_NONCE_LENGTH = 16
export const MAX_NONCE_LENGTH = 128

/** Nonces kept at once. Full means that requests with a nonce are refused: fail closed, bounded disk. */
export const MAX_STORED_NONCES = 5_000_000

/** Expired nonces removed in one transaction. Keeps the writer's pauses short after a flood. */
export const MAX_NONCES_PRUNED = 10_000

/** Writes that wait for the store at once. A disk slower than its callers then refuses instead of filling the memory. */
export const MAX_PENDING_WRITES = 20_000

/** Writes that share one transaction. More would hold up the first of them without saving much. */
export const MAX_WRITES_PER_TRANSACTION = 1_000

/** Verified certificates kept in memory, about 10 KiB each, and as many statuses and verified tokens. Only what trusted issuers signed gets in. */
export const MAX_CACHED_CERTIFICATES = 10_000

/** How long a signed request is good for, by default, and how far clocks may differ. */
export const DEFAULT_AGE_WINDOW_SECONDS = 60
export const DEFAULT_CLOCK_SKEW_SECONDS = 30

/** How long an ALLOW may be reused by whoever asked and does not follow revocations. Bounds how far a cache outlives a revocation. */
export const DEFAULT_DECISION_CACHE_SECONDS = 60

/** Shortest certificate that can be asked for. */
export const MIN_VALIDITY_SECONDS = 10

/** Backdating of notBefore, for clocks that lag. */
export const DEFAULT_BACKDATE_SECONDS = 60

/** How long an idempotency key is remembered. */
export const IDEMPOTENCY_KEY_TTL_SECONDS = 24 * 60 * 60
export const MAX_IDEMPOTENCY_KEY_LENGTH = 128

/** Rows on one page of a list. */
export const DEFAULT_PAGE_SIZE = 100
export const MAX_PAGE_SIZE = 1000

/** Certificates that one revocation may touch. */
export const MAX_REVOCATION_TARGETS = 10_000

/** Certificates that one client may have at once, by default: as many as one revocation may touch. Stops issuing without end, after which to lock or remove the client would hold up every other write. */
export const DEFAULT_CERTIFICATES_PER_CLIENT = 10_000

/** Free text for people. */
export const MAX_TEXT_LENGTH = 256

/** Client ids in characters. */
export const MAX_CLIENT_ID_LENGTH = 64

/** Profiles and DNS names of one client. */
export const MAX_CLIENT_PROFILES = 16
export const MAX_CLIENT_DNS_NAMES = 32

/** Chunks of a streamed list. */
export const DEFAULT_CHUNK_BYTES = 256 * KIB
export const MIN_CHUNK_BYTES = 4 * KIB
export const MAX_CHUNK_BYTES = 1 * MIB

/** Authorities that one stream may follow. */
export const MAX_STREAM_AUTHORITIES = 16

/** CRL lifetime, which is how long verifiers can go on without the authority. */
export const DEFAULT_CRL_LIFETIME_SECONDS = 24 * 60 * 60

/** How long after its end a list is still relied on. Longer, and withholding lists keeps a revoked certificate good. */
export const DEFAULT_STALE_GRACE_SECONDS = 60 * 60

/** How long an OCSP answer is good: how long whoever caches one may not learn of a revocation. */
export const DEFAULT_OCSP_LIFETIME_SECONDS = 60 * 60

/** One OCSP request, and the certificates that it asks about. Stop parsing and signing without end for one small message. */
export const MAX_OCSP_REQUEST_BYTES = 8 * KIB
export const MAX_OCSP_CERTIFICATES = 32

/** Nonce of an OCSP request, RFC 9654 section 2.1. More would let a stranger choose what we sign at length. */
export const MAX_OCSP_NONCE_BYTES = 128

/** OCSP answers signed at once; beyond, requests get `tryLater`. Stops strangers from taking the threads that verify signatures. */
export const MAX_OCSP_SIGNATURES = 32

/** Signed OCSP answers kept, about 1 KiB each. Only for certificates that were issued: strangers cannot push out what is asked for. */
export const MAX_CACHED_OCSP_ANSWERS = 10_000

/** Revocations within this span share one new list. */
export const CRL_COALESCE_MS = 50

/**
 * Entries of one delta list, which travels as one message: 20,000 take 1.6 MiB at most, and tens of milliseconds to encode. Who missed more takes a
 * snapshot. At least this many are always given as a delta, however short the complete list is.
 */
export const MAX_DELTA_ENTRIES = 20_000
export const MIN_DELTA_LIMIT = 1_000

/** Deltas to the newest number that are kept, by where they begin. Readers that are up to date all share one. */
export const MAX_CACHED_DELTAS = 16

/** Complete lists up to this size are made anew after every change: that takes milliseconds. */
export const SMALL_CRL_BYTES = 1 * MIB

/** Parts that the lists of an authority are split into at most. Each is a signature and a list in memory: more would let one batch of revocations cost thousands. */
export const MAX_CRL_SHARDS = 256

/** How soon after a change a larger one is made anew, and after how many deltas at the latest. */
export const DEFAULT_CRL_COMPLETE_SECONDS = 5
export const DEFAULT_CRL_DELTAS_PER_COMPLETE = 100

/**
 * Large snapshots that are sent at once, and how long a reader may take for one. The messages on their way to readers, and the lists that slow readers
 * hold on to, are memory.
 */
export const MAX_SNAPSHOTS_AT_ONCE = 16
export const MAX_SNAPSHOT_MS = 5 * 60_000

/** How long a revocation stream lives. Its reader comes back, perhaps to another instance, with the trust and the rights of that hour. */
export const DEFAULT_STREAM_MAX_AGE_SECONDS = 60 * 60

/** Verifiers whose reports are remembered, in all and of one client, and characters in their names. Stops a client from filling the memory with invented ones, or hiding those of others. */
export const MAX_VERIFIERS = 4096
export const MAX_VERIFIERS_PER_CLIENT = 256
export const MAX_VERIFIER_ID_LENGTH = 64

/** How often an idle stream carries a checkpoint. */
export const DEFAULT_CHECKPOINT_SECONDS = 10

/** gRPC messages, both ways: the protocol's common default. */
export const MAX_GRPC_MESSAGE_BYTES = 4 * MIB

/** Calls open at once on one gRPC connection. Bounds the memory that one caller can pin: each may hold a whole message. */
export const MAX_CONCURRENT_STREAMS = 256

/** Octets that one HTTP/2 session may hold, in MiB, before it takes no further streams. */
export const MAX_SESSION_MEMORY_MIB = 64

/** Connections open at once, for the gRPC and for each HTTP listener. Stops exhaustion of file descriptors. */
export const MAX_GRPC_CONNECTIONS = 8192
export const MAX_HTTP_CONNECTIONS = 1024

/** Connections that one address has open at once to a public HTTP listener, by default. Stops one machine from holding all of them. */
export const DEFAULT_CONNECTIONS_PER_ADDRESS = 256

/** How long a TLS handshake may take. Stops half-open handshakes from piling up. */
export const TLS_HANDSHAKE_TIMEOUT_MS = 10_000

/** How long a connection may stay without one call that was let in. Stops strangers from holding connections. */
export const UNPROVEN_CONNECTION_MS = 120_000

/** How long a unary call may run on the server, whatever deadline its caller chose. */
export const MAX_UNARY_CALL_MS = 30_000

/** How long a stream may wait for its reader to take one message. Stops readers that never read. */
export const MAX_STREAM_STALL_MS = 60_000

/** Header of a proxy's sub-request, which holds the original request's; and connections of proxies. */
export const MAX_AUTH_HEADER_BYTES = 96 * KIB
export const MAX_AUTH_CONNECTIONS = 1024

/**
 * Requests of one VerifyRequests stream that are held at once, answers that its reader has not taken included, and their octets. Stop a
 * stream from pinning memory by sending faster than signatures are checked, or by never reading. Enough to keep every thread of the pool busy.
 */
export const MAX_STREAM_ITEMS = 128
export const MAX_STREAM_ITEM_BYTES = 8 * MIB

/** Answers of a bidirectional stream that wait for HTTP/2 at once: enough to share its writes, few enough for a reader that never reads. */
export const MAX_UNWRITTEN_ANSWERS = 32

/** Characters of a request's URL, and octets of its header, on the HTTP listeners. */
export const MAX_HTTP_URL_LENGTH = 1 * KIB
export const MAX_HTTP_HEADER_BYTES = 8 * KIB

/** One case of the conformance driver, in characters: the largest CRL in base64 and some room. Stops a line without end. */
export const MAX_CONFORMANCE_LINE_LENGTH = 192 * MIB

/** Certificates or CRLs in one list of a conformance case, so that none takes more than a second. */
export const MAX_CONFORMANCE_LIST = 1024
