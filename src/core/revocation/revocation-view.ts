import { MalformedError } from '../errors.ts'
import { type OpenedCrl, openCrl } from '../x509/crl.ts'
import type { Certificate, CrlReason } from '../x509/types.ts'
import {
  type NumberedList,
  refuseCompleteOrder,
  refuseDeltaOrder,
  refuseStranger,
  refuseTimes,
  requireNumbered,
} from './judge-update.ts'
import { type Pause, forEachEntry, readEntries } from './read-entries.ts'
import { type Revocation, type RevokedSerials, createRevokedSerials } from './revoked-serials.ts'
import { type UpdateRefusal, refuseUpdate } from './update-refusal.ts'

/** How far the lists of one authority were followed. */
export interface ListState {
  readonly crlNumber: bigint
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  /** Number of the complete list that all of it builds on. */
  readonly completeNumber: bigint
}

/** A list that may be taken: it is authentic, and it follows what was taken before. */
export interface VerifiedUpdate {
  readonly kind: 'complete' | 'delta'
  readonly der: Uint8Array
  /** State of the view once it is taken. */
  readonly state: ListState
  /** BaseCRLNumber of a delta. */
  readonly baseCrlNumber: bigint | undefined
  readonly entryCount: number
  /** Takes it. Nothing else may have been taken since it was verified. */
  commit(): Promise<void>
}

/**
 * What one authority has revoked, as its signed lists say: one complete list, and deltas after it.
 *
 * Authenticity and order decide whether a list is taken. Time decides what it is good for (`stale-policy.ts`), but not whether it is taken: a
 * verifier whose clock is wrong must not miss revocations for it. Only the first list has to be in force.
 */
export interface RevocationView {
  readonly state: ListState | undefined
  /** How many certificates are revoked. */
  readonly count: number
  /** The last refusal, while there is nothing that was taken later. */
  readonly lastRefusal: UpdateRefusal | undefined
  /** `serialNumber`: content octets of its INTEGER. */
  find(serialNumber: Uint8Array): Revocation | undefined
  /** Verifies a complete list. `at`: now, for the first list; absent if the list was in force when it was taken, earlier. */
  verifyComplete(der: Uint8Array, at: Date | undefined): Promise<VerifiedUpdate | UpdateRefusal>
  /**
   * Verifies a delta. `expectedBase`: what it must build on, by default what the view is at. A lower number makes a delta that spans some that
   * were taken before.
   */
  verifyDelta(der: Uint8Array, expectedBase?: bigint): Promise<VerifiedUpdate | UpdateRefusal>
}

/** Makes the view of one authority, which knows nothing yet. `hashKey`: see {@link createRevokedSerials}. */
export function createRevocationView(options: {
  readonly issuer: Certificate
  readonly hashKey: Uint8Array
  readonly pause: Pause
}): RevocationView {
  const { issuer, hashKey, pause } = options
  let serials = createRevokedSerials(hashKey)
  let state: ListState | undefined
  // The parts of the complete list that later ones are held against. The list itself is as large as a million entries: it must not be kept.
  let complete: Pick<NumberedList, 'crlNumber' | 'nextUpdate' | 'signature'> | undefined
  let lastRefusal: UpdateRefusal | undefined

  /** Makes the commit of an update, which is good for the state that it was verified against only. */
  function committing(next: ListState, change: () => Promise<void> | void): () => Promise<void> {
    const verifiedAgainst = state
    return async () => {
      if (state !== verifiedAgainst) throw new Error('another list was taken since this one was verified')
      await change()
      state = next
      lastRefusal = undefined
    }
  }

  async function verify(
    der: Uint8Array,
    judge: (opened: OpenedCrl, list: NumberedList) => Promise<VerifiedUpdate | UpdateRefusal>,
  ): Promise<VerifiedUpdate | UpdateRefusal> {
    const result = await readingList(async () => {
      const opened = openCrl(der)
      const list = requireNumbered(opened.list)
      return (await refuseStranger(opened, issuer)) ?? (await judge(opened, list))
    })
    if ('refused' in result) lastRefusal = result
    return result
  }

  return {
    get state() {
      return state
    },
    get count() {
      return serials.count
    },
    get lastRefusal() {
      return lastRefusal
    },
    find: (serialNumber) => serials.find(serialNumber),

    verifyComplete: (der, at) =>
      verify(der, async (opened, list) => {
        const refusal =
          refuseCompleteOrder(list, state, complete) ??
          (state === undefined && at !== undefined ? refuseTimes(list, at) : undefined)
        if (refusal) return refusal
        const read = await readEntries(opened, hashKey, pause)
        const { crlNumber, thisUpdate, nextUpdate } = list
        const next = { crlNumber, thisUpdate, nextUpdate, completeNumber: crlNumber }
        const commit = committing(next, () => {
          serials = read
          complete = { crlNumber, nextUpdate, signature: Uint8Array.from(list.signature) }
        })
        return {
          kind: 'complete',
          der,
          state: next,
          baseCrlNumber: undefined,
          entryCount: read.count,
          commit,
        }
      }),

    verifyDelta: (der, expectedBase = state?.crlNumber) =>
      verify(der, async (opened, list) => {
        if (state === undefined || complete === undefined || expectedBase === undefined) {
          return refuseUpdate('CRL_GAP', 'a delta came before any complete list')
        }
        const refusal = refuseDeltaOrder(list, state.crlNumber, expectedBase)
        if (refusal) return refusal
        const entryCount = (await readEntries(opened, hashKey, pause)).count
        const { crlNumber, thisUpdate } = list
        // The complete list is good for as long as it says, whatever a delta adds to it.
        const nextUpdate = list.nextUpdate > complete.nextUpdate ? list.nextUpdate : complete.nextUpdate
        const next = { crlNumber, thisUpdate, nextUpdate, completeNumber: complete.crlNumber }
        const commit = committing(next, async () => {
          await forEachEntry(opened, pause, (serialNumber, reason, revokedAtMs) => {
            applyEntry(serials, serialNumber, reason, revokedAtMs)
          })
        })
        return { kind: 'delta', der, state: next, baseCrlNumber: list.baseCrlNumber, entryCount, commit }
      }),
  }
}

/** RFC 5280 section 5.3.1: only a hold is lifted. A revocation for good may get another reason, and nothing makes a hold of it. */
function applyEntry(
  serials: RevokedSerials,
  serialNumber: Uint8Array,
  reason: CrlReason,
  revokedAtMs: number,
): void {
  const known = serials.find(serialNumber)
  const isForGood = known !== undefined && known.reason !== 'certificateHold'
  if (isForGood && (reason === 'removeFromCRL' || reason === 'certificateHold')) return
  if (reason === 'removeFromCRL') serials.lift(serialNumber)
  else serials.set(serialNumber, reason, revokedAtMs)
}

async function readingList<T>(read: () => Promise<T>): Promise<T | UpdateRefusal> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return refuseUpdate('CRL_MALFORMED', `the list cannot be read: ${error.message} (${error.defect})`)
  }
}
