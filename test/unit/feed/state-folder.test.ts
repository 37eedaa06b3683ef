import assert from 'node:assert/strict'
import { readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { appendFile, cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { encodeRecord } from '../../../src/feed/delta-journal.ts'
import { createStateFolder } from '../../../src/feed/state-folder.ts'
import { StateDamagedError, type StateStore } from '../../../src/feed/state-store.ts'
import { type FeedFixture, createFeedFixture, says } from '../../support/feed-fixture.ts'
import { createListAuthority } from '../../support/list-authority.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../../support/temporary-folder.ts'

const authority = createListAuthority()
const complete: typeof authority.complete = (...list) => authority.complete(...list)
const delta: typeof authority.delta = (...list) => authority.delta(...list)
const ID = 'issuing-1'
let folder: TemporaryFolder

beforeEach(() => {
  folder = createTemporaryFolder()
})
afterEach(() => folder.remove())

const place = (...names: readonly string[]) => join(folder.path, ID, ...names)
const bytes = (...octets: readonly number[]) => Buffer.from(octets)

describe('a folder of lists', () => {
  it('is empty at first', async () => {
    assert.deepEqual(await createStateFolder(folder.path).load(ID), {
      current: undefined,
      lost: [],
      damage: [],
    })
  })
  it('gives back what was saved, to another process too, and lets nobody else read it', async () => {
    const store = createStateFolder(join(folder.path, 'deep', 'state'))
    await store.save(ID, { complete: bytes(1, 2), deltas: [bytes(3)] }, 'new')
    await store.append(ID, bytes(4, 5))
    const { current, lost } = await createStateFolder(join(folder.path, 'deep', 'state')).load(ID)
    assert.deepEqual(current, { complete: bytes(1, 2), deltas: [bytes(3), bytes(4, 5)] })
    assert.deepEqual(lost, [])
    const kept = join(folder.path, 'deep', 'state', ID)
    assert.equal(statSync(kept).mode & 0o777, 0o700)
    assert.equal(statSync(join(kept, '1.1', 'deltas')).mode & 0o777, 0o600)
    assert.equal(statSync(join(kept, '1.1', 'complete.crl')).mode & 0o777, 0o600)
  })
  it('replaces the lists of one history, and keeps those of another', async () => {
    const store = createStateFolder(folder.path)
    await store.save(ID, { complete: bytes(1), deltas: [] }, 'new')
    await store.save(ID, { complete: bytes(2), deltas: [] }, 'same')
    assert.deepEqual(readdirSync(place()), ['1.2'])
    await store.save(ID, { complete: bytes(3), deltas: [] }, 'new')
    await store.append(ID, bytes(9))
    const again = await createStateFolder(folder.path).load(ID)
    assert.deepEqual(again.current, { complete: bytes(3), deltas: [bytes(9)] })
    assert.deepEqual(again.lost, [{ complete: bytes(2), deltas: [] }])
  })
  it('keeps four histories, not more', async () => {
    const store = createStateFolder(folder.path)
    for (let i = 0; i < 4; i++) await store.save(ID, { complete: bytes(i), deltas: [] }, 'new')
    await assert.rejects(store.save(ID, { complete: bytes(4), deltas: [] }, 'new'))
    assert.equal(readdirSync(place()).length, 4)
  })
  it('survives a crash at any octet of a journal: whole records count, a last one that is cut off does not', async () => {
    const store = createStateFolder(folder.path)
    await store.save(ID, { complete: bytes(1), deltas: [] }, 'new')
    const records = [bytes(2, 2), bytes(3, 3, 3), bytes(4)]
    for (const record of records) await store.append(ID, record)
    const whole = readFileSync(place('1.1', 'deltas'))
    const ends = [10, 21, 30]
    assert.equal(whole.length, 30)
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(place('1.1', 'deltas'), whole.subarray(0, length))
      const crashed = createStateFolder(folder.path)
      const survived = ends.filter((end) => end <= length).length
      assert.deepEqual(
        (await crashed.load(ID)).current?.deltas,
        records.slice(0, survived),
        `${length} octets`,
      )
      await crashed.append(ID, bytes(7, 7))
      const after = await createStateFolder(folder.path).load(ID)
      assert.deepEqual(after.current?.deltas, [...records.slice(0, survived), bytes(7, 7)])
    }
  })
  it('takes room that was made and not written for a record that is cut off', async () => {
    const store = createStateFolder(folder.path)
    await store.save(ID, { complete: bytes(1), deltas: [bytes(2)] }, 'new')
    await appendFile(place('1.1', 'deltas'), Buffer.alloc(100))
    assert.deepEqual((await createStateFolder(folder.path).load(ID)).current?.deltas, [bytes(2)])
  })
  it('survives a crash in the middle of a replacement', async () => {
    const store = createStateFolder(folder.path)
    await store.save(ID, { complete: bytes(1), deltas: [] }, 'new')
    await cp(place('1.1'), place('aaaa.tmp'), { recursive: true })
    truncateSync(place('aaaa.tmp', 'complete.crl'), 0)
    assert.deepEqual((await createStateFolder(folder.path).load(ID)).current?.complete, bytes(1))
    // And after the rename, before the old ones are gone.
    await cp(place('1.1'), place('1.2'), { recursive: true })
    await writeFile(place('1.2', 'complete.crl'), bytes(2))
    assert.deepEqual(await createStateFolder(folder.path).load(ID), {
      current: { complete: bytes(2), deltas: [] },
      lost: [],
      damage: [],
    })
    assert.deepEqual(readdirSync(place()), ['1.2'])
  })
  it('calls everything else damaged', async () => {
    const store = createStateFolder(folder.path)
    await store.save(ID, { complete: bytes(1), deltas: [bytes(2, 2), bytes(3, 3)] }, 'new')
    const whole = await readFile(place('1.1', 'deltas'))
    for (let at = 0; at < whole.length; at++) {
      // A changed octet of a delta is for its signature to find out.
      if (at % 10 >= 8) continue
      const damaged = Buffer.from(whole)
      damaged[at]! ^= 0x40
      await writeFile(place('1.1', 'deltas'), damaged)
      const { current, damage } = await createStateFolder(folder.path).load(ID)
      assert.equal(current, undefined, `octet ${at}`)
      assert.ok(damage.length === 1 && damage[0] instanceof StateDamagedError, `octet ${at}`)
    }
    await assert.rejects(createStateFolder(folder.path).load('../elsewhere'), StateDamagedError)
  })
})

describe('a follower with a folder', () => {
  /** Follows to list 6, which revokes 1 and 2, in this folder, and stops. */
  async function leaveBehind(store: StateStore = createStateFolder(folder.path)): Promise<void> {
    const feed = await restart(store)
    const stream = await feed.nextStream()
    stream.say(...says.snapshot(complete(5, [1])), says.delta(delta(5, 6, [2])))
    await feed.next('updated')
    await feed.next('updated')
    await feed.stop()
  }
  async function restart(store: StateStore = createStateFolder(folder.path), at = 10): Promise<FeedFixture> {
    const feed = createFeedFixture(authority, { store, at })
    await feed.follower.load()
    feed.run()
    return feed
  }

  it('starts without the authority, and resumes where it was', async () => {
    await leaveBehind()
    const feed = await restart()
    assert.equal((await feed.next('loaded')).state.crlNumber, 6n)
    assert.deepEqual(
      [1, 2, 3].map((serial) => feed.standing(serial)),
      ['revoked', 'revoked', 'good'],
    )
    const { request } = await feed.nextStream()
    assert.deepEqual(request.resume, [{ authority: ID, crlNumber: 6n }])
    await feed.stop()
  })
  it('remembers what a restored authority has forgotten', async () => {
    await leaveBehind()
    const feed = await restart()
    ;(await feed.nextStream()).say(says.reset('ahead'), ...says.snapshot(complete(3, [1])))
    await feed.next('history_changed')
    await feed.next('updated')
    await feed.stop()
    const again = await restart()
    assert.equal((await again.next('loaded')).state.crlNumber, 3n)
    assert.deepEqual(
      [1, 2, 3].map((serial) => again.standing(serial)),
      ['revoked', 'revoked', 'good'],
    )
    await again.stop()
  })
  it('loses nothing else by a history that is damaged, whichever it is, and says so', async () => {
    await leaveBehind()
    const first = await restart()
    ;(await first.nextStream()).say(says.reset('ahead'), ...says.snapshot(complete(3, [7])))
    await first.next('history_changed')
    await first.next('updated')
    await first.stop()
    for (const { history, reason, left } of [
      { history: '1.1', reason: 'STATE_DAMAGED', left: ['good', 'revoked'] },
      { history: '2.2', reason: 'STATE_DAMAGED', left: ['revoked', 'unknown'] },
    ]) {
      const copy = createTemporaryFolder()
      await cp(folder.path, copy.path, { recursive: true })
      rmSync(join(copy.path, ID, history, 'complete.crl'))
      const feed = createFeedFixture(authority, { store: createStateFolder(copy.path), at: 10 })
      await feed.follower.load()
      assert.equal((await feed.next('state_refused')).reason, reason)
      const standings = [1, 7].map((serial) => feed.standing(serial))
      assert.deepEqual(standings, left, history)
      copy.remove()
    }
  })
  it('goes by its policy when it starts long after the last list', async () => {
    await leaveBehind()
    const feed = await restart(createStateFolder(folder.path), 48 * 60 * 60)
    assert.deepEqual(
      [2, 3].map((serial) => feed.standing(serial)),
      ['revoked', 'unknown'],
    )
    assert.equal(feed.standing(3, { kind: 'best_effort' }), 'good')
    assert.equal((await feed.next('condition')).condition, 'expired')
    await feed.stop()
  })
  it('from an older copy of the folder: says that it is behind, and catches up before it is current', async () => {
    const store = createStateFolder(folder.path)
    await leaveBehind(store)
    const feed = await restart(store, 100)
    assert.equal((await feed.next('condition')).condition, 'frozen')
    const stream = await feed.nextStream()
    stream.say(says.delta(delta(6, 95, [3])))
    await feed.next('updated')
    assert.equal((await feed.next('condition')).condition, 'current')
    assert.equal(feed.standing(3), 'revoked')
    await feed.stop()
  })

  const damages: readonly [string, () => void, string][] = [
    ['an altered list', () => flip(place('1.1', 'complete.crl')), 'CRL_SIGNATURE_INVALID'],
    ['a list that is cut off', () => truncateSync(place('1.1', 'complete.crl'), 60), 'CRL_MALFORMED'],
    ['an altered delta', () => flip(place('1.1', 'deltas')), 'CRL_SIGNATURE_INVALID'],
    [
      'a delta left out',
      () => writeFileSync(place('1.1', 'deltas'), encodeRecord(delta(6, 7, [3]))),
      'CRL_GAP',
    ],
    [
      'a delta from before the list',
      () => writeFileSync(place('1.1', 'deltas'), encodeRecord(delta(2, 3, []))),
      'CRL_ROLLBACK',
    ],
    ['a damaged journal', () => writeFileSync(place('1.1', 'deltas'), 'nothing of ours'), 'STATE_DAMAGED'],
    ['a missing journal', () => rmSync(place('1.1', 'deltas')), 'STATE_DAMAGED'],
    [
      'the list of another trust bundle',
      () => {
        const other = createListAuthority()
        writeFileSync(place('1.1', 'complete.crl'), other.complete(5))
      },
      'CRL_ISSUER_WRONG',
    ],
  ]
  for (const [what, damage, reason] of damages) {
    it(`does not use ${what}: ${reason}`, async () => {
      await leaveBehind()
      damage()
      const feed = await restart()
      assert.equal((await feed.next('state_refused')).reason, reason)
      assert.equal(feed.standing(3), 'unknown')
      const stream = await feed.nextStream()
      assert.deepEqual(stream.request.resume, [])
      stream.say(...says.snapshot(complete(6, [1, 2])))
      await feed.next('updated')
      assert.equal(feed.standing(2), 'revoked')
      await feed.stop()
      const again = await restart()
      assert.equal((await again.next('loaded')).state.crlNumber, 6n)
      await again.stop()
    })
  }

  it('goes on from memory when the disk is full, says so, and catches the disk up afterwards', async () => {
    const real = createStateFolder(folder.path)
    let isFull = false
    const store: StateStore = {
      load: (id) => real.load(id),
      save: (...save) => (isFull ? Promise.reject(new Error('ENOSPC')) : real.save(...save)),
      append: (...append) => (isFull ? Promise.reject(new Error('ENOSPC')) : real.append(...append)),
    }
    const feed = await restart(store)
    const stream = await feed.nextStream()
    stream.say(...says.snapshot(complete(5, [1])))
    await feed.next('updated')
    isFull = true
    stream.say(says.delta(delta(5, 6, [2])), says.delta(delta(6, 7, [3])))
    await feed.next('not_saved')
    await feed.next('updated')
    await feed.next('updated')
    assert.deepEqual(
      [1, 2, 3, 4].map((serial) => feed.standing(serial)),
      ['revoked', 'revoked', 'revoked', 'good'],
    )
    isFull = false
    stream.say(says.delta(delta(7, 8, [4])))
    await feed.next('saved')
    await feed.stop()
    const again = await restart()
    assert.equal((await again.next('loaded')).state.crlNumber, 8n)
    assert.deepEqual(
      [2, 3, 4, 5].map((serial) => again.standing(serial)),
      ['revoked', 'revoked', 'revoked', 'good'],
    )
    await again.stop()
  })
  it('keeps what a restored authority has forgotten, also when the disk was full when it learned of that', async () => {
    await leaveBehind()
    const real = createStateFolder(folder.path)
    let isFull = true
    const store: StateStore = {
      ...real,
      save: (...save) => (isFull ? Promise.reject(new Error('ENOSPC')) : real.save(...save)),
    }
    const feed = await restart(store)
    const stream = await feed.nextStream()
    stream.say(says.reset('ahead'), ...says.snapshot(complete(3, [1])))
    await feed.next('not_saved')
    await feed.next('history_changed')
    isFull = false
    stream.end()
    ;(await feed.reconnect()).say(...says.snapshot(complete(4, [1])))
    await feed.next('saved')
    await feed.stop()
    const again = await restart()
    assert.equal((await again.next('loaded')).state.crlNumber, 4n)
    assert.deepEqual(
      [1, 2, 3].map((serial) => again.standing(serial)),
      ['revoked', 'revoked', 'good'],
    )
    await again.stop()
  })
  it('begins with a complete list again when the deltas that it keeps are too many', async () => {
    const saved: number[] = []
    const store: StateStore = {
      load: () => Promise.resolve({ current: undefined, lost: [], damage: [] }),
      save: (_id, { deltas }) => Promise.resolve(void saved.push(deltas.length)),
      append: () => Promise.resolve(),
    }
    // Later than all of the lists.
    const feed = await restart(store, 3000)
    const stream = await feed.nextStream()
    stream.say(...says.snapshot(complete(0, [1])))
    for (let i = 0; i < 2048; i++) stream.say(says.checkpoint(delta(i, i + 1)))
    const again = await feed.reconnect()
    assert.deepEqual(again.request.resume, [])
    again.say(...says.snapshot(complete(2040, [1])), says.delta(delta(2040, 2050, [2])))
    while (feed.standing(2) !== 'revoked') await feed.next('updated')
    assert.deepEqual(saved, [0, 1])
    assert.equal(feed.follower.lists(ID)?.state?.completeNumber, 2040n)
    await feed.stop()
  })
})

function flip(path: string): void {
  const data = readFileSync(path)
  data[data.length - 1]! ^= 1
  writeFileSync(path, data)
}
