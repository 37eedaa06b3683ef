import type { ChanceryError } from '../chancery-error.ts'
import type { ChanceryErrorReason } from '../chancery-error-reason.ts'

/** What a token is for. */
export interface TokenResource {
  /** Name of the one resource server, such as `bob`. Default: every one of the trust domain, each of which could then use the token at another. */
  readonly audience?: string
  /** Default: all of the certificate that the audience can have. */
  readonly scopes?: readonly string[]
}

/** Why requests are signed and carry no token. */
export type SwitchReason =
  /** How the authority failed. */
  | ChanceryErrorReason
  /** It has not answered within `patienceMs`; it may yet. */
  | 'SLOW'
  /** A resource server refused a token that had just been issued. */
  | 'TOKEN_REFUSED'

/** Something that an operator may want to know. `at` is this machine's clock. */
export type CredentialEvent =
  | {
      /** Requests for a resource now carry the other credential. */
      readonly kind: 'switched'
      readonly to: 'token' | 'certificate'
      /** Absent on the way back to tokens. */
      readonly reason: SwitchReason | undefined
      readonly resource: TokenResource
      readonly at: Date
      /** How long requests carried the one before, in milliseconds; 0 for the first. */
      readonly afterMs: number
    }
  | { readonly kind: 'authority_lost'; readonly error: ChanceryError; readonly at: Date }
  /** `afterMs`: how long it was away for us; `probes`: how often it was tried. */
  | { readonly kind: 'authority_back'; readonly afterMs: number; readonly probes: number; readonly at: Date }
  /** The authority answers, and gives no token: requests are rejected once the token at hand has run out. */
  | {
      readonly kind: 'denied'
      readonly error: ChanceryError
      readonly resource: TokenResource
      readonly at: Date
    }
  /** A resource server answered 401 to a token. */
  | { readonly kind: 'token_refused'; readonly resource: TokenResource; readonly at: Date }

/** Counts since the start. */
export interface CredentialMetrics {
  /** Requests that were given a token, and that were signed. */
  readonly requests: { readonly token: number; readonly certificate: number }
  readonly switches: { readonly token: number; readonly certificate: number }
  /** Tokens asked for, and how that ended; probes are among them. */
  readonly fetches: { readonly issued: number; readonly failed: number; readonly denied: number }
  readonly probes: number
  readonly tokensRefused: number
  /** Milliseconds since the authority was lost; `undefined` while it is there. */
  readonly authorityLostForMs: number | undefined
  /** The authority's clock less this machine's, at the last token, in milliseconds; up to a second too low, as tokens have whole ones. More than 30,000 and signatures are refused. */
  readonly clockOffsetMs: number | undefined
}
