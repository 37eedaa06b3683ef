import type { ListCondition } from '../core/revocation/list-condition.ts'
import type { ListState } from '../core/revocation/revocation-view.ts'
import type { UpdateRefusalReason } from '../core/revocation/update-refusal.ts'
import type { StreamFaultReason } from './stream-fault.ts'

/** Why kept lists are not used: they are damaged, cannot be read, or do not verify. */
export type StateRefusalReason = 'STATE_DAMAGED' | 'STATE_UNREADABLE' | UpdateRefusalReason

/** What a follower has to say, in the order in which it happens. */
export type FeedEvent =
  | { readonly kind: 'connected' }
  /** The stream ended, and is opened again after this time. */
  | { readonly kind: 'disconnected'; readonly retryMs: number; readonly error: unknown }
  /** The lists of an authority were read from disk and are good. */
  | { readonly kind: 'loaded'; readonly authority: string; readonly state: ListState }
  /** Lists on disk are not used. */
  | {
      readonly kind: 'state_refused'
      readonly authority: string
      readonly reason: StateRefusalReason
      readonly message: string
    }
  /** A list was taken; `entryCount` of a delta without entries, a sign of life, is 0. */
  | {
      readonly kind: 'updated'
      readonly authority: string
      readonly update: 'complete' | 'delta'
      readonly state: ListState
      readonly entryCount: number
      readonly der: Uint8Array
    }
  /** A list, or the whole stream, was refused; nothing changed. */
  | {
      readonly kind: 'refused'
      readonly authority: string
      readonly reason: UpdateRefusalReason | StreamFaultReason
      readonly message: string
    }
  /** The service wants to start over. `ahead`: it never gave the number that we are at. */
  | { readonly kind: 'reset'; readonly authority: string; readonly reason: 'ahead' | 'too_old' }
  /** The authority goes on from another history, as after a restore. What was revoked in the old one stays revoked. */
  | { readonly kind: 'history_changed'; readonly authority: string; readonly lostNumber: bigint }
  /** How the lists of an authority stand has changed. */
  | {
      readonly kind: 'condition'
      readonly authority: string
      readonly condition: ListCondition
      /** With `from_the_future`: by how many seconds the clock of the service is ahead of ours, and what to do. */
      readonly clock?: { readonly aheadSeconds: number; readonly message: string }
    }
  /** What is known is not on disk, and a restart would not know it. */
  | { readonly kind: 'not_saved'; readonly authority: string; readonly error: unknown }
  /** It is again. */
  | { readonly kind: 'saved'; readonly authority: string }
  /** The service did not take the report of where we are, for the first time since it did. */
  | { readonly kind: 'not_reported'; readonly error: unknown }
