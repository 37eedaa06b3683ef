/**
 * Why a list is not taken, in the order in which they are looked for. A refused list changes nothing.
 *
 * - `CRL_MALFORMED`: not strict DER, a critical extension that is not known, no number, no `nextUpdate`, a serial number twice.
 * - `CRL_KIND_WRONG`: a delta where a complete list was due, or the other way round.
 * - `CRL_ISSUER_WRONG`: another issuer or another key is named than that of the authority.
 * - `CRL_SIGNATURE_INVALID`: the authority's key did not sign it.
 * - `CRL_SCOPE_WRONG`: it speaks for a part of the certificates or reasons only: a shard in the place of the whole.
 * - `CRL_ROLLBACK`: its number is lower than what was taken before.
 * - `CRL_DUPLICATE`: it was taken before.
 * - `CRL_FORKED`: another list of that number was taken before: the authority has two histories.
 * - `CRL_GAP`: a delta that builds on something later than what is here; one between was lost.
 * - `CRL_BASE_WRONG`: a delta that builds on another list than the one that it was to follow.
 * - `CRL_EXPIRED`: the first list that is seen is past its `nextUpdate` already.
 * - `CRL_FROM_THE_FUTURE`: the first list that is seen begins later than now: a clock is wrong.
 */
export const UPDATE_REFUSALS = [
  'CRL_MALFORMED',
  'CRL_KIND_WRONG',
  'CRL_ISSUER_WRONG',
  'CRL_SIGNATURE_INVALID',
  'CRL_SCOPE_WRONG',
  'CRL_ROLLBACK',
  'CRL_DUPLICATE',
  'CRL_FORKED',
  'CRL_GAP',
  'CRL_BASE_WRONG',
  'CRL_EXPIRED',
  'CRL_FROM_THE_FUTURE',
] as const

/** See {@link UPDATE_REFUSALS}. */
export type UpdateRefusalReason = (typeof UPDATE_REFUSALS)[number]

/** A list that is not taken. A value, never thrown. */
export interface UpdateRefusal {
  readonly refused: UpdateRefusalReason
  /** One English clause for the operator. */
  readonly message: string
}

export function refuseUpdate(refused: UpdateRefusalReason, message: string): UpdateRefusal {
  return { refused, message }
}
