import { DENY_REASONS, type DenyReason } from '../../decision/deny-reason.ts'

/** Why a certificate, a path or a list was refused. */
export interface PathFailure {
  readonly ok: false
  readonly reason: DenyReason
  /** For people: which certificate, and what is wrong with it. */
  readonly detail: string
}

/** Builds a {@link PathFailure}. */
export function failure(reason: DenyReason, detail: string): PathFailure {
  return { ok: false, reason, detail }
}

/**
 * Picks the failure of the more promising path. Checks run in the order of {@link DENY_REASONS}, so the path that failed at
 * the later one came further; of two that came equally far the first is kept.
 */
export function morePromising(a: PathFailure | undefined, b: PathFailure): PathFailure {
  if (a === undefined) return b
  return DENY_REASONS.indexOf(b.reason) > DENY_REASONS.indexOf(a.reason) ? b : a
}
