import { MAX_HISTORIES } from '../core/revocation/feed-limits.ts'
import {
  type ListState,
  type RevocationView,
  type VerifiedUpdate,
  createRevocationView,
} from '../core/revocation/revocation-view.ts'
import type { UpdateRefusal } from '../core/revocation/update-refusal.ts'
import type { FollowedLists } from '../core/revocation/view-revocation.ts'
import type { Certificate } from '../core/x509/types.ts'
import { type DurableLists, createDurableLists } from './durable-lists.ts'
import type { FeedEvent } from './feed-event.ts'
import type { FeedPorts } from './ports.ts'
import { StateDamagedError, type StateStore, type StoredLists } from './state-store.ts'

/** An authority whose lists are followed. */
export interface FollowedAuthority {
  readonly id: string
  readonly certificate: Certificate
}

/**
 * The lists of one authority in memory and on disk. Nothing here trusts the stream: every list is verified before it changes anything, and is on disk, if
 * the disk takes it, before it counts.
 */
export interface AuthorityLists extends FollowedLists {
  readonly id: string
  /** Reads what was kept, and checks it as if it came just now. */
  load(): Promise<void>
  /** A stream begins. Returns the number to resume at; `undefined` asks for a complete list. */
  begin(): bigint | undefined
  /** The service says that it does not go on from where we are. */
  reset(reason: 'ahead' | 'too_old'): void
  takeComplete(der: Uint8Array): Promise<UpdateRefusal | undefined>
  takeDelta(der: Uint8Array): Promise<UpdateRefusal | undefined>
  /** True if a new stream should begin now, for the sake of a complete list. A disk that is full is no reason: it would be one again and again. */
  readonly wantsNewStream: boolean
}

/** Lists that are read beside the current ones, until they have come as far. */
interface Candidate {
  readonly view: RevocationView
  readonly history: 'same' | 'new'
  lists: StoredLists | undefined
}

