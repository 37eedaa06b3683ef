import type { ErrorReason } from '../../../../src/core/errors.ts'

/**
 * Why there is no decision: a reason of the service's own, or
 *
 * - `AUTHORITY_UNREACHABLE`: it does not answer, or answers with something that is no decision.
 * - `AUTHORITY_SLOW`: it did not answer in time. The nonce of the request may be spent.
 * - `TRUST_UNAVAILABLE`: this process has no trust bundle yet.
 * - `VERIFIER_BUSY`: too many questions wait already.
 * - `VERIFIER_CLOSED`: it was closed.
 */
export type NoDecisionReason =
  | 'AUTHORITY_SLOW'
  | 'AUTHORITY_UNREACHABLE'
  | 'TRUST_UNAVAILABLE'
  | 'VERIFIER_BUSY'
  | 'VERIFIER_CLOSED'
  | ErrorReason

/** There is no decision, which is never a permission: the request must not be served. */
export class NoDecisionError extends Error {
  override readonly name = 'NoDecisionError'
  readonly reason: NoDecisionReason

  constructor(reason: NoDecisionReason, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.reason = reason
  }
}
