import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import type { PublishedCrl } from '../../../src/authority/crl-feed.ts'
import { lockClient, unlockClient } from '../../../src/authority/lock-client.ts'
import { revokeToken } from '../../../src/authority/revoke-token.ts'
import { createSnapshotSlots } from '../../../src/authority/snapshot-slots.ts'
import { type CrlEvent, streamCrl } from '../../../src/authority/stream-crl.ts'
import type { StreamCrlRequest } from '../../../src/authority/stream-request.ts'
import { concatBytes, formatHex } from '../../../src/core/bytes.ts'
import { MAX_SNAPSHOT_MS, SMALL_CRL_BYTES } from '../../../src/core/limits.ts'
import { clientStandIn, tokenStandIn } from '../../../src/core/revocation/stand-in-serial.ts'
import { parseCrl } from '../../../src/core/x509/crl.ts'
import { ADMIN, buildUseCases, callerOf } from '../../support/build-use-cases.ts'
import { settle } from '../../support/fakes.ts'
import { buildRevokingAuthority, listedIn } from '../../support/revoking-authority.ts'

const ID = 'issuing-1'
const everything: StreamCrlRequest = { authorities: [], resume: [], payload: 'crl', maxChunkBytes: 0 }

/** A stream read by hand. */
async function openStream(
  request: Partial<StreamCrlRequest> = {},
  options: {
    authority?: Awaited<ReturnType<typeof buildRevokingAuthority>>
    clientId?: string
    /** In place of the feed's. */
    complete?: () => PublishedCrl | undefined
  } = {},
) {
  const deps = options.authority ?? (await buildRevokingAuthority())
  const feed = { ...deps.feed, ...(options.complete && { complete: options.complete }) }
  const abort = new AbortController()
  const stream = streamCrl(
    { ...deps, feed },
    { ...ADMIN, clientId: options.clientId ?? ADMIN.clientId },
    { ...everything, authorities: [ID], ...request },
    abort.signal,
  )
  /** Reads that many events; fewer if the stream ends before. */
  const take = async (count: number) => {
    const events: CrlEvent[] = []
    while (events.length < count) {
      const next = await stream.next()
      if (next.done === true) break
      events.push(next.value)
    }
    return events
  }
  const revoke = async () => {
    const revoked = await deps.revokeNew()
    await deps.time.advance(100)
    return revoked
  }
  return { ...deps, stream, abort, take, revoke }
}

const kinds = (events: readonly CrlEvent[]) => events.map(({ kind }) => kind)
const SNAPSHOT = ['snapshot_begin', 'snapshot_chunk', 'snapshot_end']
const deltaOf = (event: CrlEvent | undefined) => {
  assert.equal(event?.kind, 'delta')
  return event.delta
}
const resumeAt = (crlNumber: bigint) => ({ resume: [{ authority: ID, crlNumber }] })

