import type { CheckResult, Decision } from '../../../../src/core/decision/decision.ts'
import type { DenyReason } from '../../../../src/core/decision/deny-reason.ts'

/** Who asked, as far as it was proved. */
export interface VerifiedPrincipal {
  /** 1-64 of `[a-z0-9._-]`. */
  readonly clientId: string
  /** `spiffe://<trust domain>/client/<client id>`. */
  readonly spiffeId: string
  /** What its certificate, or its token, grants: concrete, sorted. */
  readonly scopes: readonly string[]
  /** Authority that issued the certificate; `undefined` for a token that is bound to none. */
  readonly authority: string | undefined
  /** Lower-case hex; `undefined` as above. */
  readonly serialNumber: string | undefined
  /** `jti` of the token; `undefined` without one. */
  readonly tokenId: string | undefined
}

/** The state of revocation that a decision rests on. */
export interface EvaluatedAt {
  readonly authority: string
  readonly crlNumber: bigint
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

interface Common {
  /** One English sentence for the operator. Never for the one who was refused. */
  readonly message: string
  /** Required scopes that are not granted, sorted. */
  readonly missingScopes: readonly string[]
  /** Absent if there was no list to go by. */
  readonly evaluatedAt: EvaluatedAt | undefined
  /** Every check in order, where the question asked for them. */
  readonly checks: readonly CheckResult[]
  /** Who decided: this process, or the service. */
  readonly decidedBy: 'authority' | 'local'
}

/** The request may be served. */
export interface Allowed extends Common {
  readonly decision: 'ALLOW'
  readonly reason: undefined
  readonly principal: VerifiedPrincipal
  /** Not to be relied on after this instant, and for a signed request not a second time at all. */
  readonly validUntil: Date
}

/** The request must not be served. */
export interface Denied extends Common {
  readonly decision: 'DENY'
  /** The first check that did not hold. `UNRECOGNIZED`: a reason that a newer service has and this library does not know. */
  readonly reason: DenyReason | 'UNRECOGNIZED'
  /** Set once the certificate or the token verified. */
  readonly principal: VerifiedPrincipal | undefined
  readonly validUntil: undefined
}

/** A decision. That there is none is a {@link NoDecisionError}, never a third value: nothing can be mistaken for a permission. */
export type Verification = Allowed | Denied

/** Says in the terms of this library what the core decided. */
export function toVerification(decided: Decision, decidedBy: Verification['decidedBy']): Verification {
  const { message, missingScopes, evaluatedAt, checks, principal: found, validUntil } = decided
  const common = {
    message,
    missingScopes,
    checks,
    decidedBy,
    evaluatedAt: evaluatedAt && {
      authority: evaluatedAt.authorityId,
      crlNumber: evaluatedAt.crlNumber,
      thisUpdate: evaluatedAt.thisUpdate,
      nextUpdate: evaluatedAt.nextUpdate,
    },
  }
  const principal: VerifiedPrincipal | undefined = found && {
    clientId: found.clientId,
    spiffeId: found.spiffeId,
    scopes: decided.grantedScopes,
    authority: found.authorityId,
    serialNumber: found.serialNumber === '' ? undefined : found.serialNumber,
    tokenId: found.tokenId,
  }
  if (decided.decision === 'ALLOW' && principal !== undefined && validUntil !== undefined) {
    return { ...common, decision: 'ALLOW', reason: undefined, principal, validUntil }
  }
  return {
    ...common,
    decision: 'DENY',
    reason: decided.denyReason ?? 'UNRECOGNIZED',
    principal,
    validUntil: undefined,
  }
}
