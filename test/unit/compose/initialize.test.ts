import assert from 'node:assert/strict'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { initialize } from '../../../src/compose.ts'
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

function newDataDir(t: TestContext): string {
  const folder = createTemporaryFolder()
  t.after(() => folder.remove())
  return join(folder.path, 'data')
}

describe('initialize', () => {
  it('makes nothing for a trust domain or an OID that is none, so that the next try succeeds', async (t) => {
    const dataDir = newDataDir(t)
    const trustDomain = 'chancery.example'
    for (const wrong of [
      { trustDomain: 'nodots' },
      { trustDomain, scopeExtensionOid: 'garbage' },
      { trustDomain, scopeExtensionOid: '2.5.29.17' },
    ]) {
      await assert.rejects(initialize({ dataDir, ...wrong }), { reason: 'FIELD_INVALID' })
      assert.ok(!existsSync(dataDir))
    }
    await initialize({ dataDir, trustDomain })
  })

  it('says what an init that was cut off left behind, and works once that is removed', async (t) => {
    const dataDir = newDataDir(t)
    const path = join(dataDir, 'chancery.db')
    const store = await openSqliteStore({ path, mustExist: false })
    await store.close()
    const request = { dataDir, trustDomain: 'chancery.example' }
    await assert.rejects(initialize(request), { name: 'StoreError', message: /was cut off.*Remove/ })
    rmSync(dataDir, { recursive: true })
    await initialize(request)
    await assert.rejects(initialize(request), { name: 'StoreError', message: /holds an authority already/ })
  })
})
