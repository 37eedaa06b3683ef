import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { createCrlFeed } from '../../../src/authority/crl-feed.ts'
import { SERVICE_CLIENT_ID } from '../../../src/authority/first-clients.ts'
import { type IssuedCertificate, issueCertificate } from '../../../src/authority/issue-certificate.ts'
import { lockClient } from '../../../src/authority/lock-client.ts'
import type { Caller } from '../../../src/authority/ports.ts'
import { createRevocationEvents } from '../../../src/authority/revocation-events.ts'
import { revokeCertificate } from '../../../src/authority/revoke-certificate.ts'
import { issueServiceCertificate, keepCertificate } from '../../../src/authority/service-certificate.ts'
import { watchOtherProcesses } from '../../../src/authority/watch-other-processes.ts'
import { ADMIN, buildCsr, callerOf, issueRequest } from '../../support/build-use-cases.ts'
import { silentLog } from '../../support/fakes.ts'
import { buildRevokingAuthority, listedIn } from '../../support/revoking-authority.ts'

const ID = 'issuing-1'

/** Two processes on one store: what the first revokes nobody tells the second, which watches. */
async function withTwo() {
  const deps = await buildRevokingAuthority()
  const feed = createCrlFeed({ ...deps, authorities: deps.authorities.all, log: silentLog })
  await feed.start()
  const ended: string[] = []
  const callers: Caller[] = []
  const events = createRevocationEvents()
  events.subscribe(
    (event) =>
      ended.push(
        ...(event.kind === 'certificates' ? event.certificates : []).map(({ serialNumber }) => serialNumber),
      ),
    () => callers,
  )
  const stop = watchOtherProcesses({ ...deps, feed, events })
  return { ...deps, other: feed, otherEvents: events, stop, callers, ended }
}

describe('a process that shares its store', () => {
  it('publishes within half a second what another one revoked, as a delta and in the complete list', async () => {
    const deps = await withTwo()
    const before = deps.other.current(ID)!.crlNumber
    const { serialNumber } = await deps.revokeNew()
    await deps.time.advance(500)
    const delta = (await deps.other.delta(ID, before))!
    assert.deepEqual(listedIn(delta.der), [`${serialNumber} keyCompromise`])
    assert.deepEqual(listedIn(deps.other.complete(ID)!.der), [`${serialNumber} keyCompromise`])
    assert.equal(deps.other.current('root')!.crlNumber, 1n)
    deps.stop()
  })

  it('gives numbers of its own, that rise in each of the two', async () => {
    const deps = await withTwo()
    const given = new Map<bigint, string>()
    for (const [name, feed] of [
      ['first', deps.feed],
      ['second', deps.other],
    ] as const) {
      let last = feed.current(ID)!.crlNumber
      feed.subscribe(({ authorityId, crlNumber }) => {
        if (authorityId !== ID || crlNumber === last) return
        assert.ok(crlNumber > last)
        assert.ok(!given.has(crlNumber), `${crlNumber} was given twice`)
        given.set(crlNumber, name)
        last = crlNumber
      })
    }
    for (let round = 0; round < 5; round++) {
      await deps.revokeNew()
      await deps.time.advance(1000)
    }
    assert.deepEqual(new Set(given.values()), new Set(['first', 'second']))
    assert.equal(deps.other.complete(ID)!.entryCount, 5)
    assert.ok(deps.feed.isFresh() && deps.other.isFresh())
    deps.stop()
  })

  it('ends the streams of callers whom another one revoked or locked, and no others', async () => {
    const deps = await withTwo()
    const issue = async () => {
      const { certificate } = await issueCertificate(deps, ADMIN, issueRequest())
      deps.callers.push({ ...callerOf('alice'), serialNumber: certificate!.serialNumber })
      return certificate!.serialNumber
    }
    const [first, second] = [await issue(), await issue()]
    await deps.revokeNew()
    await deps.time.advance(500)
    assert.deepEqual(deps.ended, [])
    await revokeCertificate(deps, ADMIN, {
      target: { kind: 'serial', serialNumber: first, authority: '' },
      reason: 'superseded',
      invalidityDate: undefined,
      expectedCount: undefined,
      dryRun: false,
    })
    await deps.time.advance(500)
    assert.deepEqual(deps.ended, [first])
    await lockClient(deps, ADMIN, { clientId: 'alice', message: '' })
    await deps.time.advance(500)
    assert.deepEqual(deps.ended, [first, first, second])
    deps.stop()
  })

  it('renews a certificate of its own that another one revoked at once, and leaves the others', async () => {
    const deps = await withTwo()
    const certify = () => issueServiceCertificate(deps, buildCsr(SERVICE_CLIENT_ID).csrDer)
    const [first, second, next] = [await certify(), await certify(), await certify()]
    const renewed: string[] = []
    const keep = (what: string, issued: IssuedCertificate) =>
      keepCertificate({ ...deps, events: deps.otherEvents, log: silentLog }, what, issued, () => {
        renewed.push(what)
        return Promise.resolve(next)
      })
    const stops = [keep('first', first), keep('second', second)]
    await deps.revokeNew()
    await deps.time.advance(500)
    assert.deepEqual(renewed, [])
    await revokeCertificate(deps, ADMIN, {
      target: { kind: 'serial', serialNumber: second.certificate!.serialNumber, authority: '' },
      reason: 'superseded',
      invalidityDate: undefined,
      expectedCount: undefined,
      dryRun: false,
    })
    await deps.time.advance(500)
    assert.deepEqual(renewed, ['second'])
    await deps.revokeNew()
    await deps.time.advance(500)
    assert.deepEqual(renewed, ['second'])
    for (const stop of [...stops, deps.stop]) stop()
  })

  it('takes no number when nothing changed, nor for what it has published itself', async () => {
    const deps = await withTwo()
    await deps.time.advance(60_000)
    assert.equal(deps.other.current(ID)!.crlNumber, 1n)
    const own = watchOtherProcesses(deps)
    await deps.revokeNew()
    await deps.time.advance(0)
    const { crlNumber } = deps.feed.current(ID)!
    await deps.time.advance(60_000)
    assert.equal(deps.feed.current(ID)!.crlNumber, crlNumber)
    own()
    deps.stop()
  })

  it('goes on looking when the store did not answer, until it is stopped', async () => {
    const deps = await withTwo()
    const failing = mock.method(deps.store.crls, 'hasChanged', () => Promise.reject(new Error('busy')))
    await deps.revokeNew()
    await deps.time.advance(1000)
    assert.equal(deps.other.current(ID)!.crlNumber, 1n)
    failing.mock.restore()
    await deps.time.advance(500)
    assert.equal(deps.other.complete(ID)!.entryCount, 1)
    deps.stop()
    await deps.revokeNew()
    await deps.time.advance(10_000)
    assert.equal(deps.other.complete(ID)!.entryCount, 1)
  })
})
