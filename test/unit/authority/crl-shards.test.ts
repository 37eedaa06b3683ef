import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { createCrlFeed } from '../../../src/authority/crl-feed.ts'
import { issueCertificate } from '../../../src/authority/issue-certificate.ts'
import { parseHex } from '../../../src/core/bytes.ts'
import { shardOf } from '../../../src/core/revocation/crl-shard.ts'
import { parseCertificate } from '../../../src/core/x509/certificate.ts'
import { parseCrl, verifyCrlSignature } from '../../../src/core/x509/crl.ts'
import type { GeneralName } from '../../../src/core/x509/types.ts'
import type { CrlRecord } from '../../../src/store/store.ts'
import { ADMIN, issueRequest } from '../../support/build-use-cases.ts'
import { silentLog } from '../../support/fakes.ts'
import { buildRevokingAuthority, listedIn } from '../../support/revoking-authority.ts'

const ID = 'issuing-1'
const PUBLIC = 'http://ca.example'
const DAY_MS = 24 * 60 * 60 * 1000
const COMPLETE_MS = 5000

type Deps = Awaited<ReturnType<typeof buildRevokingAuthority>>
type Feed = ReturnType<typeof createCrlFeed>

const build = (crlShards = 4) => buildRevokingAuthority({ publicUrl: PUBLIC, crlShards })

/** Starts another feed over the same store, as a restart with these settings does. */
async function restart(deps: Deps, settings: Partial<Deps['settings']> = {}): Promise<Feed> {
  await deps.feed.stop()
  const feed = createCrlFeed({
    ...deps,
    settings: { ...deps.settings, ...settings },
    authorities: deps.authorities.all,
    log: silentLog,
  })
  await feed.start()
  return feed
}

function made(feed: Feed, count: number, index: number): CrlRecord {
  const list = feed.shard(ID, { count, index })
  assert.ok(list !== undefined && list !== 'being_made', `shard ${count}-${index}`)
  return list
}

const allOf = (feed: Feed, count: number) =>
  Array.from({ length: count }, (_, index) => made(feed, count, index))

function urisIn(names: readonly GeneralName[]): string[] {
  return names.map((name) => (name.type === 'uri' ? name.value : assert.fail(name.type)))
}

function scopeOf(list: CrlRecord): string[] {
  const { name } = parseCrl(list.der).issuingDistributionPoint ?? {}
  return name?.type === 'full' ? urisIn(name.names) : []
}

describe('a certificate of an authority with shards', () => {
  it('names that of its serial number, and no other list', async () => {
    const deps = await build(16)
    for (let i = 0; i < 8; i++) {
      const { certificate } = await issueCertificate(deps, ADMIN, issueRequest())
      const { crlDistributionPoints, serialNumber, extensions } = parseCertificate(certificate!.der)
      const { index } = shardOf(serialNumber, 16)
      const names = crlDistributionPoints!.map(({ name }) =>
        name?.type === 'full' ? urisIn(name.names) : [],
      )
      assert.deepEqual(names, [[`${PUBLIC}/crl/${ID}/shard/16-${index}.crl`]])
      assert.equal(extensions.has('2.5.29.46'), false, 'freshestCRL')
    }
  })

  it('names the whole list if there are none, and nothing without a public URL', async () => {
    const pointOf = async (options: Parameters<typeof buildRevokingAuthority>[0]) => {
      const deps = await buildRevokingAuthority(options)
      const { certificate } = await issueCertificate(deps, ADMIN, issueRequest())
      const [point] = parseCertificate(certificate!.der).crlDistributionPoints ?? []
      return point?.name?.type === 'full' ? urisIn(point.name.names) : undefined
    }
    assert.deepEqual(await pointOf({ publicUrl: PUBLIC }), [`${PUBLIC}/crl/${ID}.crl`])
    assert.equal(await pointOf({ crlShards: 4 }), undefined)
  })
})

