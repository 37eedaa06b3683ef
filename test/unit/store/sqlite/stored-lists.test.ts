import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { listFolder } from '../../../../src/store/sqlite/list-file.ts'
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.ts'
import { type Store, StoreError } from '../../../../src/store/store.ts'
import { readAssembledList } from '../../../support/assembled-list.ts'
import * as fixtures from '../../../support/store-fixtures.ts'
import { createTemporaryFolder } from '../../../support/temporary-folder.ts'

const ID = 'issuing-1'

describe('complete lists of the SQLite store', () => {
  const folder = createTemporaryFolder()
  after(() => folder.remove())
  let databases = 0

  async function withStore(
    body: (store: Store, lists: string, path: string) => Promise<void>,
  ): Promise<void> {
    const path = folder.file(`lists-${databases++}.db`)
    const store = await openSqliteStore({ path, mustExist: false })
    try {
      await fixtures.seed(store)
      await body(store, listFolder(path), path)
    } finally {
      await store.close()
    }
  }
  const publish = (store: Store, crlNumber: bigint, der = Uint8Array.of(0x30, Number(crlNumber))) =>
    store.crls.publish({
      authorityId: ID,
      crlNumber,
      thisUpdate: fixtures.NOW,
      nextUpdate: fixtures.secondsLater(60),
      entryCount: 0,
      pieces: [der],
    })

  it('lie in files that only their owner can read, one of each authority', async () => {
    await withStore(async (store, lists) => {
      await publish(store, 1n)
      await publish(store, 12n)
      assert.deepEqual(readdirSync(lists), [`${ID}.12.crl`, `${ID}.spare`])
      assert.equal(statSync(join(lists, `${ID}.12.crl`)).mode & 0o777, 0o600)
      assert.equal(statSync(lists).mode & 0o777, 0o700)
      assert.deepEqual(new Uint8Array(readFileSync(join(lists, `${ID}.12.crl`))), Uint8Array.of(0x30, 12))
    })
  })

  it('are written over the file of the one before the last, also when they are shorter, and each is whole', async () => {
    await withStore(async (store, lists) => {
      const ofLength = (length: number, octet: number) => new Uint8Array(length).fill(octet)
      const fileOf = (number: number) => statSync(join(lists, `${ID}.${number}.crl`)).ino
      await publish(store, 1n, ofLength(300_000, 1))
      const first = fileOf(1)
      await publish(store, 2n, ofLength(300_000, 2))
      for (const [number, length] of [
        [3, 10],
        [5, 700_000],
      ] as const) {
        await publish(store, BigInt(number), ofLength(length, number))
        assert.equal(fileOf(number) === first, number === 3)
        assert.deepEqual((await store.crls.latest(ID))?.der, ofLength(length, number))
      }
      await publish(store, 6n, ofLength(20, 6))
      assert.equal(fileOf(6), first)
      assert.deepEqual(readdirSync(lists), [`${ID}.6.crl`, `${ID}.spare`])
    })
  })

  it('are stored where the file to overwrite cannot be written', async () => {
    await withStore(async (store, lists) => {
      mkdirSync(join(lists, `${ID}.spare`), { recursive: true })
      await publish(store, 1n).catch(() => undefined)
      await publish(store, 2n)
      assert.equal((await store.crls.latest(ID))?.crlNumber, 2n)
    })
  })

  it('are there after the store was closed', async () => {
    await withStore(async (store, _lists, path) => {
      const published = await publish(store, 3n)
      const other = await openSqliteStore({ path, mustExist: true })
      assert.deepEqual(await other.crls.latest(ID), published)
      await other.close()
    })
  })

  it('are in a backup', async () => {
    await withStore(async (store) => {
      const published = await publish(store, 3n)
      const path = folder.file('backup.db')
      await store.backup(path)
      const copy = await openSqliteStore({ path, mustExist: true })
      assert.deepEqual(await copy.crls.latest(ID), published)
      assert.equal(statSync(join(listFolder(path), `${ID}.3.crl`)).mode & 0o777, 0o600)
      await copy.close()
    })
  })

  it('count as absent when the file is missing, cut off or another, and can be made anew', async () => {
    await withStore(async (store, lists) => {
      const damages: ((path: string) => void)[] = [
        (path) => rmSync(path),
        (path) => writeFileSync(path, Uint8Array.of(0x30)),
        (path) => writeFileSync(path, Uint8Array.of(0x30, 99)),
        (path) => writeFileSync(path, ''),
      ]
      for (const [i, damage] of damages.entries()) {
        const crlNumber = BigInt(i + 1)
        await publish(store, crlNumber)
        assert.equal((await store.crls.latest(ID))?.crlNumber, crlNumber)
        damage(join(lists, `${ID}.${crlNumber}.crl`))
        assert.equal(await store.crls.latest(ID), undefined)
      }
    })
  })

  it('are not named by the database before they are on disk, nor are leftovers of a crash taken for them', async () => {
    await withStore(async (store, lists) => {
      await publish(store, 1n)
      writeFileSync(join(lists, `${ID}.2.crl.partial`), 'half')
      writeFileSync(join(lists, `${ID}.3.crl`), 'written, and then the process died')
      assert.equal((await store.crls.latest(ID))?.crlNumber, 1n)
      await publish(store, 4n)
      assert.deepEqual(readdirSync(lists), [`${ID}.4.crl`, `${ID}.spare`])
    })
  })

  it('are refused when they cannot be written, and the old one stays', async () => {
    await withStore(async (store, lists) => {
      await publish(store, 1n)
      mkdirSync(join(lists, `${ID}.2.crl.partial`))
      await assert.rejects(publish(store, 2n), StoreError)
      assert.equal((await store.crls.latest(ID))?.crlNumber, 1n)
      await publish(store, 3n)
      assert.equal((await store.crls.latest(ID))?.crlNumber, 3n)
    })
  })

  it('are stored from octets that are part of something larger without taking the rest away', async () => {
    await withStore(async (store) => {
      const large = new Uint8Array(100).fill(7)
      await publish(store, 1n, large.subarray(10, 20))
      assert.equal(large.length, 100)
      assert.deepEqual((await store.crls.latest(ID))?.der, new Uint8Array(10).fill(7))
    })
  })

  it('are neither made nor stored once the store is closed', async () => {
    const store = await openSqliteStore({ path: folder.file('closed.db'), mustExist: false })
    await store.close()
    await assert.rejects(readAssembledList(store, ID, 1n, fixtures.NOW), StoreError)
    await assert.rejects(publish(store, 1n), StoreError)
  })
})
