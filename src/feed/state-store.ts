/** Lists that were kept: a complete one and the deltas after it, in order. */
export interface StoredLists {
  readonly complete: Uint8Array
  readonly deltas: readonly Uint8Array[]
}

/** What was kept of one authority. */
export interface StoredState {
  /** Absent if nothing was kept. */
  readonly current: StoredLists | undefined
  /** What the authority had signed before it began another history: what was revoked in it stays revoked. One that cannot be read is not among them. */
  readonly lost: readonly StoredLists[]
  /** Why something that was kept is not here: each history stands for itself. */
  readonly damage: readonly unknown[]
}

/** Files of one history that cannot be what was written, so that nothing in them is used. */
export class StateDamagedError extends Error {
  override readonly name = 'StateDamagedError'
}

/** Keeps the lists of each authority over a restart. Everything it holds is signed; whoever reads it checks it again. */
export interface StateStore {
  /** Damage is not thrown: {@link StoredState.damage}. */
  load(authorityId: string): Promise<StoredState>
  /** Puts these lists in the place of what was kept, in one step. `history`: `new` keeps that aside as lost. Durable when it resolves. */
  save(authorityId: string, lists: StoredLists, history: 'same' | 'new'): Promise<void>
  /** Adds a delta. Durable when it resolves. */
  append(authorityId: string, delta: Uint8Array): Promise<void>
}
