import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { status } from '@grpc/grpc-js'
import { settle } from '../../../test/support/fakes.ts'
import type { Script } from './support/scripted-authority.ts'
import {
  GONE,
  REQUEST,
  atOnce,
  authority,
  credential,
  events,
  open,
  source,
  startAfresh,
  switches,
} from './support/source-under-test.ts'

const MINUTE_MS = 60_000

beforeEach(startAfresh)

describe('an outage', () => {
  const outages: Readonly<Record<string, readonly [script: Script, reason: string]>> = {
    'nobody listens': [GONE, 'UNREACHABLE'],
    'no TLS': [
      {
        kind: 'transport',
        code: status.UNAVAILABLE,
        details: 'self-signed certificate in certificate chain',
      },
      'TLS_FAILED',
    ],
    'no answer in time': [
      { kind: 'transport', code: status.DEADLINE_EXCEEDED, details: 'Deadline exceeded' },
      'DEADLINE_EXCEEDED',
    ],
    'an answer of something else': [
      { kind: 'transport', code: status.UNIMPLEMENTED, details: 'HTTP 404' },
      'UNEXPECTED',
    ],
    'a refusal by something else': [
      { kind: 'transport', code: status.PERMISSION_DENIED, details: 'HTTP 403' },
      'UNEXPECTED',
    ],
    'a stop': [{ kind: 'refusal', reason: 'SHUTTING_DOWN' }, 'SHUTTING_DOWN'],
    'no database': [{ kind: 'refusal', reason: 'STORE_UNAVAILABLE' }, 'STORE_UNAVAILABLE'],
    'a fault of the authority': [{ kind: 'refusal', reason: 'INTERNAL' }, 'INTERNAL'],
    'too many calls': [{ kind: 'refusal', reason: 'RATE_LIMITED' }, 'RATE_LIMITED'],
    'what is no token': [{ kind: 'garbage' }, 'UNEXPECTED'],
  }
  for (const [name, [script, reason]] of Object.entries(outages)) {
    it(`lets requests be signed, and tokens return after it: ${name}`, async () => {
      authority.become(script)
      assert.equal(await credential(), 'certificate')
      assert.equal(await atOnce(), 'certificate')
      authority.become({ kind: 'token' })
      await authority.advance(500)
      assert.equal(await credential(), 'token')
      assert.deepEqual(switches(), [`certificate ${reason}`, 'token'])
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ['authority_lost', 'switched', 'authority_back', 'switched'],
      )
    })
  }

  it('is not noticed by requests while there is a usable token, and costs none of them a wait', async () => {
    await source.authorize(REQUEST)
    authority.become({ kind: 'silence' })
    await authority.advance(250_000)
    assert.equal(await atOnce(), 'token')
    authority.become(GONE)
    await authority.answerWaiting()
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['authority_lost'],
    )
    assert.equal(await atOnce(), 'token')
    await authority.advance(30_000)
    assert.equal(await atOnce(), 'certificate')
    assert.ok(source.metrics().authorityLostForMs! >= 30_000)
    assert.deepEqual(switches(), ['certificate UNREACHABLE'])
  })

  it('is probed in the background: one call at a time, ever less often, and bounded', async () => {
    authority.become(GONE)
    await credential()
    await authority.advance(60 * MINUTE_MS)
    const gaps = authority.asked.slice(1).map(({ at }, i) => at - authority.asked[i]!.at)
    assert.ok(gaps[0]! >= 250 && gaps[0]! <= 500, `first after ${gaps[0]} ms`)
    const late = gaps.slice(6)
    assert.ok(late.every((gap) => gap >= 5_000 && gap <= 10_000))
    assert.ok(new Set(late).size > late.length / 2, 'spread out')
    assert.equal(authority.mostAtOnce, 1)
    assert.equal(source.metrics().probes, authority.asked.length - 1)
  })

  it('is probed by one call however many requests and resources there are', async () => {
    open({ resource: ({ hostname }) => ({ audience: hostname.split('.')[0]! }) })
    authority.become(GONE)
    await credential()
    authority.become({ kind: 'silence' })
    const before = authority.asked.length
    await authority.advance(60_000)
    for (let i = 0; i < 200; i++) await credential({ ...REQUEST, url: `https://h${i}.example/` })
    assert.equal(authority.asked.length - before, 1)
  })

  it('tells how long it lasted, and how long requests were signed', async () => {
    authority.become(GONE)
    await credential()
    await authority.advance(MINUTE_MS)
    authority.become({ kind: 'token' })
    await authority.advance(10_000)
    await credential()
    const back = events.find((event) => event.kind === 'authority_back')!
    assert.ok(back.afterMs > MINUTE_MS && back.afterMs <= MINUTE_MS + 10_000)
    assert.equal(back.probes, source.metrics().probes)
    const returned = events.at(-1)!
    assert.equal(returned.kind === 'switched' && returned.afterMs, MINUTE_MS + 10_000)
    assert.equal(source.metrics().authorityLostForMs, undefined)
  })

  it('ends the patience of a first request, while the call goes on', async () => {
    authority.become({ kind: 'silence' })
    const first = credential()
    await settle()
    await authority.advance(250)
    assert.equal(await first, 'certificate')
    assert.deepEqual(switches(), ['certificate SLOW'])
    authority.become({ kind: 'token' })
    await authority.answerWaiting()
    assert.equal(await credential(), 'token')
    assert.equal(authority.asked.length, 1)
  })
})