describe('shards', () => {
  it('are there for every part from the start, signed, with a critical scope that says which', async () => {
    const { feed, authorities } = await build(4)
    for (const [index, { der, crlNumber, nextUpdate }] of allOf(feed, 4).entries()) {
      const list = parseCrl(der)
      assert.equal(list.extensions.get('2.5.29.28')?.critical, true)
      assert.deepEqual(list.issuingDistributionPoint, {
        name: {
          type: 'full',
          names: [{ type: 'uri', value: `${PUBLIC}/crl/${ID}/shard/4-${index}.crl` }],
        },
        onlyContainsUserCerts: true,
        onlyContainsCaCerts: false,
        onlySomeReasons: undefined,
        indirectCrl: false,
        onlyContainsAttributeCerts: false,
      })
      assert.deepEqual([list.crlNumber, list.nextUpdate], [crlNumber, nextUpdate])
      assert.deepEqual([list.baseCrlNumber, list.freshestCrl], [undefined, undefined])
      assert.ok(await verifyCrlSignature(list, authorities.issuing.certificate))
    }
    assert.ok(feed.isFresh())
  })

  it('are not made unless they are asked for, nor for the root, nor beyond their number', async () => {
    const { feed } = await build(4)
    for (const [id, count, index] of [
      [ID, 4, 4],
      [ID, 8, 0],
      [ID, 2, 0],
      ['root', 4, 0],
      ['nowhere', 4, 0],
    ] as const)
      assert.equal(feed.shard(id, { count, index }), undefined)
    const without = await buildRevokingAuthority({ publicUrl: PUBLIC })
    assert.equal(without.feed.shard(ID, { count: 4, index: 0 }), undefined)
  })

  it('together list what the whole list does, each its own, by the numbers of the whole list', async () => {
    const deps = await build(4)
    for (let i = 0; i < 12; i++) await deps.revokeNew()
    await deps.time.advance(COMPLETE_MS)
    const shards = allOf(deps.feed, 4)
    for (const [index, { der, entryCount }] of shards.entries()) {
      const serials = listedIn(der).map((line) => parseHex(line.split(' ')[0]!)!)
      assert.equal(serials.length, entryCount)
      assert.ok(serials.every((serial) => shardOf(serial, 4).index === index))
    }
    const whole = deps.feed.complete(ID)!
    assert.deepEqual(shards.flatMap(({ der }) => listedIn(der)).sort(), listedIn(whole.der))
    for (const { crlNumber } of shards) assert.ok(crlNumber <= deps.feed.current(ID)!.crlNumber)
  })

  it('are made anew at once after a change, and then only where something changed', async () => {
    const deps = await build(16)
    await deps.time.advance(COMPLETE_MS)
    const before = allOf(deps.feed, 16)
    const assemble = mock.method(deps.store.crls, 'assemble')
    const { serialNumber, crlNumber } = await deps.revokeNew()
    await deps.time.advance(50)
    const { index } = shardOf(parseHex(serialNumber)!, 16)
    const changed = allOf(deps.feed, 16).filter((list, i) => list.der !== before[i]!.der)
    assert.deepEqual(changed, [made(deps.feed, 16, index)])
    assert.deepEqual(listedIn(changed[0]!.der), [`${serialNumber} keyCompromise`])
    assert.equal(changed[0]!.crlNumber, crlNumber)
    const shardsMade = assemble.mock.calls.filter(({ arguments: [, , , , shard] }) => shard !== undefined)
    assert.equal(shardsMade.length, 1)
  })

  it('of many changes are made once in crlCompleteSeconds, so that a storm costs no more signatures', async () => {
    const deps = await build(4)
    await deps.time.advance(COMPLETE_MS)
    const assemble = mock.method(deps.store.crls, 'assemble')
    const shardsMade = () =>
      assemble.mock.calls.filter(({ arguments: [, , , , shard] }) => shard !== undefined).length
    for (let i = 0; i < 40; i++) {
      await deps.revokeNew()
      await deps.time.advance(100)
    }
    assert.equal(shardsMade(), 1)
    await deps.time.advance(COMPLETE_MS)
    assert.ok(shardsMade() <= 1 + 4)
    const listed = allOf(deps.feed, 4).reduce((sum, { entryCount }) => sum + entryCount, 0)
    assert.equal(listed, 40)
  })

  it('are all made anew after more changes than are worth telling apart', async () => {
    const deps = await build(4)
    await deps.time.advance(COMPLETE_MS)
    const before = allOf(deps.feed, 4)
    mock.method(deps.store.crls, 'changes', () => Promise.resolve(undefined))
    await deps.revokeNew()
    await deps.time.advance(50)
    for (const [i, list] of allOf(deps.feed, 4).entries()) assert.notEqual(list.der, before[i]!.der)
  })

  it('list a hold, and no more once it was lifted', async () => {
    const deps = await build(4)
    const { certificate } = await issueCertificate(deps, ADMIN, issueRequest())
    const { serialNumber } = certificate!
    const { index } = shardOf(parseHex(serialNumber)!, 4)
    const audit = { at: deps.clock.now(), actor: 'test', action: 'test', subject: '', details: {} }
    const target = { kind: 'serial', authorityId: ID, serialNumber } as const
    await deps.store.certificates.revoke(
      {
        target,
        reason: 'certificateHold',
        invalidityDate: undefined,
        at: deps.clock.now(),
        maxCount: 1,
        dryRun: false,
      },
      audit,
    )
    deps.feed.notify(ID)
    await deps.time.advance(COMPLETE_MS)
    assert.deepEqual(listedIn(made(deps.feed, 4, index).der), [`${serialNumber} certificateHold`])
    await deps.store.certificates.unrevoke({ authorityId: ID, serialNumber, at: deps.clock.now() }, audit)
    deps.feed.notify(ID)
    await deps.time.advance(COMPLETE_MS)
    assert.deepEqual(listedIn(made(deps.feed, 4, index).der), [])
  })

  it('name no tokens and no clients: no certificate points there for them', async () => {
    const deps = await build(2)
    const token = {
      tokenId: 'one',
      clientId: 'alice',
      expiresAt: new Date(deps.clock.now().getTime() + 60_000),
    }
    const audit = { at: deps.clock.now(), actor: 'test', action: 'test', subject: '', details: {} }
    await deps.store.tokens.revoke({ ...token, at: deps.clock.now() }, audit)
    deps.feed.notify(ID)
    await deps.time.advance(COMPLETE_MS)
    assert.equal(deps.feed.complete(ID)!.entryCount, 1)
    assert.deepEqual(
      allOf(deps.feed, 2).map(({ entryCount }) => entryCount),
      [0, 0],
    )
  })

  it('leave out a certificate one lifetime after it expired, as the whole list does', async () => {
    const deps = await build(2)
    const { serialNumber } = await deps.revokeNew('short')
    await deps.time.advance(COMPLETE_MS)
    const { index } = shardOf(parseHex(serialNumber)!, 2)
    assert.equal(made(deps.feed, 2, index).entryCount, 1)
    await deps.time.advance(DAY_MS / 2)
    assert.equal(made(deps.feed, 2, index).entryCount, 1)
    await deps.time.advance(1.6 * DAY_MS)
    assert.equal(made(deps.feed, 2, index).entryCount, 0)
  })

  it('are renewed before half of their lifetime is over, with higher numbers, whatever changes', async () => {
    const deps = await build(4)
    let before = allOf(deps.feed, 4)
    for (let hours = 0; hours < 60; hours += 3) {
      if (hours % 9 === 0) await deps.revokeNew()
      deps.feed.notify(ID)
      await deps.time.advance(3 * 60 * 60 * 1000)
      const lists = allOf(deps.feed, 4)
      for (const [i, { thisUpdate, nextUpdate, crlNumber, der }] of lists.entries()) {
        assert.ok(nextUpdate.getTime() - deps.clock.now().getTime() >= DAY_MS / 2 - 1000)
        assert.ok(thisUpdate <= deps.clock.now())
        assert.ok(crlNumber > before[i]!.crlNumber || der === before[i]!.der)
      }
      assert.ok(deps.feed.isFresh())
      const ends = [...lists, deps.feed.complete(ID)!].map(({ nextUpdate }) => nextUpdate.getTime())
      assert.equal(deps.feed.runsOutAt(ID)!.getTime(), Math.min(...ends))
      before = lists
    }
  })

  it('that cannot be signed are tried again, and the service says that it is not fresh meanwhile', async () => {
    const deps = await build(4)
    await deps.time.advance(COMPLETE_MS)
    const join = mock.method(deps.store.crls, 'join', () => Promise.reject(new Error('no disk')))
    const { serialNumber } = await deps.revokeNew()
    await deps.time.advance(50)
    assert.equal(deps.feed.isFresh(), false)
    join.mock.restore()
    await deps.time.advance(1000)
    assert.equal(deps.feed.isFresh(), true)
    assert.equal(made(deps.feed, 4, shardOf(parseHex(serialNumber)!, 4).index).entryCount, 1)
  })
})

