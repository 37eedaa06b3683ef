import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TokenIssuer, TokenStanding } from '../../../src/core/decision/token-trust.ts'
import { createFollowedRevocation } from '../../../src/core/revocation/followed-revocation.ts'
import { type StalePolicy, DEFAULT_STALE_POLICY } from '../../../src/core/revocation/stale-policy.ts'
import { clientStandIn, tokenStandIn } from '../../../src/core/revocation/stand-in-serial.ts'
import type { CrlReason } from '../../../src/core/x509/types.ts'
import { createStateFolder } from '../../../src/feed/state-folder.ts'
import { type FeedFixture, type ScriptedStream, createFeedFixture, says } from '../../support/feed-fixture.ts'
import { createListAuthority, strangersKey } from '../../support/list-authority.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

const authority = createListAuthority()
const HOUR = 3_600_000
const issuer: TokenIssuer = { issuer: 'https://x', audience: 'y', keys: [], authorityId: 'issuing-1' }

/** `token-1`; or `carol: reason`. */
type Named = string | { readonly client: string; readonly reason: CrlReason }

function entriesOf(names: readonly Named[]) {
  return {
    revoked: names.map((name) =>
      typeof name === 'string'
        ? { serialNumber: tokenStandIn(name), reason: 'unspecified' as const }
        : { serialNumber: clientStandIn(name.client), reason: name.reason },
    ),
  }
}

const complete = (crlNumber: number, ...names: readonly Named[]) =>
  authority.complete(crlNumber, [], entriesOf(names))
const delta = (base: number, crlNumber: number, ...names: readonly Named[]) =>
  authority.delta(base, crlNumber, [], entriesOf(names))
const locked = (client: string): Named => ({ client, reason: 'certificateHold' })
const unlocked = (client: string): Named => ({ client, reason: 'removeFromCRL' })

/** What is known of a token; `locked` or `missing` of its client. */
function standing(
  { follower }: Pick<FeedFixture, 'follower'>,
  tokenId: string,
  clientId = 'alice',
  stalePolicy: StalePolicy = DEFAULT_STALE_POLICY,
): string {
  const { tokens } = createFollowedRevocation({
    trust: authority.trust,
    tokenIssuers: [issuer],
    lists: (id) => follower.lists(id),
    now: () => follower.now(),
    stalePolicy,
  })
  const found = tokens.standing({ tokenId, clientId, scopes: [] }, issuer) as TokenStanding
  return found.standing === 'good' ? (found.clientState ?? 'good') : found.standing
}

/** A follower at list 6, in which `spent` is revoked, carol locked, and dave was locked and unlocked. */
async function following(store?: ReturnType<typeof createStateFolder>) {
  const feed = createFeedFixture(authority, store && { store })
  feed.run()
  const stream = await feed.nextStream()
  stream.say(
    ...says.snapshot(complete(5, 'spent', locked('dave'))),
    says.delta(delta(5, 6, locked('carol'), unlocked('dave'))),
  )
  await feed.next('updated')
  await feed.next('updated')
  return { feed, stream }
}

/** That what was said against anyone by list 6 still counts. */
function assertNothingForgotten(feed: Pick<FeedFixture, 'follower'>): void {
  assert.equal(standing(feed, 'spent'), 'revoked')
  assert.equal(standing(feed, 'other', 'carol'), 'locked')
  assert.equal(standing(feed, 'other', 'dave'), 'good')
}

/** What a relay can do to the news that `late` is revoked and carol unlocked. */
const faults: readonly [string, (stream: ScriptedStream) => void, string][] = [
  ['an old set', ({ say }) => say(...says.snapshot(complete(4))), 'CRL_ROLLBACK'],
  ['another set of the same number', ({ say }) => say(...says.snapshot(complete(5))), 'CRL_FORKED'],
  ['a gap', ({ say }) => say(says.delta(delta(7, 8, unlocked('carol')))), 'CRL_GAP'],
  ['the same news again', ({ say }) => say(says.delta(delta(5, 6, unlocked('carol')))), 'CRL_DUPLICATE'],
  [
    'news in another order',
    ({ say }) => say(says.delta(delta(7, 8, unlocked('carol'))), says.delta(delta(6, 7, 'late'))),
    'CRL_GAP',
  ],
  [
    'another authority',
    ({ say }) =>
      say(says.delta(authority.delta(6, 7, [], { ...entriesOf([unlocked('carol')]), issuer: 'Root' }))),
    'CRL_ISSUER_WRONG',
  ],
  [
    'a stranger',
    ({ say }) =>
      say(
        says.delta(authority.delta(6, 7, [], { ...entriesOf([unlocked('carol')]), signer: strangersKey() })),
      ),
    'CRL_ISSUER_WRONG',
  ],
  [
    'news that is cut off',
    ({ say }) => say(says.delta(delta(6, 7, 'late').subarray(0, -3))),
    'CRL_MALFORMED',
  ],
]