describe('streamCrl', () => {
  it('begins with the whole list, in order', async () => {
    const { take, feed } = await openStream()
    const events = await take(3)
    assert.deepEqual(kinds(events), SNAPSHOT)
    assert.deepEqual(events[1]?.kind === 'snapshot_chunk' && events[1].data, feed.complete(ID)!.der)
  })

  it('cuts a list into chunks of at most the size asked for, without gaps', async () => {
    const authority = await buildRevokingAuthority()
    const der = Uint8Array.from({ length: 10_000 }, (_, i) => i % 251)
    const crl = { ...authority.feed.complete(ID)!, der }
    const { take } = await openStream({ maxChunkBytes: 4096 }, { authority, complete: () => crl })
    const chunks = (await take(5)).filter((event) => event.kind === 'snapshot_chunk')
    assert.deepEqual(
      chunks.map(({ offset, data }) => [offset, data.length]),
      [
        [0, 4096],
        [4096, 4096],
        [8192, 1808],
      ],
    )
    assert.deepEqual(Buffer.from(concatBytes(chunks.map(({ data }) => data))), Buffer.from(der))
    assert.ok(chunks.every(({ data }) => data.buffer === der.buffer))
  })

  it('goes on with a delta for each batch of revocations', async () => {
    const { take, revoke } = await openStream()
    await take(3)
    let at = 1n
    for (let batch = 0; batch < 3; batch++) {
      const { serialNumber, crlNumber } = await revoke()
      const delta = deltaOf((await take(1))[0])
      assert.deepEqual([delta.baseCrlNumber, delta.state.crlNumber], [at, crlNumber])
      assert.deepEqual(listedIn(delta.der), [`${serialNumber} keyCompromise`])
      at = crlNumber
    }
  })

  it('has a revoked token and a locked client in the delta of the next 50 ms, like a revocation', async () => {
    const { take, time, ...deps } = await openStream()
    await take(3)
    const { crlNumber } = await revokeToken(
      { ...deps, tokenIssuer: { issuer: '', audience: '', keys: [], authorityId: ID } },
      ADMIN,
      { kind: 'token_id', tokenId: 'one', expiresAt: undefined },
    )
    await time.advance(50)
    const token = deltaOf((await take(1))[0])
    assert.equal(token.state.crlNumber, crlNumber)
    assert.deepEqual(listedIn(token.der), [`${formatHex(tokenStandIn('one'))} `])
    await lockClient(deps, ADMIN, { clientId: 'alice', message: '' })
    await time.advance(50)
    const alice = formatHex(clientStandIn('alice'))
    assert.ok(listedIn(deltaOf((await take(1))[0]).der).includes(`${alice} certificateHold`))
    await unlockClient(deps, ADMIN, { clientId: 'alice' })
    await time.advance(50)
    assert.ok(listedIn(deltaOf((await take(1))[0]).der).includes(`${alice} removeFromCRL`))
  })

  it('gives a slow reader one delta for everything that it missed', async () => {
    const { take, revoke } = await openStream()
    await take(3)
    const serials = [await revoke(), await revoke(), await revoke()].map(({ serialNumber }) => serialNumber)
    const delta = deltaOf((await take(1))[0])
    assert.equal(delta.baseCrlNumber, 1n)
    assert.deepEqual(listedIn(delta.der), serials.map((serial) => `${serial} keyCompromise`).sort())
  })

  it('finishes the list that it began when a newer one comes meanwhile', async () => {
    const { take, revoke } = await openStream()
    const first = await take(1)
    await revoke()
    assert.deepEqual(kinds([...first, ...(await take(3))]), [...SNAPSHOT, 'delta'])
  })

  it('comes to every authority, also when one has something new whenever its reader has read', async () => {
    const { take, revoke } = await openStream({ authorities: [ID, 'root'] })
    const events = await take(3)
    for (let i = 0; i < 5; i++) {
      await revoke()
      events.push(...(await take(1)))
    }
    assert.ok(events.some((event) => event.kind === 'snapshot_end' && event.crl.authorityId === 'root'))
  })

  it('gives everyone at one number the same delta, signed once', async () => {
    const authority = await buildRevokingAuthority()
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => openStream({}, { authority, clientId: 'bob' })),
    )
    for (const { take } of streams) await take(3)
    const sign = mock.method(authority.authorities.issuing.signer, 'sign')
    await streams[0]!.revoke()
    const ders = new Set<Uint8Array>()
    for (const { take } of streams) ders.add(deltaOf((await take(1))[0]).der)
    assert.equal(ders.size, 1)
    // The certificate that was revoked, the delta, the complete list.
    assert.equal(sign.mock.callCount(), 3)
  })

  it('proves to an idle reader, by a signed empty delta, that nothing has changed', async () => {
    const { take, time } = await openStream()
    await take(3)
    for (const base of [1n, 2n]) {
      const next = take(1)
      await settle()
      await time.advance(10_000)
      const [event] = await next
      assert.ok(event?.kind === 'checkpoint' && event.signedDer !== undefined)
      const list = parseCrl(event.signedDer)
      assert.deepEqual([list.baseCrlNumber, list.crlNumber, list.entryCount], [base, base + 1n, 0])
      assert.equal(event.state.crlNumber, base + 1n)
    }
  })

  it('ends when it is aborted, and leaves no timer behind', async () => {
    const { take, abort, stream, time } = await openStream()
    const before = time.waiting
    await take(3)
    const next = stream.next()
    await settle()
    abort.abort()
    assert.equal((await next).done, true)
    assert.equal(time.waiting, before)
  })

  it('ends by itself at its greatest age, a tenth more or less', async () => {
    const ages = new Set<number>()
    for (let i = 0; i < 4; i++) {
      const { take, stream, time, clock, random } = await openStream()
      random.bytes(i * 32)
      const openedAt = clock.now().getTime()
      await take(3)
      let end: IteratorResult<CrlEvent> | undefined
      for (let tick = 0; tick < 400 && end?.done !== true; tick++) {
        const next = stream.next()
        await settle(2)
        await time.advance(10_000)
        end = await next
      }
      assert.equal(end?.done, true)
      const age = (clock.now().getTime() - openedAt) / 1000
      assert.ok(age >= 3240 && age <= 3970, `${age} s`)
      ages.add(age)
    }
    assert.ok(ages.size > 1)
  })

  it('refuses unknown authorities, absurd chunk sizes, too many authorities and strange resume points', async () => {
    const deps = await buildUseCases()
    const attempts: [Partial<StreamCrlRequest>, string][] = [
      [{ authorities: ['nowhere'] }, 'AUTHORITY_NOT_FOUND'],
      [{ authorities: [''] }, 'FIELD_INVALID'],
      [{ maxChunkBytes: 1 }, 'FIELD_INVALID'],
      [{ maxChunkBytes: 2 ** 31 }, 'FIELD_INVALID'],
      [{ authorities: Array.from({ length: 17 }, () => 'root') }, 'FIELD_INVALID'],
      [{ resume: [{ authority: 'nowhere', crlNumber: 1n }] }, 'FIELD_INVALID'],
      [{ resume: [1n, 2n].map((crlNumber) => ({ authority: 'root', crlNumber })) }, 'FIELD_INVALID'],
    ]
    for (const [request, reason] of attempts) {
      const stream = streamCrl(deps, ADMIN, { ...everything, ...request }, new AbortController().signal)
      await assert.rejects(stream.next(), { reason })
    }
  })

  it('refuses a caller without the scope', async () => {
    const deps = await buildUseCases()
    const stream = streamCrl(deps, callerOf('alice'), everything, new AbortController().signal)
    await assert.rejects(stream.next(), { reason: 'CALLER_NOT_ALLOWED' })
  })
})

