import { createMemoryKeyStore } from '../../src/signer/memory-key-store.ts'
import { describeSignerContract } from './signer-contract.ts'

describeSignerContract('the memory key store', () => Promise.resolve({ store: createMemoryKeyStore() }))
