import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FeedEvent } from '../../../src/feed/feed-event.ts'
import { StreamPayload } from '../../../src/gen/chancery/v1/authorization_service.ts'
import { USER_CERTIFICATES_ONLY } from '../../support/encode-test-crl.ts'
import { type FeedFixture, type ScriptedStream, createFeedFixture, says } from '../../support/feed-fixture.ts'
import { LIST_START, createListAuthority, strangersKey } from '../../support/list-authority.ts'

const authority = createListAuthority()
const complete: typeof authority.complete = (...list) => authority.complete(...list)
const delta: typeof authority.delta = (...list) => authority.delta(...list)
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A follower at list 6, which revokes 1 and 2; the end of the test stops it. */
async function following(): Promise<{ feed: FeedFixture; stream: ScriptedStream }> {
  const feed = createFeedFixture(authority)
  feed.run()
  const stream = await feed.nextStream()
  stream.say(...says.snapshot(complete(5, [1])), says.delta(delta(5, 6, [2])))
  await feed.next('updated')
  await feed.next('updated')
  return { feed, stream }
}

const resumeAt = ({ request }: ScriptedStream) => request.resume.map(({ crlNumber }) => crlNumber)

describe('a follower', () => {
  it('asks for a complete list first, and resumes at the number that it has', async () => {
    const { feed, stream } = await following()
    assert.deepEqual(resumeAt(stream), [])
    stream.end()
    const again = await feed.reconnect()
    assert.deepEqual(resumeAt(again), [6n])
    again.say(says.delta(delta(6, 9, [3])))
    assert.equal((await feed.next('updated')).entryCount, 1)
    assert.equal(feed.standing(3), 'revoked')
    assert.equal(feed.standing(4), 'good')
    await feed.stop()
  })
  it('knows nothing before the first list', async () => {
    const feed = createFeedFixture(authority)
    feed.run()
    await feed.nextStream()
    assert.equal(feed.standing(1), 'unknown')
    await feed.stop()
  })
  it('waits longer after each failure, never longer than half a minute, and starts anew after a success', async () => {
    const feed = createFeedFixture(authority)
    feed.run()
    const waits: number[] = []
    for (let i = 0; i < 12; i++) {
      ;(await feed.nextStream()).end(new Error('down'))
      waits.push((await feed.next('disconnected')).retryMs)
      await feed.advance(30_000)
    }
    assert.ok(
      waits.every((wait, i) => wait <= Math.min(30_000, 500 * 2 ** (i + 1))),
      String(waits),
    )
    assert.ok(Math.max(...waits) > 5000)
    const stream = await feed.nextStream()
    stream.say(...says.snapshot(complete(5)))
    await feed.next('updated')
    stream.end()
    assert.ok((await feed.next('disconnected')).retryMs <= 500)
    await feed.stop()
  })
  it('says how its lists stand: current, frozen, expired, current again', async () => {
    const { feed, stream } = await following()
    stream.say(says.checkpoint(delta(6, 10)))
    await feed.next('updated')
    await feed.advance(50_000)
    assert.equal((await feed.next('condition')).condition, 'frozen')
    for (let i = 0; i < 25; i++) await feed.advance(HOUR)
    const conditions = feed.events.filter((event) => event.kind === 'condition')
    assert.equal(conditions.at(-1)?.condition, 'expired')
    await feed.stop()
  })
})

