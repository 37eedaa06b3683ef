/** What the use cases need from the outside besides store and signer. Fakes are in `test/support`. */

export interface Clock {
  /** The current instant. */
  now(): Date
}

export interface Random {
  /** Unpredictable octets. */
  bytes(length: number): Uint8Array
}

export interface Timers {
  /** Runs `callback` once, not before `milliseconds` have passed. Returns a function that calls it off. */
  after(milliseconds: number, callback: () => void): () => void
  /** Milliseconds since some instant. Never goes back, and is not moved when somebody sets the clock. */
  elapsed(): number
}

export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

/** Counters and measurements that the use cases report. */
export interface Metrics {
  certificateIssued(profile: string): void
  certificatesRevoked(reason: string, count: number): void
  requestDecided(decision: 'ALLOW' | 'DENY', reason: string): void
  /** A complete list was published. */
  crlPublished(authority: string, crlNumber: bigint, entries: number, buildSeconds: number): void
  /** `outcome` is the standing of a certificate, or the error that the whole request got. */
  ocspAnswered(outcome: string): void
  ocspSigned(): void
  /** `binding` is what the token is good beside. */
  tokenIssued(binding: 'certificate' | 'none'): void
  tokenRefused(reason: string): void
  /** `error` is what the answer of the OAuth endpoint says, or empty; `reason` is ours, which the one who asked is not told. */
  oauthAnswered(endpoint: string, error: string, reason: string, seconds: number): void
  /** A number was taken, for this many changes. */
  crlAdvanced(authority: string, crlNumber: bigint, entries: number): void
}

/** Who makes a call, as the mTLS handshake proved it. */
export interface Caller {
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly authorityId: string
  /** Lower-case hex. */
  readonly serialNumber: string
  /** Last instant of the certificate that the handshake proved; absent where the service acts by itself. */
  readonly notAfter?: Date
  /** SHA-256 of that certificate; absent likewise. */
  readonly certificateSha256?: Uint8Array
}