describe('a shard that is made slowly beside one that fails', () => {
  it('never takes the place of a newer list of its part', async () => {
    const deps = await build(2)
    await deps.time.advance(COMPLETE_MS)
    const join = deps.store.crls.join.bind(deps.store.crls)
    const slow = Promise.withResolvers<undefined>()
    let calls = 0
    mock.method(deps.store.crls, 'changes', () => Promise.resolve(undefined))
    mock.method(deps.store.crls, 'join', async (list: Parameters<typeof join>[0]) => {
      calls++
      if (calls === 1) throw new Error('no disk')
      if (calls === 2) await slow.promise
      return join(list)
    })
    await deps.revokeNew()
    await deps.time.advance(50)
    await deps.revokeNew()
    await deps.time.advance(2 * COMPLETE_MS)
    slow.resolve(undefined)
    await deps.time.advance(0)
    await deps.time.advance(2 * COMPLETE_MS)
    assert.equal(deps.feed.isFresh(), true)
    const listed = allOf(deps.feed, 2).reduce((sum, { entryCount }) => sum + entryCount, 0)
    assert.equal(listed, 2)
    for (const { crlNumber } of allOf(deps.feed, 2)) assert.equal(crlNumber, deps.feed.current(ID)!.crlNumber)
  })
})

describe('shards after a restart', () => {
  it('have every revocation and no lower number', async () => {
    const deps = await build(4)
    for (let i = 0; i < 5; i++) await deps.revokeNew()
    await deps.time.advance(COMPLETE_MS)
    const before = allOf(deps.feed, 4)
    const restarted = await restart(deps)
    for (const [i, list] of allOf(restarted, 4).entries()) {
      assert.ok(list.crlNumber >= before[i]!.crlNumber)
      assert.deepEqual(listedIn(list.der), listedIn(before[i]!.der))
      if (list.crlNumber === before[i]!.crlNumber) assert.deepEqual(list.thisUpdate, before[i]!.thisUpdate)
    }
  })

  it('have what was revoked by another process meanwhile', async () => {
    const deps = await build(2)
    await deps.feed.stop()
    const { serialNumber } = await deps.revokeNew()
    const restarted = await restart(deps)
    const list = made(restarted, 2, shardOf(parseHex(serialNumber)!, 2).index)
    assert.deepEqual(listedIn(list.der), [`${serialNumber} keyCompromise`])
  })

  it('of another number go on beside the new ones, for as long as a certificate names them', async () => {
    const deps = await build(2)
    const { serialNumber } = await deps.revokeNew()
    let feed = await restart(deps, { crlShards: 8 })
    const hasIt = (count: number) =>
      listedIn(made(feed, count, shardOf(parseHex(serialNumber)!, count).index).der).length === 1
    assert.ok(hasIt(2) && hasIt(8))
    assert.deepEqual(scopeOf(made(feed, 2, 1)), [`${PUBLIC}/crl/${ID}/shard/2-1.crl`])
    feed = await restart({ ...deps, feed }, { crlShards: 0 })
    assert.ok(hasIt(2) && hasIt(8))
    // While it stands still, so that nothing has to be renewed on the way.
    await feed.stop()
    await deps.time.advance(400 * DAY_MS)
    feed = await restart({ ...deps, feed }, { crlShards: 0 })
    assert.equal(allOf(feed, 2).length + allOf(feed, 8).length, 10)
    await feed.stop()
    await deps.time.advance(31 * DAY_MS)
    feed = await restart({ ...deps, feed }, { crlShards: 0 })
    assert.equal(feed.shard(ID, { count: 2, index: 0 }), undefined)
    assert.equal(feed.shard(ID, { count: 8, index: 0 }), undefined)
  })

  it('under another public URL are known by the old one too', async () => {
    const deps = await build(2)
    const feed = await restart(deps, { publicUrl: 'https://new.example/pki' })
    assert.deepEqual(scopeOf(made(feed, 2, 1)), [
      `https://new.example/pki/crl/${ID}/shard/2-1.crl`,
      `${PUBLIC}/crl/${ID}/shard/2-1.crl`,
    ])
  })
})

describe('long shards', () => {
  it('are not waited for at start, and are said to be in the making', async () => {
    const deps = await build(2)
    await deps.revokeNew()
    mock.method(deps.store.crls, 'hasRevocations', () => Promise.resolve(true))
    const feed = await restart(deps)
    assert.equal(feed.shard(ID, { count: 2, index: 0 }), 'being_made')
    assert.equal(feed.isFresh(), false)
    assert.equal(feed.runsOutAt(ID), undefined)
    await deps.time.advance(50)
    assert.equal(allOf(feed, 2).length, 2)
    assert.deepEqual(feed.runsOutAt(ID), feed.complete(ID)!.nextUpdate)
  })
})
