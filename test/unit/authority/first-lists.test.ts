import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { createCrlFeed } from '../../../src/authority/crl-feed.ts'
import { type CrlEvent, streamCrl } from '../../../src/authority/stream-crl.ts'
import type { Log } from '../../../src/authority/ports.ts'
import { artefactRoute } from '../../../src/compose/artefact-route.ts'
import { parseCrl } from '../../../src/core/x509/crl.ts'
import { ADMIN } from '../../support/build-use-cases.ts'
import { settle, silentLog } from '../../support/fakes.ts'
import { httpQuestion } from '../../support/http-question.ts'
import { buildRevokingAuthority, listedIn } from '../../support/revoking-authority.ts'

const ID = 'issuing-1'
const DAY_MS = 24 * 60 * 60 * 1000

/** An authority with a revoked certificate that stopped, and whose complete lists are not made before `finish` is called. */
async function withSlowLists({ isListLost = true, isLong = true } = {}) {
  const deps = await buildRevokingAuthority()
  const { serialNumber } = await deps.revokeNew()
  await deps.time.advance(100)
  await deps.feed.stop()
  if (isListLost) mock.method(deps.store.crls, 'latest', () => Promise.resolve(undefined))
  if (isLong) mock.method(deps.store.crls, 'hasRevocations', () => Promise.resolve(true))
  const gate = Promise.withResolvers<undefined>()
  const assemble = deps.store.crls.assemble.bind(deps.store.crls)
  const slow = mock.method(deps.store.crls, 'assemble', async (...asked: Parameters<typeof assemble>) => {
    await gate.promise
    return assemble(...asked)
  })
  const begin = (log: Log = silentLog) => createCrlFeed({ ...deps, authorities: deps.authorities.all, log })
  const finish = async () => {
    gate.resolve(undefined)
    await settle()
  }
  return { ...deps, serialNumber, begin, finish, slow }
}

describe('the first complete lists', () => {
  it('that are long are made while the service runs: it has numbers and deltas, no list, and says that it is not fresh', async () => {
    const deps = await withSlowLists()
    const before = deps.feed.current(ID)!.crlNumber
    const feed = deps.begin()
    await feed.start()
    await deps.time.advance(0)
    assert.ok(feed.current(ID)!.crlNumber > before)
    assert.equal(feed.complete(ID), undefined)
    assert.equal(await feed.deltaOfComplete(ID), undefined)
    assert.equal(feed.isFresh(), false)
    const { serialNumber } = await deps.revokeNew()
    feed.notify(ID)
    await deps.time.advance(50)
    assert.deepEqual(listedIn((await feed.delta(ID, before))!.der), [`${serialNumber} keyCompromise`])
    const told: bigint[] = []
    feed.subscribe(({ crlNumber, authorityId }) => authorityId === ID && told.push(crlNumber))
    await deps.finish()
    assert.ok(told.length > 0)
    await deps.time.advance(50)
    const list = feed.complete(ID)!
    assert.equal(list.crlNumber, feed.current(ID)!.crlNumber)
    assert.deepEqual(
      listedIn(list.der),
      [`${deps.serialNumber} keyCompromise`, `${serialNumber} keyCompromise`].sort(),
    )
    assert.ok(feed.isFresh())
    await feed.stop()
  })

  it('that are short are there when the service has started', async () => {
    const deps = await withSlowLists({ isLong: false })
    const feed = deps.begin()
    let isStarted = false
    const started = feed.start().then(() => void (isStarted = true))
    await settle()
    assert.equal(isStarted, false)
    await deps.finish()
    await started
    assert.equal(feed.complete(ID)!.entryCount, 1)
    await feed.stop()
    assert.equal(deps.time.waiting, 0)
  })

  it('that cannot be made keep nothing from starting: the log says why, and they are tried again', async () => {
    const deps = await withSlowLists({ isLong: false })
    deps.slow.mock.mockImplementation(() => Promise.reject(new Error('no memory')))
    const said: unknown[] = []
    const feed = deps.begin({ ...silentLog, error: (fields) => void said.push(fields) })
    await feed.start()
    assert.equal(feed.complete(ID), undefined)
    assert.equal(feed.isFresh(), false)
    assert.match(JSON.stringify(said.map((fields) => String((fields as { err: unknown }).err))), /no memory/)
    deps.slow.mock.restore()
    await deps.time.advance(2000)
    assert.equal(feed.complete(ID)!.entryCount, 1)
    assert.ok(feed.isFresh())
    await feed.stop()
  })

  it('are none that ended while the service was down: nobody is shown those, and the delta leads on from them', async () => {
    const deps = await withSlowLists({ isListLost: false })
    const ended = deps.feed.complete(ID)!
    await deps.time.advance(2 * DAY_MS)
    const feed = deps.begin()
    await feed.start()
    await deps.time.advance(0)
    assert.equal(feed.complete(ID), undefined)
    assert.ok(feed.current(ID)!.nextUpdate > deps.clock.now())
    const delta = (await feed.delta(ID, ended.crlNumber))!
    assert.equal(delta.entryCount, 0)
    assert.ok(parseCrl(delta.der).nextUpdate! > deps.clock.now())
    await deps.finish()
    assert.ok(feed.complete(ID)!.crlNumber > ended.crlNumber)
    await feed.stop()
  })

  it('are waited for by whoever streams them, and refused by name over HTTP until they are there', async () => {
    const deps = await withSlowLists()
    const feed = deps.begin()
    await feed.start()
    await deps.time.advance(0)
    const abort = new AbortController()
    const request = { authorities: [ID], resume: [], payload: 'crl', maxChunkBytes: 0 } as const
    const stream = streamCrl({ ...deps, feed }, ADMIN, request, abort.signal)
    const read: CrlEvent[] = []
    const reading = (async () => {
      for await (const event of stream) read.push(event)
    })()
    const route = artefactRoute({ ...deps, feed, tokenIssuer: { jwks: new Uint8Array() } })
    const ask = async (path: string) => (await route(httpQuestion({ method: 'GET', path }))).status
    await settle()
    assert.deepEqual(read, [])
    const statuses = async () => [
      await ask(`/crl/${ID}.crl`),
      await ask(`/crl/${ID}.delta.crl`),
      await ask('/crl/nobody.crl'),
      await ask(`/ca/${ID}.crt`),
    ]
    assert.deepEqual(await statuses(), [503, 503, 404, 200])
    await deps.finish()
    assert.deepEqual(await statuses(), [200, 200, 404, 200])
    assert.deepEqual(
      read.slice(0, 3).map(({ kind }) => kind),
      ['snapshot_begin', 'snapshot_chunk', 'snapshot_end'],
    )
    abort.abort()
    await reading
    await feed.stop()
  })
})