export function createAuthorityLists(
  authority: FollowedAuthority,
  deps: {
    readonly ports: Pick<FeedPorts, 'now' | 'pause' | 'randomBytes'>
    readonly store: StateStore | undefined
    readonly report: (event: FeedEvent) => void
    /** Called when a list was taken. */
    readonly onTaken: () => void
  },
): AuthorityLists {
  const { ports, store, report, onTaken } = deps
  const { id } = authority
  const newView = () =>
    createRevocationView({
      issuer: authority.certificate,
      hashKey: ports.randomBytes(8),
      pause: () => ports.pause(),
    })
  let current = newView()
  let lost: readonly RevocationView[] = []
  let disk: DurableLists = createDurableLists(store, id, 0)
  let isSaved = true
  let candidate: Candidate | undefined
  // What the next delta of the stream must build on.
  let expectedBase: bigint | undefined

  function reportSaving(error: unknown): void {
    if (error !== undefined) report({ kind: 'not_saved', authority: id, error })
    else if (!isSaved) report({ kind: 'saved', authority: id })
    isSaved = error === undefined
  }

  function reportTaken({ kind, entryCount, der }: VerifiedUpdate, state: ListState): void {
    report({ kind: 'updated', authority: id, update: kind, state, entryCount, der })
    onTaken()
  }

  /** Puts the candidate in the place of the current lists once it has come as far; at once if those are another history. */
  async function adopt({ view, history, lists }: Candidate, update: VerifiedUpdate): Promise<void> {
    const [before, after] = [current.state, view.state!]
    if (history === 'same' && before !== undefined && after.crlNumber < before.crlNumber) return
    reportSaving(await disk.replace(lists!, history))
    if (history === 'new' && before !== undefined) {
      lost = [...lost, current]
      report({ kind: 'history_changed', authority: id, lostNumber: before.crlNumber })
    }
    current = view
    candidate = undefined
    reportTaken(update, after)
  }

  async function takeCandidate(into: Candidate, der: Uint8Array, kind: 'complete' | 'delta') {
    const { view } = into
    const update =
      kind === 'complete' ? await view.verifyComplete(der, ports.now()) : await view.verifyDelta(der)
    if ('refused' in update) return update
    await update.commit()
    into.lists =
      into.lists === undefined || kind === 'complete'
        ? { complete: der, deltas: [] }
        : { ...into.lists, deltas: [...into.lists.deltas, der] }
    expectedBase = update.state.crlNumber
    await adopt(into, update)
    return undefined
  }

  async function takeCurrent(verified: Promise<VerifiedUpdate | UpdateRefusal>) {
    const update = await verified
    if ('refused' in update) return update
    reportSaving(
      update.kind === 'complete'
        ? await disk.replace({ complete: update.der, deltas: [] }, 'same')
        : await disk.add(update.der),
    )
    await update.commit()
    expectedBase = update.state.crlNumber
    reportTaken(update, update.state)
    return undefined
  }

  return {
    id,
    get state() {
      return current.state
    },
    get lastRefusal() {
      return (candidate?.view ?? current).lastRefusal
    },
    get wantsNewStream() {
      return candidate === undefined && disk.want === 'long'
    },
    find(serialNumber) {
      // First found counts: what was revoked in a history that the authority lost is revoked.
      for (const view of [current, ...lost]) {
        const revocation = view.find(serialNumber)
        if (revocation !== undefined) return revocation
      }
      return undefined
    },
    async load() {
      if (store === undefined) return
      const refuse = (error: unknown): undefined => {
        report({ kind: 'state_refused', authority: id, ...explainState(error) })
        return undefined
      }
      // Each history stands for itself: one that is damaged takes no other with it.
      const restore = (lists: StoredLists) => replay(lists, newView()).catch(refuse)
      const stored = await store.load(id).catch(refuse)
      if (!stored) return
      stored.damage.forEach(refuse)
      lost = (await Promise.all(stored.lost.map(restore))).filter((view) => view !== undefined)
      const restored = stored.current && (await restore(stored.current))
      if (stored.current === undefined || restored === undefined) return
      current = restored
      disk = createDurableLists(store, id, stored.current.deltas.length)
      report({ kind: 'loaded', authority: id, state: current.state! })
    },
    begin() {
      expectedBase = current.state?.crlNumber
      const startsOver = expectedBase === undefined || disk.want !== undefined
      candidate = startsOver ? { view: newView(), history: 'same', lists: undefined } : undefined
      return startsOver ? undefined : expectedBase
    },
    reset(reason) {
      report({ kind: 'reset', authority: id, reason })
      // Beyond that many histories nothing is believed that would take us back: somebody has to look.
      const mayFork = reason === 'ahead' && lost.length < MAX_HISTORIES - 1
      candidate = { view: newView(), history: mayFork ? 'new' : 'same', lists: undefined }
    },
    takeComplete: (der) =>
      candidate
        ? takeCandidate(candidate, der, 'complete')
        : takeCurrent(current.verifyComplete(der, ports.now())),
    takeDelta: (der) =>
      candidate
        ? takeCandidate(candidate, der, 'delta')
        : takeCurrent(current.verifyDelta(der, expectedBase)),
  }
}

/** Kept lists that do not verify. */
class StateRefusedError extends Error {
  readonly refusal: UpdateRefusal

  constructor(refusal: UpdateRefusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** Takes kept lists as they were taken when they came. They may have run out since; what they are good for then is for the policy to say. */
async function replay({ complete, deltas }: StoredLists, view: RevocationView): Promise<RevocationView> {
  for (const [i, der] of [complete, ...deltas].entries()) {
    const update = i === 0 ? await view.verifyComplete(der, undefined) : await view.verifyDelta(der)
    if ('refused' in update) throw new StateRefusedError(update)
    await update.commit()
  }
  return view
}

function explainState(error: unknown) {
  if (error instanceof StateRefusedError) return { reason: error.refusal.refused, message: error.message }
  const message = error instanceof Error ? error.message : String(error)
  return {
    reason: error instanceof StateDamagedError ? 'STATE_DAMAGED' : 'STATE_UNREADABLE',
    message,
  } as const
}
