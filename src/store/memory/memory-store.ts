import { type Store, StoreError } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { createAuditStore } from './audit.ts'
import { createAuthorityStore } from './authorities.ts'
import { createCertificateStore } from './certificates.ts'
import { createClientStore } from './clients.ts'
import { createCrlStore } from './crls.ts'
import { createMetaStore } from './meta.ts'
import { createNonceStore } from './nonces.ts'
import { createTokenKeyStore } from './token-keys.ts'
import { type MemoryState, createMemoryState } from './state.ts'
import { createTokenStore } from './tokens.ts'

/**
 * A store for tests and trials: it forgets everything when the process ends, so that its promises of durability hold only
 * while the process lives. There is nothing to back up, and `backup` rejects.
 */
export function createMemoryStore(): Store {
  const state = createMemoryState()
  return {
    meta: guarded(state, createMetaStore(state)),
    authorities: guarded(state, createAuthorityStore(state)),
    clients: guarded(state, createClientStore(state)),
    certificates: guarded(state, createCertificateStore(state)),
    crls: guarded(state, createCrlStore(state)),
    tokens: guarded(state, createTokenStore(state)),
    nonces: guarded(state, createNonceStore(state)),
    tokenKeys: guarded(state, createTokenKeyStore(state)),
    audit: guarded(state, createAuditStore(state)),
    ping: guard(state, () => undefined),
    backup: () => Promise.reject(new StoreError('a memory store has no backup: open a SQLite store instead')),
    close: guard(state, () => {
      state.open = false
    }),
  }
}

/** Guards each method of a part. `status` and `isRevoked` answer on the calling thread, as the contract says. */
function guarded<T extends object>(state: MemoryState, part: Synchronous<T>): T {
  const methods = Object.entries(part as Readonly<Record<string, (...args: never[]) => unknown>>)
  const calls = methods.map(([name, method]) => [
    name,
    name === 'status' || name === 'isRevoked' ? guardNow(state, method) : guard(state, method),
  ])
  return Object.fromEntries(calls) as T
}

/** The promised form of a method. It runs at once and whole, so that concurrent writes are made one after the other. */
function guard<A extends unknown[], R>(
  state: MemoryState,
  method: (...args: A) => R,
): (...args: A) => Promise<R> {
  const call = guardNow(state, method)
  return (...args) =>
    new Promise((resolve) => {
      resolve(call(...args))
    })
}

/**
 * Refuses when closed, copies arguments and result, so that no caller can change what is stored through a reference it
 * kept, and gives every failure the contract's name.
 */
function guardNow<A extends unknown[], R>(state: MemoryState, method: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    if (!state.open) throw new StoreError('the store is closed')
    try {
      return structuredClone(method(...structuredClone(args)))
    } catch (error) {
      if (error instanceof StoreError) throw error
      throw new StoreError('the store cannot take this', { cause: error })
    }
  }
}
