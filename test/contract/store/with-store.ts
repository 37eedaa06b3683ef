import type { Store } from '../../../src/store/store.ts'

/** Runs a test body with an empty store of the implementation under test and closes it after. */
export type WithStore = (body: (store: Store) => Promise<void>) => () => Promise<void>

/** Makes the {@link WithStore} of an implementation. A body that closed the store itself is left alone. */
export function withStoreOf(open: () => Promise<Store>): WithStore {
  return (body) => async () => {
    const store = await open()
    try {
      await body(store)
    } finally {
      await store.close().catch(() => undefined)
    }
  }
}
