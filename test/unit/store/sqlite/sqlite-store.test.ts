import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { after, describe, it } from 'node:test'
import SqliteDatabase from 'better-sqlite3'
import { verifyAuditChain } from '../../../../src/core/audit-chain.ts'
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.ts'
import { type Store, StoreError } from '../../../../src/store/store.ts'
import * as fixtures from '../../../support/store-fixtures.ts'
import { createTemporaryFolder } from '../../../support/temporary-folder.ts'

const { auditEntry, insertCertificate, nonceClaim, revokeCommand, seed, serialOf, serialTarget } = fixtures

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}

describe('openSqliteStore', () => {
  const folder = createTemporaryFolder()
  after(() => folder.remove())
  let files = 0
  const newPath = () => folder.file(`store-${files++}.db`)

  async function withStore(
    path: string,
    body: (store: Store) => Promise<void>,
    mustExist = false,
  ): Promise<void> {
    const store = await openSqliteStore({ path, mustExist })
    try {
      await body(store)
    } finally {
      await store.close()
    }
  }

  it('creates a file that only its owner can read, in a folder that only its owner can enter', async () => {
    const umask = process.umask(0)
    try {
      const path = folder.file('new/deep/store.db')
      await withStore(path, async (store) => {
        await seed(store)
        for (const suffix of ['', '-wal', '-shm']) assert.equal(modeOf(path + suffix), 0o600)
        assert.equal(modeOf(folder.file('new/deep')), 0o700)
        await store.backup(folder.file('new/backup.db'))
        assert.equal(modeOf(folder.file('new/backup.db')), 0o600)
      })
    } finally {
      process.umask(umask)
    }
  })

  it('refuses a file that others can read, and leaves it as it is', async () => {
    const path = newPath()
    await withStore(path, seed)
    for (const mode of [0o640, 0o604, 0o620]) {
      chmodSync(path, mode)
      await assert.rejects(openSqliteStore({ path, mustExist: true }), StoreError)
      assert.equal(modeOf(path), mode)
    }
  })

  it('refuses a missing, an empty, a foreign and a garbled file', async () => {
    const missing = newPath()
    await assert.rejects(openSqliteStore({ path: missing, mustExist: true }), StoreError)
    assert.equal(existsSync(missing), false)
    const empty = newPath()
    writeFileSync(empty, '', { mode: 0o600 })
    await assert.rejects(openSqliteStore({ path: empty, mustExist: true }), StoreError)
    const garbled = newPath()
    writeFileSync(garbled, 'x'.repeat(8192), { mode: 0o600 })
    await assert.rejects(openSqliteStore({ path: garbled, mustExist: false }), StoreError)
    assert.equal(readFileSync(garbled, 'utf8'), 'x'.repeat(8192))
    const foreign = newPath()
    const theirs = new SqliteDatabase(foreign)
    theirs.exec('CREATE TABLE theirs (id INTEGER)')
    theirs.close()
    chmodSync(foreign, 0o600)
    await assert.rejects(openSqliteStore({ path: foreign, mustExist: false }), StoreError)
    const directory = newPath()
    mkdirSync(directory, { mode: 0o700 })
    await assert.rejects(openSqliteStore({ path: directory, mustExist: false }), StoreError)
  })

  it('remembers everything after it was closed', async () => {
    const path = newPath()
    await withStore(path, async (store) => {
      await seed(store)
      await insertCertificate(store)
      await store.certificates.revoke(revokeCommand(serialTarget('0a01')), auditEntry())
      await store.nonces.claim(nonceClaim(), 10)
      assert.equal(await store.crls.reserveNumber('issuing-1'), 1n)
    })
    await withStore(
      path,
      async (store) => {
        assert.equal(store.certificates.status('issuing-1', '0a01')?.revocation?.crlNumber, 1n)
        assert.equal(await store.nonces.claim(nonceClaim(), 10), 'replayed')
        assert.equal(await store.crls.reserveNumber('issuing-1'), 2n)
        assert.equal(verifyAuditChain(await store.audit.list({ afterSequence: 0n, limit: 99 })).intact, true)
      },
      true,
    )
  })

  it('is correct when two of them share the file', async () => {
    const path = newPath()
    await withStore(path, async (first) => {
      await seed(first)
      await withStore(path, async (second) => {
        const stores = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? first : second))
        const numbers = await Promise.all(stores.map((store) => store.crls.reserveNumber('issuing-1')))
        assert.equal(new Set(numbers).size, 60)
        const claims = await Promise.all(
          stores.map((store, i) => store.nonces.claim(nonceClaim({ nonce: `n${i >> 1}` }), 20)),
        )
        assert.equal(claims.filter((claim) => claim === 'claimed').length, 20)
        await Promise.all(stores.map((store, i) => insertCertificate(store, { serialNumber: serialOf(i) })))
        for (let i = 0; i < 60; i++) {
          assert.ok(first.certificates.status('issuing-1', serialOf(i)))
          assert.ok(second.certificates.status('issuing-1', serialOf(i)))
        }
        assert.equal(verifyAuditChain(await first.audit.list({ afterSequence: 0n, limit: 99 })).intact, true)
      })
    })
  })

  it('knows at once of what another store on the file has revoked or locked', async () => {
    const path = newPath()
    await withStore(path, async (first) => {
      await seed(first)
      for (let i = 0; i < 8; i++) await insertCertificate(first, { serialNumber: serialOf(i) })
      const setState = (store: Store, state: 'active' | 'locked') =>
        store.clients.setState({ clientId: 'alice', state, lockMessage: '', at: fixtures.NOW }, auditEntry())
      await withStore(path, async (second) => {
        for (let i = 0; i < 8; i++) {
          const serialNumber = serialOf(i)
          const asked = () =>
            [first, second].map((store) => store.certificates.status('issuing-1', serialNumber))
          const writer = i % 2 === 0 ? second : first
          // Asked before, so that an answer is there to be remembered.
          assert.ok(asked().every((status) => status?.revocation === undefined))
          await writer.certificates.revoke(revokeCommand(serialTarget(serialNumber)), auditEntry())
          assert.ok(asked().every((status) => status?.revocation?.reason === 'keyCompromise'))
          for (const state of ['locked', 'active'] as const) {
            await setState(writer, state)
            assert.ok(asked().every((status) => status?.clientState === state))
          }
        }
      })
      // The second store has closed: what was remembered from before must not outlive that either.
      await setState(first, 'locked')
      assert.equal(first.certificates.status('issuing-1', serialOf(0))?.clientState, 'locked')
    })
  })

  it('backs up one moment while writes go on, and the copy is a store', async () => {
    const path = newPath()
    const copy = newPath()
    await withStore(path, async (store) => {
      await seed(store)
      await insertCertificate(store, { serialNumber: 'aa' })
      const writes = Array.from({ length: 400 }, (_, i) =>
        insertCertificate(store, { serialNumber: serialOf(i) }),
      )
      await Promise.all([store.backup(copy), ...writes])
      await assert.rejects(store.backup(copy), StoreError)
    })
    await withStore(
      copy,
      async (store) => {
        assert.ok(store.certificates.status('issuing-1', 'aa'))
        const { certificates } = await store.certificates.list({ limit: 1000, at: fixtures.NOW })
        const records = await store.audit.list({ afterSequence: 0n, limit: 1000 })
        assert.equal(records.length, 2 + certificates.length)
        assert.equal(verifyAuditChain(records).intact, true)
        await insertCertificate(store, { serialNumber: 'bb' })
      },
      true,
    )
  })

  it('never writes a backup over a file, nor leaves one in pieces', async () => {
    const kept = newPath()
    writeFileSync(kept, 'kept')
    await withStore(newPath(), async (store) => {
      await assert.rejects(store.backup(kept), StoreError)
      assert.equal(readFileSync(kept, 'utf8'), 'kept')
      assert.equal(existsSync(`${kept}.partial`), false)
      await assert.rejects(store.backup(folder.file('store-0.db/impossible.db')), StoreError)
    })
  })

  it('notices a change to the audit table', async () => {
    const path = newPath()
    await withStore(path, seed)
    const intruder = new SqliteDatabase(path)
    intruder.exec(`UPDATE audit SET actor = 'nobody' WHERE sequence = 1`)
    intruder.close()
    await withStore(path, async (store) => {
      const verdict = verifyAuditChain(await store.audit.list({ afterSequence: 0n, limit: 9 }))
      assert.deepEqual(verdict, { intact: false, brokenSequence: 1n, defect: 'hash' })
    })
  })
})
