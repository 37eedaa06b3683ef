import assert from 'node:assert/strict'
import { mkdirSync, renameSync } from 'node:fs'
import { after, describe, it } from 'node:test'
import { listFolder } from '../../../../src/store/sqlite/list-file.ts'
import { createListMaker } from '../../../../src/store/sqlite/list-maker.ts'
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.ts'
import { StoreError } from '../../../../src/store/store.ts'
import { createTemporaryFolder } from '../../../support/temporary-folder.ts'

describe('createListMaker', () => {
  const folder = createTemporaryFolder()
  after(() => folder.remove())

  it('does the next job in a new thread when one died, as soon as that is known', async () => {
    const [elsewhere, path] = [folder.file('elsewhere.db'), folder.file('lists.db')]
    await (await openSqliteStore({ path: elsewhere, mustExist: false })).close()
    mkdirSync(listFolder(path))
    const maker = createListMaker(path)
    const tidy = { kind: 'tidy', authorityId: 'issuing-1', crlNumber: 1n } as const
    // There is no database that the first thread could open.
    await assert.rejects(maker.run(tidy), StoreError)
    renameSync(elsewhere, path)
    assert.equal((await maker.run(tidy)).octets.length, 0)
    await maker.close()
  })
})
