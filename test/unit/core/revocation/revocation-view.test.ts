import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RevocationView } from '../../../../src/core/revocation/revocation-view.ts'
import type { UpdateRefusalReason } from '../../../../src/core/revocation/update-refusal.ts'
import { USER_CERTIFICATES_ONLY } from '../../../support/encode-test-crl.ts'
import { LIST_START, createListAuthority, serialOf, strangersKey } from '../../../support/list-authority.ts'

const authority = createListAuthority()
const NOW = new Date(LIST_START.getTime() + 60_000)
const complete: typeof authority.complete = (...list) => authority.complete(...list)
const delta: typeof authority.delta = (...list) => authority.delta(...list)

async function take(view: RevocationView, ...ders: readonly Uint8Array[]): Promise<void> {
  for (const der of ders) {
    const update =
      view.state === undefined ? await view.verifyComplete(der, NOW) : await view.verifyDelta(der)
    if ('refused' in update) assert.fail(`${update.refused}: ${update.message}`)
    await update.commit()
  }
}

async function viewAt(...ders: readonly Uint8Array[]): Promise<RevocationView> {
  const view = authority.view()
  await take(view, ...ders)
  return view
}

const isRevoked = (view: RevocationView, serial: number) => view.find(serialOf(serial)) !== undefined

describe('a view of revocation lists', () => {
  it('knows nothing before its first list', () => {
    const view = authority.view()
    assert.equal(view.state, undefined)
    assert.equal(view.find(serialOf(1)), undefined)
  })
  it('takes a complete list', async () => {
    const view = await viewAt(complete(5, [1, 2]))
    assert.ok(isRevoked(view, 1) && isRevoked(view, 2) && !isRevoked(view, 3))
    assert.equal(view.find(serialOf(1))?.reason, 'keyCompromise')
    assert.deepEqual(view.state, {
      crlNumber: 5n,
      completeNumber: 5n,
      thisUpdate: new Date(LIST_START.getTime() + 5000),
      nextUpdate: new Date(LIST_START.getTime() + 5000 + 24 * 60 * 60 * 1000),
    })
  })
  it('takes deltas after it, one that spans several numbers too', async () => {
    const view = await viewAt(complete(5, [1]), delta(5, 6, [2]), delta(6, 9, [3, 4]))
    for (const serial of [1, 2, 3, 4]) assert.ok(isRevoked(view, serial))
    assert.equal(view.state?.crlNumber, 9n)
    assert.equal(view.state.completeNumber, 5n)
    assert.equal(view.count, 4)
  })
  it('takes an empty delta as a sign of life', async () => {
    const view = await viewAt(complete(5, [1]), delta(5, 6))
    assert.deepEqual(view.state?.thisUpdate, new Date(LIST_START.getTime() + 6000))
    assert.ok(isRevoked(view, 1))
  })
  it('changes nothing before the commit', async () => {
    const view = await viewAt(complete(5, [1]))
    const update = await view.verifyDelta(delta(5, 6, [2]))
    assert.equal(view.state?.crlNumber, 5n)
    assert.ok(!isRevoked(view, 2))
    assert.ok('commit' in update)
    await update.commit()
    assert.ok(isRevoked(view, 2))
  })
  it('refuses to commit what was overtaken', async () => {
    const view = await viewAt(complete(5))
    const [one, other] = [await view.verifyDelta(delta(5, 6, [1])), await view.verifyDelta(delta(5, 7, [2]))]
    assert.ok('commit' in one && 'commit' in other)
    await one.commit()
    await assert.rejects(other.commit())
    assert.equal(view.state?.crlNumber, 6n)
  })
  it('forgets with a new complete list what that one leaves out', async () => {
    const view = await viewAt(complete(5, [1, 2]))
    const update = await view.verifyComplete(complete(8, [2]), NOW)
    assert.ok('commit' in update)
    await update.commit()
    assert.ok(!isRevoked(view, 1) && isRevoked(view, 2))
  })
  it('takes a complete list of the number that its deltas led to', async () => {
    const view = await viewAt(complete(5), delta(5, 6, [1]))
    const update = await view.verifyComplete(complete(6, [1]), NOW)
    assert.ok('commit' in update)
    await update.commit()
    assert.equal(view.state?.completeNumber, 6n)
  })
  it('takes a delta from further back when it asked for that', async () => {
    const view = await viewAt(complete(5), delta(5, 6, [1]), delta(6, 7, [2]))
    for (const crlNumber of [7, 8]) {
      const update = await view.verifyDelta(delta(5, crlNumber, [1, 2]), 5n)
      assert.ok(
        'commit' in update,
        JSON.stringify(update, (_key, value: unknown) => String(value)),
      )
      await update.commit()
    }
    assert.equal(view.state?.crlNumber, 8n)
    assert.equal(view.count, 2)
  })

  it('lifts a hold, and only a hold', async () => {
    const held = complete(5, [{ serial: 1, reason: 'certificateHold' }, 2])
    const lifting = delta(5, 6, [
      { serial: 1, reason: 'removeFromCRL' },
      { serial: 2, reason: 'removeFromCRL' },
      { serial: 3, reason: 'removeFromCRL' },
    ])
    const view = await viewAt(held, lifting)
    assert.ok(!isRevoked(view, 1) && isRevoked(view, 2) && !isRevoked(view, 3))
  })
  it('turns a hold into a revocation for good, and not back', async () => {
    const hold = [{ serial: 1, reason: 'certificateHold' }] as const
    const removal = [{ serial: 1, reason: 'removeFromCRL' }] as const
    const view = await viewAt(complete(5, hold), delta(5, 6, [1]), delta(6, 7, hold), delta(7, 8, removal))
    assert.equal(view.find(serialOf(1))?.reason, 'keyCompromise')
  })
  it('takes a graver reason for one that is revoked for good', async () => {
    const view = await viewAt(complete(5, [{ serial: 1, reason: 'superseded' }]), delta(5, 6, [1]))
    assert.equal(view.find(serialOf(1))?.reason, 'keyCompromise')
    assert.equal(view.count, 1)
  })
  it('is as good as the later end of its complete list and its newest delta', async () => {
    const short = { nextUpdate: new Date(LIST_START.getTime() + 60_000) }
    const view = await viewAt(complete(5), delta(5, 6, [1], short))
    assert.deepEqual(view.state?.nextUpdate, new Date(LIST_START.getTime() + 5000 + 24 * 60 * 60 * 1000))
    const longer = await viewAt(complete(5, [], short), delta(5, 6, [1]))
    assert.deepEqual(longer.state?.nextUpdate, new Date(LIST_START.getTime() + 6000 + 24 * 60 * 60 * 1000))
  })
  it('takes deltas in order whatever its clock says, so that none is missed for it', async () => {
    const view = await viewAt(
      complete(5),
      delta(5, 6, [1], {
        thisUpdate: new Date('2020-01-01T00:00:00Z'),
        nextUpdate: new Date('2020-01-02T00:00:00Z'),
      }),
      delta(6, 7, [2], {
        thisUpdate: new Date('2040-01-01T00:00:00Z'),
        nextUpdate: new Date('2040-01-02T00:00:00Z'),
      }),
    )
    assert.ok(isRevoked(view, 1) && isRevoked(view, 2))
  })
})