describe('streamCrl with a resume point', () => {
  it('sends nothing to a verifier that is up to date, until something changes', async () => {
    const { take, revoke } = await openStream(resumeAt(1n))
    const next = take(1)
    await settle()
    const { crlNumber } = await revoke()
    assert.equal(deltaOf((await next)[0]).state.crlNumber, crlNumber)
  })

  it('sends one delta for what was missed, however many numbers that are, and no list', async () => {
    const authority = await buildRevokingAuthority()
    for (let batch = 0; batch < 5; batch++) {
      await authority.revokeNew()
      await authority.time.advance(100)
    }
    for (const at of [1n, 3n]) {
      const { take, abort } = await openStream(resumeAt(at), { authority })
      const delta = deltaOf((await take(1))[0])
      assert.deepEqual([delta.baseCrlNumber, delta.entryCount], [at, 6 - Number(at)])
      abort.abort()
    }
  })

  it('takes 0 for a verifier that has nothing', async () => {
    const { take } = await openStream(resumeAt(0n))
    assert.deepEqual(kinds(await take(3)), SNAPSHOT)
  })

  it('resets a verifier that is at a number which was never given', async () => {
    const { take } = await openStream(resumeAt(99n))
    const [reset, ...rest] = await take(4)
    assert.deepEqual(reset, { kind: 'reset', authorityId: ID, reason: 'ahead' })
    assert.deepEqual(kinds(rest), SNAPSHOT)
  })

  it('resets a verifier that missed more than a delta may hold, and sends it the list', async () => {
    const authority = await buildRevokingAuthority()
    for (let batch = 0; batch < 2; batch++) {
      await authority.revokeNew()
      await authority.time.advance(100)
    }
    const changes = authority.store.crls.changes.bind(authority.store.crls)
    mock.method(authority.store.crls, 'changes', (...[id, after, upTo]: Parameters<typeof changes>) =>
      changes(id, after, upTo, 0),
    )
    const { take, feed } = await openStream(resumeAt(1n), { authority })
    const events = await take(4)
    assert.deepEqual(events[0], { kind: 'reset', authorityId: ID, reason: 'too_old' })
    assert.equal(events[1]?.kind === 'snapshot_begin' && events[1].crl.crlNumber, feed.current(ID)!.crlNumber)
  })

  it('waits for the list that takes a verifier further when no delta can', async () => {
    const authority = await buildRevokingAuthority()
    let complete = authority.feed.complete(ID)
    const changes = authority.store.crls.changes.bind(authority.store.crls)
    mock.method(authority.store.crls, 'changes', (...[id, after, upTo]: Parameters<typeof changes>) =>
      changes(id, after, upTo, 0),
    )
    const { take, revoke } = await openStream({}, { authority, complete: () => complete })
    await take(3)
    const next = take(1)
    await revoke()
    complete = authority.feed.complete(ID)
    await authority.time.advance(10_000)
    assert.deepEqual(kinds(await next), ['reset'])
    assert.deepEqual(kinds(await take(3)), SNAPSHOT)
  })
})

