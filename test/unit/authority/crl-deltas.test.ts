import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { createCrlFeed, leaveLostNumbersBehind } from '../../../src/authority/crl-feed.ts'
import { SMALL_CRL_BYTES } from '../../../src/core/limits.ts'
import { parseCrl, verifyCrlSignature } from '../../../src/core/x509/crl.ts'
import { silentLog } from '../../support/fakes.ts'
import { buildRevokingAuthority, listedIn } from '../../support/revoking-authority.ts'

const ID = 'issuing-1'

/** An authority whose complete list is so long that it is not made anew after every change. */
async function withLongList() {
  const deps = await buildRevokingAuthority()
  await deps.feed.stop()
  const latest = deps.store.crls.latest.bind(deps.store.crls)
  const padding = new Uint8Array(SMALL_CRL_BYTES + 1)
  // Only its size counts here: what is signed comes from the store.
  const pretend = mock.method(deps.store.crls, 'latest', async (id: string) => {
    const list = await latest(id)
    return list && id === ID ? { ...list, entryCount: 2000, der: padding } : list
  })
  const feed = createCrlFeed({ ...deps, authorities: deps.authorities.all, log: silentLog })
  await feed.start()
  pretend.mock.restore()
  const revoke = async () => {
    const revoked = await deps.revokeNew()
    feed.notify(ID)
    await deps.time.advance(50)
    return revoked
  }
  return { ...deps, feed, revoke }
}

