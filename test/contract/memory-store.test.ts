import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMemoryStore } from '../../src/store/memory/memory-store.ts'
import { StoreError } from '../../src/store/store.ts'
import { storeContract } from './store-contract.ts'
import { withStoreOf } from './store/with-store.ts'

describe('memory store', () => {
  storeContract(withStoreOf(() => Promise.resolve(createMemoryStore())))

  it('refuses a backup, since it keeps nothing to back up', async () => {
    await assert.rejects(createMemoryStore().backup('never-written.db'), StoreError)
  })
})