describe('streamCrl for readers of complete lists', () => {
  it('sends each complete list, and numbers that are not signed', async () => {
    const { take, revoke, time, feed } = await openStream({ payload: 'complete' })
    assert.deepEqual(kinds(await take(4)), [...SNAPSHOT, 'checkpoint'])
    await revoke()
    const events = await take(4)
    assert.deepEqual(kinds(events), [...SNAPSHOT, 'checkpoint'])
    assert.equal(events[0]?.kind === 'snapshot_begin' && events[0].crl.entryCount, 1)
    const next = take(1)
    await settle()
    await time.advance(10_000)
    const [event] = await next
    assert.ok(event?.kind === 'checkpoint' && event.signedDer === undefined)
    assert.equal(event.state.crlNumber, feed.current(ID)!.crlNumber)
  })

  it('leaves out the list that its reader has', async () => {
    const { take } = await openStream({ payload: 'complete', ...resumeAt(1n) })
    assert.deepEqual(kinds(await take(1)), ['checkpoint'])
  })

  it('sends numbers only to those who fetch the lists elsewhere, and again when the complete list is there', async () => {
    const { take, revoke } = await openStream({ payload: 'notify' })
    assert.deepEqual(kinds(await take(1)), ['checkpoint'])
    const next = take(2)
    await settle()
    const { crlNumber } = await revoke()
    for (const event of await next) {
      assert.ok(event.kind === 'checkpoint' && event.signedDer === undefined)
      assert.equal(event.state.crlNumber, crlNumber)
    }
  })

  it('says nothing of an authority of which there is no news', async () => {
    const { take, revoke } = await openStream({ payload: 'notify', authorities: ['root', ID] })
    assert.equal((await take(2)).length, 2)
    await revoke()
    const [event] = await take(1)
    assert.equal(event?.kind === 'checkpoint' && event.state.authorityId, ID)
  })
})

describe('streamCrl of large lists', () => {
  async function withLargeList() {
    const authority = { ...(await buildRevokingAuthority()), snapshots: createSnapshotSlots(2) }
    const large = { ...authority.feed.complete(ID)!, der: new Uint8Array(SMALL_CRL_BYTES + 1) }
    const open = (clientId: string) => openStream({}, { authority, clientId, complete: () => large })
    return { authority, open }
  }

  it('sends a bounded number of them at once, one to each client, first come first served', async () => {
    const { open } = await withLargeList()
    const [alice, aliceAgain, bob, carol] = [
      await open('alice'),
      await open('alice'),
      await open('bob'),
      await open('carol'),
    ]
    await Promise.all([alice.take(1), bob.take(1)])
    const started: string[] = []
    const second = aliceAgain.take(1).then(() => started.push('alice again'))
    const third = carol.take(1).then(() => started.push('carol'))
    await settle()
    assert.deepEqual(started, [])
    await bob.stream.return()
    await settle()
    assert.deepEqual(started, ['carol'])
    await alice.take(6)
    alice.abort.abort()
    await alice.stream.return()
    await Promise.all([second, third])
    assert.deepEqual(started, ['carol', 'alice again'])
  })

  it('lets a reader go that gives up while it waits', async () => {
    const { open } = await withLargeList()
    const [alice, bob, carol, dave] = [
      await open('alice'),
      await open('bob'),
      await open('carol'),
      await open('dave'),
    ]
    await Promise.all([alice.take(1), bob.take(1)])
    const gone = carol.take(1)
    const waiting = dave.take(1)
    await settle()
    carol.abort.abort()
    assert.deepEqual(await gone, [])
    await alice.stream.return()
    assert.deepEqual(kinds(await waiting), ['snapshot_begin'])
  })

  it('ends for a reader that takes too long', async () => {
    const { open } = await withLargeList()
    const { take, time } = await open('alice')
    await take(2)
    await time.advance(MAX_SNAPSHOT_MS + 1)
    assert.deepEqual(await take(1), [])
  })
})