describe('deltas of the CRL feed', () => {
  it('prove at once, signed, what a batch of revocations changed', async () => {
    const deps = await buildRevokingAuthority()
    const before = deps.feed.current(ID)!.crlNumber
    const { serialNumber, crlNumber } = await deps.revokeNew()
    await deps.time.advance(0)
    const delta = (await deps.feed.delta(ID, before))!
    const list = parseCrl(delta.der)
    assert.deepEqual([list.baseCrlNumber, list.crlNumber, delta.entryCount], [before, crlNumber, 1])
    assert.deepEqual(listedIn(delta.der), [`${serialNumber} keyCompromise`])
    assert.ok(await verifyCrlSignature(list, deps.authorities.issuing.certificate))
  })

  it('lead from any number to what the complete list of the newest has', async () => {
    const deps = await buildRevokingAuthority()
    const lists = [deps.feed.complete(ID)!]
    for (let batch = 0; batch < 4; batch++) {
      await deps.revokeNew()
      if (batch % 2 === 0) await deps.revokeNew()
      await deps.time.advance(100)
      lists.push(deps.feed.complete(ID)!)
    }
    const newest = lists.pop()!
    for (const base of lists) {
      const delta = (await deps.feed.delta(ID, base.crlNumber))!
      assert.deepEqual(delta.state.crlNumber, newest.crlNumber)
      assert.deepEqual([...listedIn(base.der), ...listedIn(delta.der)].sort(), listedIn(newest.der))
    }
  })

  it('have the number and the times of the complete list that they lead to', async () => {
    const deps = await buildRevokingAuthority()
    const before = deps.feed.current(ID)!.crlNumber
    await deps.revokeNew()
    await deps.time.advance(5000)
    const [delta, complete] = [
      parseCrl((await deps.feed.delta(ID, before))!.der),
      parseCrl(deps.feed.complete(ID)!.der),
    ]
    for (const field of ['crlNumber', 'thisUpdate', 'nextUpdate'] as const)
      assert.deepEqual(delta[field], complete[field])
    assert.deepEqual(delta.issuer.der, complete.issuer.der)
    assert.deepEqual(delta.authorityKeyIdentifier, complete.authorityKeyIdentifier)
  })

  it('are made once for all who ask from one number', async () => {
    const deps = await buildRevokingAuthority()
    await deps.revokeNew()
    await deps.time.advance(100)
    const changes = mock.method(deps.store.crls, 'changes')
    const [first, second] = await Promise.all([deps.feed.delta(ID, 1n), deps.feed.delta(ID, 1n)])
    assert.equal(first!.der, second!.der)
    assert.equal((await deps.feed.delta(ID, 1n))!.der, first!.der)
    assert.ok(changes.mock.callCount() <= 1)
  })

  it('cover what a complete list lacks while that is too long to be made after every change', async () => {
    const { feed, revoke } = await withLongList()
    const before = feed.complete(ID)!
    const { serialNumber } = await revoke()
    assert.ok(feed.complete(ID)!.der === before.der)
    assert.deepEqual(listedIn((await feed.delta(ID, before.crlNumber))!.der), [
      `${serialNumber} keyCompromise`,
    ])
    assert.ok(feed.isFresh())
  })

  it('are followed by a complete list after some seconds', async () => {
    const { feed, revoke, time, settings } = await withLongList()
    await revoke()
    await time.advance(settings.crlCompleteSeconds * 1000)
    assert.equal(feed.complete(ID)!.entryCount, 1)
    assert.equal(feed.complete(ID)!.crlNumber, feed.current(ID)!.crlNumber)
  })

  it('are followed by a complete list after some number of them', async () => {
    const { feed, revoke, settings } = await withLongList()
    Object.assign(settings, { crlCompleteSeconds: 3600, crlDeltasPerComplete: 3 })
    for (const expected of [false, false, true]) {
      await revoke()
      assert.equal(feed.complete(ID)!.der.length < SMALL_CRL_BYTES, expected)
    }
  })

  it('need no complete list at start: a long one that is in force stays until it is made anew', async () => {
    const deps = await withLongList()
    const stored = deps.feed.complete(ID)!
    assert.ok(stored.der.length > SMALL_CRL_BYTES)
    assert.ok(deps.feed.isFresh())
  })

  it('are refused when they would be longer than the limit, and a complete list is made at once', async () => {
    const deps = await buildRevokingAuthority()
    const changes = deps.store.crls.changes.bind(deps.store.crls)
    mock.method(deps.store.crls, 'changes', (...[id, after, upTo]: Parameters<typeof changes>) =>
      changes(id, after, upTo, 0),
    )
    await deps.revokeNew()
    await deps.time.advance(100)
    assert.equal(await deps.feed.delta(ID, 1n), undefined)
    assert.equal(deps.feed.complete(ID)!.crlNumber, deps.feed.current(ID)!.crlNumber)
    assert.equal(deps.feed.complete(ID)!.entryCount, 1)
  })

  it('of nothing are made every checkpoint, while somebody follows and for as long', async () => {
    const deps = await buildRevokingAuthority()
    const number = () => deps.feed.current(ID)!.crlNumber
    await deps.time.advance(60_000)
    const before = number()
    const leave = deps.feed.follow([ID], () => undefined)
    await deps.time.advance(35_000)
    assert.equal(number(), before + 4n)
    const delta = (await deps.feed.delta(ID, before))!
    assert.deepEqual([delta.entryCount, listedIn(delta.der)], [0, []])
    assert.equal(deps.feed.current('root')!.crlNumber, 1n)
    leave()
    await deps.time.advance(60_000)
    assert.equal(number(), before + 4n)
    assert.equal(deps.feed.complete(ID)!.crlNumber, 1n)
  })

  it('of the complete list are made when they are asked for, once', async () => {
    const deps = await buildRevokingAuthority()
    const base = deps.feed.complete(ID)!.crlNumber
    const deltas = await Promise.all([1, 2, 3].map(() => deps.feed.deltaOfComplete(ID)))
    for (const delta of [...deltas, await deps.feed.deltaOfComplete(ID)])
      assert.deepEqual([delta!.baseCrlNumber, delta!.state.crlNumber], [base, base + 1n])
  })

  it('stand in the freshestCRL of complete lists when there is a public URL', async () => {
    const { feed } = await buildRevokingAuthority({ publicUrl: 'http://ca.example' })
    const { freshestCrl } = parseCrl(feed.complete(ID)!.der)
    const name = freshestCrl?.[0]?.name
    assert.deepEqual(name?.type === 'full' && name.names, [
      { type: 'uri', value: `http://ca.example/crl/${ID}.delta.crl` },
    ])
  })
})