describe('a follower of complete lists', () => {
  it('takes each as it is made, and leaves a stream on which nothing comes at all', async () => {
    const feed = createFeedFixture(authority, { payload: 'complete' })
    feed.run()
    const stream = await feed.nextStream()
    assert.equal(stream.request.payload, StreamPayload.STREAM_PAYLOAD_COMPLETE)
    stream.say(...says.snapshot(complete(5, [1])))
    assert.deepEqual(Uint8Array.from((await feed.next('updated')).der), complete(5, [1]))
    stream.say(...says.snapshot(complete(6, [1, 2])))
    assert.equal((await feed.next('updated')).update, 'complete')
    for (let i = 0; i < 8; i++) {
      stream.say(says.checkpoint())
      await feed.advance(10_000)
    }
    assert.ok(!feed.events.some(({ kind }) => kind === 'refused'))
    await feed.advance(50_000)
    assert.equal((await feed.next('refused')).reason, 'STREAM_FROZEN')
    assert.deepEqual(resumeAt(await feed.reconnect()), [6n])
    await feed.stop()
  })
})

/** What spoils a stream after list 6, and the reason that has to be given. */
const faults: readonly [string, (stream: ScriptedStream) => void, string][] = [
  ['an old list', ({ say }) => say(...says.snapshot(complete(4))), 'CRL_ROLLBACK'],
  ['the same list again', ({ say }) => say(...says.snapshot(complete(5, [1]))), 'CRL_DUPLICATE'],
  ['another list of a known number', ({ say }) => say(...says.snapshot(complete(5, [9]))), 'CRL_FORKED'],
  ['a dropped delta', ({ say }) => say(says.delta(delta(7, 8, [4]))), 'CRL_GAP'],
  ['a repeated delta', ({ say }) => say(says.delta(delta(5, 6, [2]))), 'CRL_DUPLICATE'],
  [
    'reordered deltas',
    ({ say }) => say(says.delta(delta(7, 8, [4])), says.delta(delta(6, 7, [3]))),
    'CRL_GAP',
  ],
  ['a delta on another base', ({ say }) => say(says.delta(delta(4, 8, [4]))), 'CRL_BASE_WRONG'],
  [
    'a delta of another issuer',
    ({ say }) => say(says.delta(delta(6, 7, [4], { issuer: 'Root' }))),
    'CRL_ISSUER_WRONG',
  ],
  [
    'a delta of a stranger',
    ({ say }) => say(says.delta(delta(6, 7, [4], { signer: strangersKey() }))),
    'CRL_ISSUER_WRONG',
  ],
  [
    'a delta for another shard',
    ({ say }) => say(says.delta(delta(6, 7, [4], { extensions: [USER_CERTIFICATES_ONLY] }))),
    'CRL_SCOPE_WRONG',
  ],
  [
    'a delta that is cut off',
    ({ say }) => say(says.delta(delta(6, 7, [4]).subarray(0, -3))),
    'CRL_MALFORMED',
  ],
  [
    'a piece cut off a list',
    ({ say }) => {
      const [begin, first, ...rest] = says.snapshot(complete(7, [1, 2, 4]))
      if (first?.$case !== 'snapshotChunk') throw new Error('a snapshot has pieces')
      const { offset, data } = first.value
      say(begin!, { $case: 'snapshotChunk', value: { offset, data: data.subarray(1) } }, ...rest)
    },
    'SNAPSHOT_BROKEN',
  ],
  [
    'a missing piece of a list',
    ({ say }) => say(...says.snapshot(complete(7, [1, 2, 4]), 3).filter((_, i) => i !== 3)),
    'SNAPSHOT_BROKEN',
  ],
  [
    'a list that was altered on its way',
    ({ say }) => {
      const altered = says.snapshot(complete(7, [1, 2, 4]))
      const [, , second] = altered
      if (second?.$case !== 'snapshotChunk') throw new Error('a snapshot has pieces')
      second.value.data[0]! ^= 1
      say(...altered)
    },
    'SNAPSHOT_ALTERED',
  ],
  [
    'a list without its beginning',
    ({ say }) => say(...says.snapshot(complete(7)).slice(1)),
    'SNAPSHOT_BROKEN',
  ],
  [
    'a delta in the middle of a list',
    ({ say }) => say(says.snapshot(complete(7))[0]!, says.delta(delta(6, 7, [4]))),
    'SNAPSHOT_BROKEN',
  ],
  [
    'a list that is too large',
    ({ say }) =>
      say({
        $case: 'snapshotBegin',
        value: { state: undefined, totalBytes: 1n << 40n, sha256: Buffer.alloc(32), entryCount: 0n },
      }),
    'SNAPSHOT_TOO_LARGE',
  ],
  [
    'a message about another authority',
    ({ sayAbout }) => sayAbout('root', says.checkpoint(delta(6, 7))),
    'STREAM_UNEXPECTED',
  ],
]

