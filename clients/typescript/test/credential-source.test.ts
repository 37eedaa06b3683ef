import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { settle } from '../../../test/support/fakes.ts'
import { UNREAD } from '../src/authorizer.ts'
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
  tokenOf,
} from './support/source-under-test.ts'

const MINUTE_MS = 60_000

beforeEach(startAfresh)

describe('tokens', () => {
  it('are fetched once for all that wait, and kept', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => source.authorize(REQUEST)))
    assert.equal(new Set(all.map(tokenOf)).size, 1)
    await source.authorize(REQUEST)
    assert.equal(authority.asked.length, 1)
    assert.deepEqual(source.metrics().requests, { token: 101, certificate: 0 })
    assert.deepEqual(events, [])
  })

  it('are kept for each audience and its scopes, and asked for without the binding', async () => {
    open({
      resource: ({ hostname }) =>
        hostname === 'bob.example' ? { audience: 'bob', scopes: ['bob.user.read'] } : { audience: 'carol' },
    })
    await source.authorize(REQUEST)
    await source.authorize({ method: 'GET', url: 'https://carol.example/' })
    await source.authorize(REQUEST)
    assert.deepEqual(
      authority.asked.map(({ request: { audience, scopes, unbound } }) => [audience, scopes, unbound]),
      [
        ['bob', ['bob.user.read'], true],
        ['carol', [], true],
      ],
    )
  })

  it('are fetched anew ahead of their end, and nobody waits for that', async () => {
    const first = tokenOf(await source.authorize(REQUEST))
    await authority.advance(179_000)
    await source.authorize(REQUEST)
    assert.equal(authority.asked.length, 1, 'before three fifths of its life')
    await authority.advance(62_000)
    authority.become({ kind: 'silence' })
    assert.equal(tokenOf(await source.authorize(REQUEST)), first)
    assert.equal(await atOnce(), 'token')
    assert.equal(authority.asked.length, 2)
    authority.become({ kind: 'token' })
    await authority.answerWaiting()
    assert.notEqual(tokenOf(await source.authorize(REQUEST)), first)
    assert.equal(authority.asked.length, 2)
  })

  it('are not used in their last half minute, nor after the machine slept through their end', async () => {
    await source.authorize(REQUEST)
    authority.become(GONE)
    await authority.advance(269_000)
    assert.equal(await credential(), 'token')
    await authority.advance(2_000)
    assert.equal(await credential(), 'certificate')
    authority.become({ kind: 'token' })
    await authority.advance(MINUTE_MS)
    assert.equal(await credential(), 'token')
    authority.become(GONE)
    authority.sleep(400_000)
    assert.equal(await credential(), 'certificate')
  })

  it('live by the clock that nobody sets: the authority may have another time', async () => {
    authority.sleep(-3 * 60 * MINUTE_MS)
    await source.authorize(REQUEST)
    await authority.advance(MINUTE_MS)
    assert.equal(await credential(), 'token')
    assert.equal(authority.asked.length, 1)
  })

  it('are dropped with the certificate that they were bound to', async () => {
    open({ bound: true })
    await source.authorize(REQUEST)
    authority.client.identity.replace(authority.client.identity.current())
    await source.authorize(REQUEST)
    assert.deepEqual(
      authority.asked.map(({ request }) => request.unbound),
      [false, false],
    )
  })
})

describe('a denial', () => {
  for (const reason of [
    'CALLER_REVOKED',
    'CLIENT_LOCKED',
    'CALLER_NOT_ALLOWED',
    'SCOPE_NOT_GRANTABLE',
    'FIELD_INVALID',
  ] as const) {
    it(`is no outage: nothing is signed, and the request fails with ${reason}`, async () => {
      authority.become({ kind: 'refusal', reason })
      await assert.rejects(credential(), { name: 'ChanceryError', reason })
      await assert.rejects(credential(), { name: 'ChanceryError', reason })
      assert.equal(authority.asked.length, 1, 'asked again only after a pause')
      assert.deepEqual(source.metrics().requests, { token: 0, certificate: 0 })
      await authority.advance(1_000)
      authority.become({ kind: 'token' })
      assert.equal(await credential(), 'token')
    })
  }

  it('of a fresh token lets the one at hand run out, and is told at once', async () => {
    await source.authorize(REQUEST)
    authority.become({ kind: 'refusal', reason: 'CLIENT_LOCKED' })
    await authority.advance(250_000)
    assert.equal(await credential(), 'token')
    await settle()
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['denied'],
    )
    await authority.advance(30_000)
    await assert.rejects(credential(), { reason: 'CLIENT_LOCKED' })
  })

  it('that ends an outage ends the signing too', async () => {
    authority.become(GONE)
    assert.equal(await credential(), 'certificate')
    authority.become({ kind: 'refusal', reason: 'CALLER_REVOKED' })
    await authority.advance(1_000)
    await assert.rejects(credential(), { reason: 'CALLER_REVOKED' })
  })
})

describe('a token that a resource server refuses', () => {
  it('is not sent again: the request is signed, and the next one gets a fresh token', async () => {
    const refused = await source.authorize(REQUEST)
    await authority.advance(31_000)
    assert.equal((await source.reauthorize(REQUEST, refused))!.credential, 'certificate')
    const next = await source.authorize(REQUEST)
    assert.equal(next.credential, 'token')
    assert.notEqual(tokenOf(next), tokenOf(refused))
    assert.equal(source.metrics().tokensRefused, 1)
  })

  it('when it is new has its resource signed for half a minute', async () => {
    const refused = await source.authorize(REQUEST)
    await source.reauthorize(REQUEST, refused)
    assert.equal(await credential(), 'certificate')
    await authority.advance(29_000)
    assert.equal(await credential(), 'certificate')
    assert.equal(authority.asked.length, 1)
    await authority.advance(2_000)
    assert.equal(await credential(), 'token')
    assert.deepEqual(switches(), ['certificate TOKEN_REFUSED', 'token'])
  })

  it('is not sent again either where the body was a stream: there is nothing to sign', async () => {
    const upload = { ...REQUEST, method: 'POST', body: UNREAD }
    const refused = await source.authorize(upload)
    await authority.advance(31_000)
    assert.equal(await source.reauthorize(upload, refused), undefined)
    assert.notEqual(tokenOf(await source.authorize(upload)), tokenOf(refused))
    assert.deepEqual(source.metrics().requests, { token: 2, certificate: 0 })
  })

  it('says nothing of a token that came since', async () => {
    const old = await source.authorize(REQUEST)
    await authority.advance(31_000)
    await source.reauthorize(REQUEST, old)
    const fresh = tokenOf(await source.authorize(REQUEST))
    await source.reauthorize(REQUEST, old)
    assert.equal(tokenOf(await source.authorize(REQUEST)), fresh)
  })

  it('is followed by no third try: a refused signature stands', async () => {
    const refused = await source.authorize(REQUEST)
    const signed = (await source.reauthorize(REQUEST, refused))!
    assert.equal(await source.reauthorize(REQUEST, signed), undefined)
  })
})

describe('a source that is closed', () => {
  it('probes no more, and authorizes no more', async () => {
    authority.become(GONE)
    await credential()
    source.close()
    const { length } = authority.asked
    await authority.advance(10 * MINUTE_MS)
    assert.equal(authority.asked.length, length)
    assert.equal(authority.timersWaiting, 0)
    await assert.rejects(credential(), /closed/)
  })

  it('ends the call that is under way', async () => {
    authority.become({ kind: 'silence' })
    const pending = assert.rejects(credential(), { reason: 'CANCELLED' })
    await settle()
    source.close()
    await pending
  })
})
