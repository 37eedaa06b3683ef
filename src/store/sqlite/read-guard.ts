import type { Database } from 'better-sqlite3'
import { StoreError } from '../store.ts'

/** Gives reads the contract's manners. */
export interface ReadGuard {
  /** The promised form of a read. */
  readonly read: <A extends unknown[], R>(
    method: (...args: A) => R | Promise<R>,
  ) => (...args: A) => Promise<R>
  /** A read that answers at once. */
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
          requireOpen(database)
          return method(...args)
        } catch (error) {
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