describe('a follower detects', () => {
  for (const [what, spoil, reason] of faults) {
    it(`${what}: ${reason}; it keeps what it knows, and goes on`, async () => {
      const { feed, stream } = await following()
      spoil(stream)
      const refused = await feed.next('refused')
      assert.equal(refused.reason, reason)
      assert.deepEqual(
        [1, 2, 4].map((serial) => feed.standing(serial)),
        ['revoked', 'revoked', 'good'],
      )
      // A list that was taken before is no reason to leave the stream.
      const after = reason === 'CRL_DUPLICATE' ? stream : await reopened(feed)
      after.say(says.delta(delta(6, 10, [4, 5])))
      await feed.next('updated')
      assert.deepEqual(
        [1, 2, 4, 5, 6].map((serial) => feed.standing(serial)),
        ['revoked', 'revoked', 'revoked', 'revoked', 'good'],
      )
      await feed.stop()
    })
  }

  async function reopened(feed: FeedFixture): Promise<ScriptedStream> {
    const stream = await feed.reconnect()
    assert.deepEqual(resumeAt(stream), [6n])
    return stream
  }

  it('a frozen relay: STREAM_FROZEN, however busily it repeats what it has or makes up signs of life', async () => {
    const { feed, stream } = await following()
    for (let i = 0; i < 5; i++) {
      stream.say(says.checkpoint(), says.delta(delta(5, 6, [2])))
      await feed.next('refused')
      await feed.advance(10_000)
    }
    const reasons = feed.events.flatMap((event) => (event.kind === 'refused' ? [event.reason] : []))
    assert.equal(reasons.at(-1), 'STREAM_FROZEN')
    assert.equal(feed.standing(2), 'revoked')
    assert.deepEqual(resumeAt(await reopened(feed)), [6n])
    await feed.stop()
  })
  it('no frozen stream where signed signs of life come', async () => {
    const { feed, stream } = await following()
    for (let i = 0; i < 8; i++) {
      stream.say(says.checkpoint(delta(6 + i, 7 + i)))
      await feed.next('updated')
      await feed.advance(10_000)
    }
    assert.deepEqual(
      feed.events.filter(({ kind }) => kind === 'refused'),
      [],
    )
    await feed.stop()
  })
  it('a list that was gone back to after "start over": it is not taken before it has come as far', async () => {
    const { feed, stream } = await following()
    stream.say(says.reset('too_old'), ...says.snapshot(complete(4, [])))
    stream.say(says.delta(delta(4, 5, [1])))
    await feed.next('reset')
    await feed.advance(1000)
    assert.deepEqual(
      [1, 2].map((serial) => feed.standing(serial)),
      ['revoked', 'revoked'],
    )
    stream.say(says.delta(delta(5, 8, [2, 3])))
    assert.equal((await feed.next('updated')).state.crlNumber, 8n)
    assert.deepEqual(
      [1, 2, 3].map((serial) => feed.standing(serial)),
      ['revoked', 'revoked', 'revoked'],
    )
    await feed.stop()
  })
})