describe('the history of the CRL feed', () => {
  it('knows the numbers that it gave, and no others', async () => {
    const { feed } = await buildRevokingAuthority()
    assert.equal(await feed.knows(ID, 1n), true)
    assert.equal(await feed.knows(ID, 2n), false)
    assert.equal(await feed.knows(ID, 0n), false)
    assert.equal(await feed.knows('nowhere', 1n), false)
  })

  it('knows the numbers that another process gave, and goes past them', async () => {
    const deps = await buildRevokingAuthority()
    const other = createCrlFeed({ ...deps, authorities: deps.authorities.all, log: silentLog })
    await other.start()
    const leave = other.follow([ID], () => undefined)
    await deps.time.advance(25_000)
    leave()
    const theirs = other.current(ID)!.crlNumber
    assert.ok(theirs > deps.feed.current(ID)!.crlNumber)
    assert.equal(await deps.feed.knows(ID, theirs), true)
    assert.ok(deps.feed.current(ID)!.crlNumber > theirs)
    assert.equal((await deps.feed.delta(ID, theirs))!.entryCount, 0)
  })

  it('has what another process revoked in the delta of the next checkpoint', async () => {
    const deps = await buildRevokingAuthority()
    const other = createCrlFeed({ ...deps, authorities: deps.authorities.all, log: silentLog })
    await other.start()
    const before = other.current(ID)!.crlNumber
    await deps.revokeNew()
    other.follow([ID], () => undefined)
    await deps.time.advance(10_000)
    assert.equal((await other.delta(ID, before))!.entryCount, 1)
    assert.equal(other.complete(ID)!.entryCount, 1)
  })

  it('never gives a number again that a lost history gave, and knows none of them', async () => {
    const [lost, restored] = [await buildRevokingAuthority(), await buildRevokingAuthority()]
    for (const deps of [lost, restored]) {
      await deps.feed.stop()
      deps.lists.length = 0
    }
    const begin = async (deps: typeof lost) => {
      const authorities = deps.authorities.all
      await leaveLostNumbersBehind({ ...deps, authorities })
      const feed = createCrlFeed({ ...deps, authorities, log: silentLog })
      await feed.start()
      return feed
    }
    const before = await begin(lost)
    before.follow([ID], () => undefined)
    await lost.time.advance(60_000)
    const theirs = before.current(ID)!.crlNumber
    // The same database as it was before all that, started later.
    await restored.time.advance(120_000)
    const after = await begin(restored)
    assert.ok(after.current(ID)!.crlNumber > theirs)
    assert.equal(await after.knows(ID, theirs), false)
    assert.equal(await after.knows(ID, 1n), true)
  })

  it('goes on, after a restart, past every number that was given before', async () => {
    const deps = await buildRevokingAuthority()
    deps.feed.follow([ID], () => undefined)
    await deps.time.advance(25_000)
    const before = deps.feed.current(ID)!.crlNumber
    await deps.feed.stop()
    // Taken, and then the process died.
    const lost = await deps.store.crls.reserveNumber(ID)
    const restarted = createCrlFeed({ ...deps, authorities: deps.authorities.all, log: silentLog })
    await restarted.start()
    assert.ok(restarted.current(ID)!.crlNumber > lost)
    assert.equal(restarted.complete(ID)!.crlNumber, 1n)
    assert.equal(await restarted.knows(ID, before), true)
    assert.equal((await restarted.delta(ID, before))!.baseCrlNumber, before)
  })
})
