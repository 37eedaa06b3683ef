import type { Credential } from '../request/credential.ts'
import type { ScopeMatch } from '../scope/scope-set.ts'
import type { CertificateCache } from './certificate-cache.ts'
import type { DenyReason } from './deny-reason.ts'
import type { RevocationSource, RevocationState } from './revocation-source.ts'
import type { TokenCache } from './token-cache.ts'
import type { TokenContext } from './token-trust.ts'
import type { TrustBundle } from './trust-bundle.ts'

/** How fresh the revocation state must be. */
export type Freshness =
  | { readonly kind: 'at_least_crl_number'; readonly crlNumber: bigint }
  | { readonly kind: 'max_staleness'; readonly milliseconds: number }

/** A request that someone wants served, and what serving it needs. Scopes and audience are syntactically good. */
export interface DecisionQuery {
  readonly credential: Credential
  /** Concrete. Empty: authentication only. */
  readonly requiredScopes: readonly string[]
  readonly match: ScopeMatch
  /** In the form of a scope. When given, every required scope must begin with its segments. */
  readonly audience: string | undefined
  readonly freshness: Freshness | undefined
  /** Record every check. */
  readonly explain: boolean
}

/** Remembers which nonces were used. */
export interface ReplayGuard {
  /**
   * `claimed` for the first claim of a nonce under a key, until `expiresAt`. Two concurrent claims never both succeed. Rejects when it cannot tell;
   * there is then no decision.
   */
  claim(claim: {
    /** SHA-256 of the signer's SubjectPublicKeyInfo. */
    readonly keyId: Uint8Array
    readonly nonce: string
    readonly at: Date
    readonly expiresAt: Date
  }): Promise<'claimed' | 'replayed'>
}

/** What a certificate is judged against. */
export interface TrustContext {
  /** The instant of the decision. */
  readonly at: Date
  readonly trust: TrustBundle
  readonly revocation: RevocationSource
  readonly cache: CertificateCache
}

/** What a request is judged against. */
export interface DecisionContext extends TrustContext {
  /** `unchecked` for looking at a request after the fact: never to decide whether it is served. */
  readonly replay: ReplayGuard | 'unchecked'
  /** How long a signature is good for. */
  readonly ageWindowSeconds: number
  /** How far the signer's clock may be ahead. */
  readonly clockSkewSeconds: number
  /** Whose tokens are trusted. Absent: nobody's, and every token is denied. */
  readonly tokens?: TokenContext | undefined
  /** Tokens that verified before. Absent: each is verified anew. */
  readonly tokenCache?: TokenCache | undefined
  /** For how long an answer may be reused by whoever asked and does not see revocations itself. Absent: no bound of its own. */
  readonly maxReuseSeconds?: number | undefined
}

/** Who asked. A token that is not bound to a certificate leaves what is said of one empty. */
export interface Principal {
  readonly clientId: string
  readonly spiffeId: string
  /** Authority that issued the certificate; `undefined` if the bundle does not name it. */
  readonly authorityId: string | undefined
  /** Lower-case hex. */
  readonly serialNumber: string
  readonly certificateSha256: Uint8Array
  /** Of the certificate; without one, of the token. */
  readonly notAfter: Date
  /** `jti` of the token; `undefined` without one. */
  readonly tokenId: string | undefined
}

/** One check and how it ended; `skipped` if an earlier one failed, or it does not apply. */
export interface CheckResult {
  readonly name: CheckName
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly detail: string
}

/** Every check, in the order in which they run. */
export const CHECK_NAMES = [
  'credential.parse',
  'token.parse',
  'token.issuer',
  'token.key',
  'token.algorithm',
  'token.signature',
  'token.times',
  'token.binding',
  'token.revocation',
  'certificate.parse',
  'certificate.path',
  'certificate.subject',
  'certificate.revocation',
  'client.state',
  'scopes.parse',
  'revocation.freshness',
  'request.coverage',
  'request.algorithm',
  'request.freshness',
  'request.nonce',
  'request.body',
  'request.signature',
  'audience',
  'scopes.required',
  'replay',
] as const

/** See {@link CHECK_NAMES}. */
export type CheckName = (typeof CHECK_NAMES)[number]

/** The answer. */
export interface Decision {
  readonly decision: 'ALLOW' | 'DENY'
  /** Set exactly on DENY. */
  readonly denyReason: DenyReason | undefined
  readonly message: string
  /** Set once the certificate verified and its subject was read, or the token verified; also on DENY. */
  readonly principal: Principal | undefined
  readonly grantedScopes: readonly string[]
  readonly missingScopes: readonly string[]
  /** Set exactly on ALLOW: the decision must not be reused after this instant. */
  readonly validUntil: Date | undefined
  readonly evaluatedAt: RevocationState | undefined
  /** Empty unless `explain` was set. */
  readonly checks: readonly CheckResult[]
}