describe('tokens and clients by a stream', () => {
  it('are known as soon as a delta names them', async () => {
    const { feed, stream } = await following()
    assertNothingForgotten(feed)
    assert.equal(standing(feed, 'late'), 'good')
    stream.say(says.delta(delta(6, 7, 'late', unlocked('carol'))))
    await feed.next('updated')
    assert.equal(standing(feed, 'late'), 'revoked')
    assert.equal(standing(feed, 'other', 'carol'), 'good')
    await feed.stop()
  })

  for (const [name, spoil, reason] of faults) {
    it(`${name}: ${reason}, nothing is forgotten, and what was missed comes with the next stream`, async () => {
      const { feed, stream } = await following()
      spoil(stream)
      assert.equal((await feed.next('refused')).reason, reason)
      assertNothingForgotten(feed)
      const next = reason === 'CRL_DUPLICATE' ? stream : await feed.reconnect()
      next.say(says.delta(delta(6, 9, 'late', unlocked('carol'))))
      await feed.next('updated')
      assert.equal(standing(feed, 'late'), 'revoked')
      assert.equal(standing(feed, 'other', 'carol'), 'good')
      await feed.stop()
    })
  }

  it('a frozen relay: STREAM_FROZEN; what is known counts on, what is not ends with the lists, by the policy', async () => {
    const { feed, stream } = await following()
    for (let i = 0; i < 5; i++) {
      stream.say(says.checkpoint(), says.delta(delta(5, 6, unlocked('carol'))))
      await feed.next('refused')
      await feed.advance(10_000)
    }
    const reasons = feed.events.flatMap((event) => (event.kind === 'refused' ? [event.reason] : []))
    assert.equal(reasons.at(-1), 'STREAM_FROZEN')
    for (let i = 0; i < 24; i++) await feed.advance(HOUR)
    assert.equal(standing(feed, 'other', 'alice', { kind: 'strict' }), 'unknown')
    assert.equal(standing(feed, 'other'), 'good')
    await feed.advance(HOUR)
    assert.equal(standing(feed, 'other'), 'unknown')
    assert.equal(standing(feed, 'other', 'alice', { kind: 'best_effort' }), 'good')
    assert.equal(standing(feed, 'spent', 'alice', { kind: 'strict' }), 'revoked')
    assert.equal(standing(feed, 'other', 'carol'), 'locked')
    await feed.stop()
  })

  it('an authority that was restored from a backup: what it has lost still counts', async () => {
    const { feed, stream } = await following()
    stream.say(says.reset('ahead'), ...says.snapshot(complete(3)), says.delta(delta(3, 4, 'late')))
    await feed.next('history_changed')
    await feed.next('updated')
    await feed.next('updated')
    assertNothingForgotten(feed)
    assert.equal(standing(feed, 'late'), 'revoked')
    await feed.stop()
  })

  it('a restart: what is on disk counts, however old, and the rest is caught up with', async () => {
    const folder = createTemporaryFolder()
    try {
      const first = await following(createStateFolder(folder.file('state')))
      await first.feed.stop()
      const again = createFeedFixture(authority, { store: createStateFolder(folder.file('state')), at: 200 })
      assert.equal(standing(again, 'other'), 'unknown')
      await again.follower.load()
      assertNothingForgotten(again)
      again.run()
      const stream = await again.nextStream()
      assert.deepEqual(
        stream.request.resume.map(({ crlNumber }) => crlNumber),
        [6n],
      )
      // It was away for long: one delta has all that it missed.
      stream.say(says.delta(delta(6, 90, 'late', unlocked('carol'))))
      await again.next('updated')
      assert.equal(standing(again, 'late'), 'revoked')
      assert.equal(standing(again, 'other', 'carol'), 'good')
      await again.stop()
    } finally {
      folder.remove()
    }
  })
})
