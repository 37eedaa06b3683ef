import { DENY_REASONS, type DenyReason } from './deny-reason.ts'

/** A check that did not hold. A value, never thrown. */
export interface Denial {
  readonly denied: DenyReason
  /** One English sentence for the operator of the resource server. */
  readonly message: string
}

export function deny(reason: DenyReason, message: string): Denial {
  return { denied: reason, message }
}

/** True if a check's result is a denial and not what it found. */
export function isDenial(result: unknown): result is Denial {
  return typeof result === 'object' && result !== null && 'denied' in result
}

const RANK: ReadonlyMap<DenyReason, number> = new Map(DENY_REASONS.map((reason, i) => [reason, i]))

/** The denial whose reason comes first in {@link DENY_REASONS}; the first of equals. */
export function firstDenial(denials: readonly Denial[]): Denial | undefined {
  let first: Denial | undefined
  for (const denial of denials) {
    if (first === undefined || RANK.get(denial.denied)! < RANK.get(first.denied)!) first = denial
  }
  return first
}