describe('a view of revocation lists refuses', () => {
  const altered = (der: Uint8Array) => {
    const copy = Uint8Array.from(der)
    copy[copy.length - 1]! ^= 1
    return copy
  }
  const stranger = { signer: strangersKey() }
  const times = (from: number, until: number) => ({
    thisUpdate: new Date(NOW.getTime() + from),
    nextUpdate: new Date(NOW.getTime() + until),
  })
  const MINUTES = 60_000
  const first: readonly [string, Uint8Array, UpdateRefusalReason][] = [
    ['octets that are no list', Uint8Array.of(0x30, 3, 1, 2, 3), 'CRL_MALFORMED'],
    ['a list that is cut short', complete(5).subarray(0, -1), 'CRL_MALFORMED'],
    ['a list without a number', complete(5, [], { crlNumber: undefined }), 'CRL_MALFORMED'],
    ['a list without an end', complete(5, [], { nextUpdate: undefined }), 'CRL_MALFORMED'],
    ['a list with an end before its beginning', complete(5, [], times(-1000, -2000)), 'CRL_MALFORMED'],
    ['a serial number twice', complete(5, [1, 1]), 'CRL_MALFORMED'],
    ['a removal in a complete list', complete(5, [{ serial: 1, reason: 'removeFromCRL' }]), 'CRL_MALFORMED'],
    ['a list of another issuer', complete(5, [], { issuer: 'Somebody' }), 'CRL_ISSUER_WRONG'],
    ['a list that names another key', complete(5, [], stranger), 'CRL_ISSUER_WRONG'],
    ['an altered signature', altered(complete(5)), 'CRL_SIGNATURE_INVALID'],
    [
      'a list for a part of the certificates',
      complete(5, [], { extensions: [USER_CERTIFICATES_ONLY] }),
      'CRL_SCOPE_WRONG',
    ],
    ['a delta', delta(4, 5), 'CRL_KIND_WRONG'],
    ['a first list that ran out', complete(5, [], times(-20 * MINUTES, -10 * MINUTES)), 'CRL_EXPIRED'],
    [
      'a first list that begins in ten minutes',
      complete(5, [], times(10 * MINUTES, 20 * MINUTES)),
      'CRL_FROM_THE_FUTURE',
    ],
  ]
  for (const [what, der, reason] of first) {
    it(`as its first: ${what}`, async () => {
      const view = authority.view()
      const result = await view.verifyComplete(der, NOW)
      assert.equal('refused' in result ? result.refused : 'taken', reason)
      assert.equal(view.state, undefined)
      assert.equal(view.lastRefusal?.refused, reason)
    })
  }

  const here = () => viewAt(complete(5, [1]), delta(5, 7, [2]), delta(7, 9, [3]))
  const laterComplete: readonly [string, Uint8Array, UpdateRefusalReason][] = [
    ['an older list', complete(4), 'CRL_ROLLBACK'],
    ['one that is older than its deltas', complete(8, [1, 2]), 'CRL_ROLLBACK'],
    ['the list that it began with', complete(5, [1]), 'CRL_DUPLICATE'],
    ['another list of that number', complete(5, []), 'CRL_FORKED'],
    ['a newer list of a stranger', complete(10, [], stranger), 'CRL_ISSUER_WRONG'],
  ]
  for (const [what, der, reason] of laterComplete) {
    it(`later: ${what}`, async () => {
      const view = await here()
      const before = view.state
      const result = await view.verifyComplete(der, NOW)
      assert.equal('refused' in result ? result.refused : 'taken', reason)
      assert.equal(view.state, before)
      for (const serial of [1, 2, 3]) assert.ok(isRevoked(view, serial))
    })
  }

  const laterDelta: readonly [string, Uint8Array, UpdateRefusalReason, bigint?][] = [
    ['a delta that it took', delta(7, 9, [3]), 'CRL_DUPLICATE'],
    ['a delta from before', delta(5, 7, [2]), 'CRL_ROLLBACK'],
    ['a delta after one that is missing', delta(10, 11, [4]), 'CRL_GAP'],
    ['a delta on another base', delta(8, 10, [4]), 'CRL_BASE_WRONG'],
    ['a delta from further back than was asked for', delta(5, 10, [4]), 'CRL_BASE_WRONG', 7n],
    ['a delta that leads less far than what is here', delta(5, 8, [2]), 'CRL_ROLLBACK', 5n],
    ['a complete list in the place of a delta', complete(10, []), 'CRL_KIND_WRONG'],
    ['a delta that leads nowhere', delta(9, 9), 'CRL_MALFORMED'],
    ['a delta that is altered', altered(delta(9, 10, [4])), 'CRL_SIGNATURE_INVALID'],
    ['a delta with a serial number twice', delta(9, 10, [4, 4]), 'CRL_MALFORMED'],
    [
      'a delta of another scope',
      delta(9, 10, [4], { extensions: [USER_CERTIFICATES_ONLY] }),
      'CRL_SCOPE_WRONG',
    ],
  ]
  for (const [what, der, reason, expectedBase] of laterDelta) {
    it(`later: ${what}`, async () => {
      const view = await here()
      const before = view.state
      const result = await view.verifyDelta(der, expectedBase)
      assert.equal('refused' in result ? result.refused : 'taken', reason)
      assert.equal(view.state, before)
      assert.equal(view.lastRefusal?.refused, reason)
      assert.ok(isRevoked(view, 3) && !isRevoked(view, 4))
    })
  }
  it('a delta before any complete list', async () => {
    const result = await authority.view().verifyDelta(delta(1, 2))
    assert.equal('refused' in result && result.refused, 'CRL_GAP')
  })
  it('and then goes on as if nothing had been', async () => {
    const view = await here()
    await view.verifyDelta(delta(10, 11, [4]))
    await take(view, delta(9, 10, [5]))
    assert.ok(isRevoked(view, 5) && !isRevoked(view, 4))
    assert.equal(view.lastRefusal, undefined)
  })
})
