import type { Database } from 'better-sqlite3'
import { StoreError } from '../store.ts'

/** Gives reads the contract's manners. */
export interface ReadGuard {
  /** The promised form of a read. */
  readonly read: <A extends unknown[], R>(
    method: (...args: A) => R | Promise<R>,
  ) => (...args: A) => Promise<R>
  /** A read that answers at once. It must ask the database. */
  readonly readNow: <A extends unknown[], R>(method: (...args: A) => R) => (...args: A) => R
}

/** Every failure of a read becomes a {@link StoreError}, also that the store is closed. */
export function createReadGuard(database: Database): ReadGuard {
  return {
    read:
      (method) =>
      async (...args) => {
        try {
          requireOpen(database)
          return await method(...args)
        } catch (error) {
          throw nameFailure(error)
        }
      },
    readNow:
      (method) =>
      (...args) => {
        try {
          return method(...args)
        } catch (error) {
          // Asked after the failure and not before: to ask costs a quarter of the read, and a closed database answers nothing.
          requireOpen(database)
          throw nameFailure(error)
        }
      },
  }
}

function nameFailure(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  return new StoreError('the database cannot be read', { cause: error })
}

function requireOpen(database: Database): void {
  if (!database.open) throw new StoreError('the store is closed')
}
