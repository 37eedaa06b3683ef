import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PublishedCrl } from '../../../src/authority/crl-feed.ts'
import { type CrlEvent, streamCrl, type StreamCrlRequest } from '../../../src/authority/stream-crl.ts'
import { concatBytes } from '../../../src/core/bytes.ts'
import { ADMIN, buildUseCases, callerOf } from '../../support/build-use-cases.ts'
import { settle } from '../../support/fakes.ts'

const everything: StreamCrlRequest = { authorities: [], resume: [], payload: 'crl', maxChunkBytes: 0 }

/** A stream read by hand over a feed whose lists the test sets. */
async function openStream(request: Partial<StreamCrlRequest> = {}) {
  const deps = await buildUseCases()
  const listeners = new Set<(crl: PublishedCrl) => void>()
  const lists = new Map<string, PublishedCrl>([['issuing-1', deps.feed.current('issuing-1')!]])
  const feed = {
    current: (id: string) => lists.get(id),
    subscribe(listener: (crl: PublishedCrl) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const publish = (crlNumber: bigint, der = new Uint8Array(10)) => {
    const crl = { ...lists.get('issuing-1')!, crlNumber, der }
    lists.set('issuing-1', crl)
    for (const listener of listeners) listener(crl)
  }
  const abort = new AbortController()
  const stream = streamCrl(
    { ...deps, feed },
    ADMIN,
    { ...everything, authorities: ['issuing-1'], ...request },
    abort.signal,
  )
  const take = async (count: number) => {
    const events: CrlEvent[] = []
    while (events.length < count) {
      const next = await stream.next()
      if (next.done === true) break
      events.push(next.value)
    }
    return events
  }
  return { ...deps, stream, abort, publish, take, listeners, current: () => lists.get('issuing-1')! }
}

const kinds = (events: readonly CrlEvent[]) => events.map(({ kind }) => kind)

describe('streamCrl', () => {
  it('begins with the whole list, in order', async () => {
    const { take, current } = await openStream()
    const events = await take(3)
    assert.deepEqual(kinds(events), ['snapshot_begin', 'snapshot_chunk', 'snapshot_end'])
    assert.deepEqual(events[1]?.kind === 'snapshot_chunk' && events[1].data, current().der)
  })

  it('cuts a list into chunks of at most the size asked for, without gaps', async () => {
    const { take, publish } = await openStream({ maxChunkBytes: 4096 })
    await take(3)
    const der = Uint8Array.from({ length: 10_000 }, (_, i) => i % 251)
    publish(2n, der)
    const events = await take(5)
    const chunks = events.filter((event) => event.kind === 'snapshot_chunk')
    assert.deepEqual(
      chunks.map(({ offset, data }) => [offset, data.length]),
      [
        [0, 4096],
        [4096, 4096],
        [8192, 1808],
      ],
    )
    assert.deepEqual(Buffer.from(concatBytes(chunks.map(({ data }) => data))), Buffer.from(der))
  })

  it('pushes each new list, and only the newest to a slow reader', async () => {
    const { take, publish } = await openStream()
    await take(3)
    publish(2n)
    publish(3n)
    publish(4n)
    const events = await take(3)
    assert.equal(events[0]?.kind === 'snapshot_begin' && events[0].crl.crlNumber, 4n)
  })

  it('finishes the list that it began when a newer one comes meanwhile', async () => {
    const { take, publish } = await openStream({ maxChunkBytes: 4096 })
    await take(3)
    publish(2n, new Uint8Array(8192).fill(2))
    const first = await take(2)
    publish(3n, new Uint8Array(100).fill(3))
    const rest = await take(5)
    assert.deepEqual(kinds([...first, ...rest]), [
      'snapshot_begin',
      'snapshot_chunk',
      'snapshot_chunk',
      'snapshot_end',
      'snapshot_begin',
      'snapshot_chunk',
      'snapshot_end',
    ])
    assert.ok(rest[0]?.kind === 'snapshot_chunk' && rest[0].data.every((octet) => octet === 2))
  })

  it('leaves the list out for a verifier that has it, and tells it so at once', async () => {
    const { take, publish } = await openStream({ resume: [{ authority: 'issuing-1', crlNumber: 1n }] })
    assert.deepEqual(kinds(await take(1)), ['checkpoint'])
    publish(2n)
    assert.deepEqual(kinds(await take(1)), ['snapshot_begin'])
  })

  it('resets a verifier that is ahead of the authority', async () => {
    const { take } = await openStream({ resume: [{ authority: 'issuing-1', crlNumber: 99n }] })
    assert.deepEqual(kinds(await take(2)), ['reset', 'snapshot_begin'])
  })

  it('sends a checkpoint when nothing else was sent for a while', async () => {
    const { take, time } = await openStream()
    await take(3)
    const next = take(1)
    await settle()
    await time.advance(10_000)
    assert.deepEqual(kinds(await next), ['checkpoint'])
  })

  it('sends numbers only to those who fetch the list elsewhere', async () => {
    const { take, publish } = await openStream({ payload: 'notify' })
    assert.deepEqual(kinds(await take(1)), ['checkpoint'])
    publish(2n)
    const [event] = await take(1)
    assert.equal(event?.kind === 'checkpoint' && event.crl.crlNumber, 2n)
  })

  it('ends when it is aborted, and leaves no listener or timer behind', async () => {
    const { take, abort, stream, listeners, time } = await openStream()
    await take(3)
    const waitingBefore = time.waiting
    const next = stream.next()
    await settle()
    abort.abort()
    assert.equal((await next).done, true)
    assert.equal(listeners.size, 0)
    assert.equal(time.waiting, waitingBefore)
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
