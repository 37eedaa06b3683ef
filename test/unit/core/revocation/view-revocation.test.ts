import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sha256 } from '../../../../src/core/crypto.ts'
import type { PathLink } from '../../../../src/core/decision/revocation-source.ts'
import { conditionOf } from '../../../../src/core/revocation/list-condition.ts'
import type { StalePolicy } from '../../../../src/core/revocation/stale-policy.ts'
import type { RevocationView } from '../../../../src/core/revocation/revocation-view.ts'
import { createViewRevocation } from '../../../../src/core/revocation/view-revocation.ts'
import { parseCertificate } from '../../../../src/core/x509/certificate.ts'
import { formatSerialNumber } from '../../../../src/core/x509/serial-number.ts'
import { createDecisionFixture } from '../../../support/decision-fixture.ts'
import { encodeTestCrl } from '../../../support/encode-test-crl.ts'
import { LIST_START, createListAuthority, serialOf } from '../../../support/list-authority.ts'

const HOUR_MS = 60 * 60 * 1000
const authority = createListAuthority()
const stranger = createDecisionFixture()
/** List 0 begins here and is good for a day. */
const after = (milliseconds: number) => new Date(LIST_START.getTime() + milliseconds)

/** A certificate of the issuing authority with this serial number. */
function leaf(serial: number): PathLink {
  const certificate = { ...authority.issuer, serialNumber: serialOf(serial) }
  return {
    certificate,
    issuer: authority.issuer,
    authorityId: 'issuing',
    serialNumber: formatSerialNumber(certificate.serialNumber),
    sha256: sha256(certificate.der),
    isLeaf: true,
  }
}

async function loaded(...ders: readonly Uint8Array[]): Promise<RevocationView> {
  const view = authority.view()
  for (const der of ders) {
    const update =
      view.state === undefined ? await view.verifyComplete(der, after(0)) : await view.verifyDelta(der)
    assert.ok('commit' in update)
    await update.commit()
  }
  return view
}

function sourceOf(view: RevocationView | undefined, at: Date, stalePolicy: StalePolicy = { kind: 'strict' }) {
  return createViewRevocation({
    trust: authority.trust,
    lists: (id) => (id === 'issuing' ? view : undefined),
    now: () => at,
    stalePolicy,
  })
}

describe('revocation by followed lists', () => {
  it('is good, revoked or unknown as the lists of the issuer say', async () => {
    const source = sourceOf(await loaded(authority.complete(0, [1])), after(HOUR_MS))
    assert.deepEqual(source.standing(leaf(2)), {
      standing: 'good',
      clientState: undefined,
      until: after(24 * HOUR_MS),
    })
    assert.equal(source.standing(leaf(1)).standing, 'revoked')
    assert.equal(source.standing({ ...leaf(2), authorityId: 'other' }).standing, 'unknown')
    assert.equal(source.standing({ ...leaf(2), authorityId: undefined }).standing, 'unknown')
  })
  it('is unknown without a list, and invalid if one was refused', async () => {
    const view = authority.view()
    assert.equal(sourceOf(view, after(0)).standing(leaf(1)).standing, 'unknown')
    await view.verifyComplete(authority.complete(0).subarray(1), after(0))
    assert.equal(sourceOf(view, after(0)).standing(leaf(1)).standing, 'list_invalid')
    assert.equal(sourceOf(view, after(0)).state('issuing'), undefined)
  })
  it('knows no authority certificates but those of the bundle', async () => {
    const source = sourceOf(await loaded(authority.complete(0)), after(0))
    const link = { ...leaf(2), isLeaf: false }
    assert.equal(source.standing({ ...link, certificate: authority.issuer }).standing, 'good')
    const foreign = parseCertificate(stranger.issuing)
    assert.equal(source.standing({ ...link, certificate: foreign }).standing, 'unissued')
  })

  const DAY_MS = 24 * HOUR_MS
  const bounded: StalePolicy = { kind: 'bounded', graceSeconds: 3600 }
  const outage: readonly [StalePolicy, number, 'good' | 'unknown'][] = [
    [{ kind: 'strict' }, DAY_MS, 'good'],
    [{ kind: 'strict' }, DAY_MS + 1, 'unknown'],
    [bounded, DAY_MS + HOUR_MS, 'good'],
    [bounded, DAY_MS + HOUR_MS + 1, 'unknown'],
    [{ kind: 'best_effort' }, 365 * DAY_MS, 'good'],
    [{ kind: 'best_effort' }, -10 * 60_000, 'unknown'],
    [bounded, -30_000, 'good'],
    [bounded, -30_001, 'unknown'],
  ]
  for (const [policy, milliseconds, expected] of outage) {
    it(`is ${expected} under ${policy.kind}, ${milliseconds} ms after the last list`, async () => {
      const source = sourceOf(await loaded(authority.complete(0, [1])), after(milliseconds), policy)
      assert.equal(source.standing(leaf(2)).standing, expected)
      assert.equal(source.standing(leaf(1)).standing, 'revoked')
    })
  }

  it('answers for exactly the numbers and the time that it has applied', async () => {
    const view = await loaded(authority.complete(5), authority.delta(5, 8, [1]))
    const source = sourceOf(view, after(HOUR_MS))
    assert.equal(source.includes('issuing', 8n), true)
    assert.equal(source.includes('issuing', 9n), false)
    assert.equal(source.includes('other', 0n), false)
    assert.deepEqual(source.knownUntil('issuing', after(HOUR_MS)), after(8000))
    assert.equal(source.knownUntil('other', after(HOUR_MS)), undefined)
    assert.deepEqual(source.state('issuing'), {
      authorityId: 'issuing',
      crlNumber: 8n,
      thisUpdate: after(8000),
      nextUpdate: after(DAY_MS + 8000),
    })
  })
  it('takes no list that the key of another authority of the same name signed', async () => {
    const forged = encodeTestCrl({
      issuer: 'Issuing',
      signer: stranger.keys.issuing,
      thisUpdate: after(0),
      nextUpdate: after(DAY_MS),
      crlNumber: 1,
    })
    const result = await authority.view().verifyComplete(forged, after(0))
    assert.equal('refused' in result && result.refused, 'CRL_ISSUER_WRONG')
  })
})

describe('the condition of a followed list', () => {
  const times = { thisUpdate: after(0), nextUpdate: after(24 * HOUR_MS) }
  const conditions: readonly [number, ReturnType<typeof conditionOf>][] = [
    [-30_001, 'from_the_future'],
    [-30_000, 'current'],
    [40_000, 'current'],
    [40_001, 'frozen'],
    [24 * HOUR_MS, 'frozen'],
    [24 * HOUR_MS + 1, 'expired'],
  ]
  for (const [milliseconds, expected] of conditions) {
    it(`is ${expected} ${milliseconds} ms after its beginning`, () => {
      assert.equal(conditionOf(times, after(milliseconds), 40_000), expected)
    })
  }
})
