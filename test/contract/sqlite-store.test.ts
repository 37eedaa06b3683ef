import { after, describe } from 'node:test'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { storeContract } from './store-contract.ts'
import { withStoreOf } from './store/with-store.ts'

describe('SQLite store', () => {
  const folder = createTemporaryFolder()
  let databases = 0
  after(() => folder.remove())

  storeContract(
    withStoreOf(() => openSqliteStore({ path: folder.file(`store-${databases++}.db`), mustExist: false })),
  )
})
