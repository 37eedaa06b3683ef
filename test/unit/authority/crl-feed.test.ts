import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { createCrlFeed } from '../../../src/authority/crl-feed.ts'
import { parseCrl } from '../../../src/core/x509/crl.ts'
import { createLog } from '../../../src/telemetry/log.ts'
import { buildUseCases } from '../../support/build-use-cases.ts'
import { settle, silentLog } from '../../support/fakes.ts'
import { buildRevokingAuthority, listedIn } from '../../support/revoking-authority.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** A feed of its own, whose clock can be set back while its timers go on. */
async function withClockOf() {
  const deps = await buildRevokingAuthority()
  await deps.feed.stop()
  let behind = 0
  const clock = { now: () => new Date(deps.clock.now().getTime() - behind) }
  const feed = createCrlFeed({ ...deps, clock, authorities: deps.authorities.all, log: silentLog })
  await feed.start()
  const revokeNew = async () => {
    const { serialNumber } = await deps.revokeNew()
    feed.notify('issuing-1')
    return serialNumber
  }
  const setBack = (milliseconds: number) => void (behind = milliseconds)
  return { ...deps, clock, feed, revokeNew, setBack }
}

describe('the CRL feed', () => {
  it('has an empty list for every authority from the start, without a revokedCertificates field', async () => {
    const { feed } = await buildUseCases()
    for (const id of ['root', 'issuing-1']) {
      const crl = feed.complete(id)!
      assert.equal(crl.crlNumber, 1n)
      assert.equal(feed.current(id)!.crlNumber, 1n)
      assert.equal(parseCrl(crl.der).entryCount, 0)
    }
    assert.ok(feed.isFresh())
  })

  it('publishes a revocation in the very list that the answer named', async () => {
    const deps = await buildRevokingAuthority()
    const { crlNumber } = await deps.revokeNew()
    await deps.time.advance(0)
    assert.deepEqual(
      deps.lists.map((crl) => crl.crlNumber),
      [crlNumber],
    )
    assert.equal(deps.lists[0]!.entryCount, 1)
  })

  it('gathers revocations that come within the coalescing span into one list', async () => {
    const deps = await buildRevokingAuthority()
    await deps.revokeNew()
    await deps.time.advance(0)
    const numbers = [await deps.revokeNew(), await deps.revokeNew(), await deps.revokeNew()].map(
      (r) => r.crlNumber,
    )
    assert.equal(new Set(numbers).size, 1)
    assert.equal(deps.lists.length, 1)
    await deps.time.advance(50)
    assert.equal(deps.lists.length, 2)
    assert.equal(deps.lists[1]!.entryCount, 4)
  })

  it('refreshes every list long before it ends, also when nothing happens', async () => {
    const deps = await buildRevokingAuthority()
    await deps.time.advance(3 * DAY_MS)
    assert.ok(deps.feed.isFresh())
    const root = deps.lists.filter((crl) => crl.authorityId === 'root')
    assert.equal(root.length, 6)
    assert.deepEqual(
      root.map((crl) => crl.crlNumber),
      [2n, 3n, 4n, 5n, 6n, 7n],
    )
  })

  it('drops an expired certificate only after it stood in a list issued after its expiry', async () => {
    const deps = await buildRevokingAuthority()
    await deps.revokeNew('short')
    await deps.time.advance(DAY_MS / 2 + 1000)
    assert.equal(deps.feed.complete('issuing-1')!.entryCount, 1)
    await deps.time.advance(DAY_MS)
    assert.equal(deps.feed.complete('issuing-1')!.entryCount, 0)
  })

  it('tries again when a list could not be made, and says meanwhile that it is not fresh', async () => {
    const deps = await buildRevokingAuthority()
    const publish = mock.method(deps.store.crls, 'publish', () => Promise.reject(new Error('disk full')))
    await deps.revokeNew()
    await deps.time.advance(0)
    assert.ok(!deps.feed.isFresh())
    publish.mock.restore()
    await deps.time.advance(1000)
    assert.ok(deps.feed.isFresh())
    assert.equal(deps.feed.complete('issuing-1')!.entryCount, 1)
  })

  it('says in the log why a list could not be made', async () => {
    const deps = await buildRevokingAuthority()
    await deps.feed.stop()
    const lines: string[] = []
    const log = createLog('error', 'json', { write: (line) => void lines.push(line) })
    const feed = createCrlFeed({ ...deps, authorities: deps.authorities.all, log })
    await feed.start()
    for (const step of ['reserveNumber', 'changes', 'publish'] as const) {
      await deps.revokeNew()
      const failing = mock.method(deps.store.crls, step, () =>
        Promise.reject(new Error(`disk full at ${step}`)),
      )
      feed.notify('issuing-1')
      await deps.time.advance(50)
      failing.mock.restore()
      assert.match(lines.at(-1) ?? '', new RegExp(`disk full at ${step}`))
      await deps.time.advance(2000)
      assert.ok(feed.isFresh())
    }
  })

  it('misses no revocation, at whatever step of finishing a list it is told of', async () => {
    for (let steps = 0; steps < 12; steps++) {
      const deps = await buildRevokingAuthority()
      const changes = deps.store.crls.changes.bind(deps.store.crls)
      mock.method(deps.store.crls, 'changes', async (...asked: Parameters<typeof changes>) => {
        const changed = await changes(...asked)
        if (asked[2] === 2n) {
          void (async () => {
            for (let step = 0; step < steps; step++) await Promise.resolve()
            deps.feed.notify('issuing-1')
          })()
        }
        return changed
      })
      deps.feed.notify('issuing-1')
      await deps.time.advance(1000)
      assert.equal(deps.feed.current('issuing-1')!.crlNumber, 3n, `told after ${steps} steps`)
    }
  })

  it('does not hold back revocations when the clock is set back', async () => {
    const deps = await withClockOf()
    await deps.revokeNew()
    await deps.time.advance(0)
    deps.setBack(3_600_000)
    await deps.revokeNew()
    await deps.time.advance(50)
    assert.equal(deps.feed.complete('issuing-1')!.entryCount, 2)
  })

  it('makes a new list soon when the clock jumps, to either side, past the one there is', async () => {
    for (const milliseconds of [2 * DAY_MS, -2 * DAY_MS]) {
      const deps = await withClockOf()
      deps.setBack(milliseconds)
      await deps.time.advance(600_000)
      const { thisUpdate, nextUpdate } = deps.feed.complete('issuing-1')!
      assert.ok(thisUpdate <= deps.clock.now() && nextUpdate > deps.clock.now())
    }
  })

  it('lists again what it dropped by a clock that was far ahead, and leads nobody there by a delta who saw that', async () => {
    const deps = await withClockOf()
    const revoked = await deps.revokeNew()
    await deps.time.advance(0)
    deps.setBack(-200 * DAY_MS)
    deps.feed.notify('issuing-1')
    await deps.time.advance(50)
    const wrong = deps.feed.complete('issuing-1')!
    assert.deepEqual(listedIn(wrong.der), [])
    deps.setBack(0)
    await deps.time.advance(600_000)
    assert.deepEqual(listedIn(deps.feed.complete('issuing-1')!.der), [`${revoked} keyCompromise`])
    const right = deps.feed.current('issuing-1')!
    await deps.feed.stop()
    await deps.revokeNew()
    const restarted = createCrlFeed({ ...deps, authorities: deps.authorities.all, log: silentLog })
    await restarted.start()
    assert.equal(await restarted.delta('issuing-1', wrong.crlNumber), undefined)
    assert.equal((await restarted.delta('issuing-1', right.crlNumber))?.entryCount, 1)
  })

  it('does the same after a restart during which the clock was corrected', async () => {
    const deps = await withClockOf()
    deps.setBack(-200 * DAY_MS)
    await deps.revokeNew()
    await deps.time.advance(50)
    const { crlNumber } = deps.feed.current('issuing-1')!
    await deps.feed.stop()
    deps.setBack(0)
    const restarted = createCrlFeed({
      ...deps,
      clock: deps.clock,
      authorities: deps.authorities.all,
      log: silentLog,
    })
    await restarted.start()
    assert.equal(await restarted.delta('issuing-1', crlNumber), undefined)
  })

  it('sends nobody back to the beginning when the clock is set back by minutes', async () => {
    const deps = await withClockOf()
    await deps.revokeNew()
    await deps.time.advance(0)
    const { crlNumber } = deps.feed.current('issuing-1')!
    deps.setBack(300_000)
    await deps.revokeNew()
    await deps.time.advance(50)
    assert.equal((await deps.feed.delta('issuing-1', crlNumber))?.entryCount, 1)
  })

  it('goes over to a shorter lifetime at start', async () => {
    const deps = await buildRevokingAuthority()
    await deps.time.advance(3_600_000)
    const settings = { ...deps.settings, crlLifetimeSeconds: 600 }
    const restarted = createCrlFeed({ ...deps, settings, authorities: deps.authorities.all, log: silentLog })
    await restarted.start()
    const { thisUpdate, nextUpdate } = restarted.current('issuing-1')!
    assert.equal(nextUpdate.getTime() - thisUpdate.getTime(), 600_000)
  })

  it('publishes at start what a crash left unpublished, under a higher number', async () => {
    const deps = await buildRevokingAuthority()
    await deps.feed.stop()
    await deps.revokeNew()
    const restarted = createCrlFeed({ ...deps, authorities: deps.authorities.all, log: silentLog })
    await restarted.start()
    const crl = restarted.complete('issuing-1')!
    assert.equal(crl.entryCount, 1)
    assert.ok(crl.crlNumber > deps.feed.current('issuing-1')!.crlNumber)
  })

  it('keeps the stored list at start when it is still good', async () => {
    const deps = await buildRevokingAuthority()
    const restarted = createCrlFeed({ ...deps, authorities: deps.authorities.all, log: silentLog })
    await restarted.start()
    assert.equal(restarted.current('issuing-1')!.crlNumber, 1n)
  })

  it('leaves no timer behind when it is stopped', async () => {
    const deps = await buildRevokingAuthority()
    await deps.revokeNew()
    await deps.feed.stop()
    await settle()
    assert.equal(deps.time.waiting, 0)
  })
})