describe('an authority that was restored from an older backup', () => {
  it('is followed in its new history, and nothing that was revoked in the old one becomes good', async () => {
    const { feed, stream } = await following()
    stream.say(says.reset('ahead'), ...says.snapshot(complete(3, [1])), says.delta(delta(3, 4, [7])))
    assert.equal((await feed.next('reset')).reason, 'ahead')
    assert.equal((await feed.next('history_changed')).lostNumber, 6n)
    await feed.next('updated')
    assert.equal((await feed.next('updated')).state.crlNumber, 4n)
    assert.deepEqual(
      [1, 2, 7, 8].map((serial) => feed.standing(serial)),
      ['revoked', 'revoked', 'revoked', 'good'],
    )
    await feed.stop()
  })
  it('cannot be played by someone who has an old list that ran out', async () => {
    const { feed, stream } = await following()
    const old = { nextUpdate: new Date(LIST_START.getTime() + 9000) }
    stream.say(says.reset('ahead'), ...says.snapshot(complete(3, [], old)))
    assert.equal((await feed.next('refused')).reason, 'CRL_EXPIRED')
    assert.equal(feed.follower.lists('issuing-1')?.state?.crlNumber, 6n)
    await feed.stop()
  })
  it('is followed three times; after that somebody has to look', async () => {
    const { feed, stream } = await following()
    for (let i = 0; i < 3; i++) {
      stream.say(says.reset('ahead'), ...says.snapshot(complete(4 - i, [])))
      await feed.next('history_changed')
    }
    stream.say(says.reset('ahead'), ...says.snapshot(complete(1, [])), says.delta(delta(1, 9)))
    await feed.next('reset')
    assert.equal((await feed.next('updated')).state.crlNumber, 9n)
    const changes = feed.events.filter(({ kind }) => kind === 'history_changed')
    assert.equal(changes.length, 3)
    await feed.stop()
  })
})

describe('a clock that is ten minutes off', () => {
  const conditionsOf = (events: readonly FeedEvent[]) =>
    events.flatMap((event) => (event.kind === 'condition' ? [event.condition] : []))

  it('behind: nothing is called good, revocations are still learned, and it is said', async () => {
    const { feed, stream } = await following()
    feed.setWallBy(-10 * MINUTE)
    stream.say(says.delta(delta(6, 12, [3])))
    await feed.next('updated')
    await feed.advance(1000)
    stream.say(says.checkpoint(delta(12, 13)))
    await feed.next('updated')
    assert.equal(conditionsOf(feed.events).at(-1), 'from_the_future')
    const said = feed.events.findLast((event) => event.kind === 'condition')
    assert.equal(said?.clock?.aheadSeconds, 601)
    assert.match(said.clock.message, / 601 s from now .*REVOCATION_UNKNOWN.*set the clock/)
    assert.deepEqual(
      [1, 3, 4].map((serial) => feed.standing(serial)),
      ['revoked', 'revoked', 'unknown'],
    )
    feed.setWallBy(10 * MINUTE)
    assert.equal(feed.standing(4), 'good')
    await feed.stop()
  })
  it('ahead: answers stay right, and it is said', async () => {
    const { feed, stream } = await following()
    stream.say(says.checkpoint(delta(6, 12)))
    await feed.next('updated')
    feed.setWallBy(10 * MINUTE)
    stream.say(says.delta(delta(12, 13, [3])))
    await feed.next('updated')
    await feed.advance(1000)
    assert.equal(conditionsOf(feed.events).at(-1), 'frozen')
    assert.deepEqual(
      [1, 3, 4].map((serial) => feed.standing(serial)),
      ['revoked', 'revoked', 'good'],
    )
    await feed.stop()
  })
  it('set back in an outage: lists are not relied on any longer for it', async () => {
    const { feed } = await following()
    const end = LIST_START.getTime() + 6000 + 24 * HOUR
    await feed.advance(end - LIST_START.getTime() - MINUTE)
    assert.equal(feed.standing(4, { kind: 'strict' }), 'good')
    feed.setWallBy(-10 * MINUTE)
    assert.equal(feed.standing(4, { kind: 'strict' }), 'good')
    await feed.advance(51_000)
    assert.equal(feed.standing(4, { kind: 'strict' }), 'unknown')
    await feed.stop()
  })
})
