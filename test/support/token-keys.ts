import { type TokenKeysDependencies, openTokenKeys } from '../../src/authority/token-keys.ts'
import { createMemoryStore } from '../../src/store/memory/memory-store.ts'
import { createFakeKeyStore, createFakeTime, silentLog } from './fakes.ts'

/** Keys for tokens that are rotated by hand only, over fakes unless told otherwise. */
export function openFakeTokenKeys(change: Partial<TokenKeysDependencies> = {}) {
  const { clock, timers } = createFakeTime(new Date('2026-06-01T12:00:00Z'))
  return openTokenKeys({
    store: createMemoryStore(),
    keys: createFakeKeyStore(),
    clock,
    timers,
    log: silentLog,
    policy: { periodSeconds: 0, prepublishSeconds: 900 },
    ...change,
  })
}
