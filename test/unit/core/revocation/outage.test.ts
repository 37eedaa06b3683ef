import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decide } from '../../../../src/core/decision/decide.ts'
import { createRevocationView } from '../../../../src/core/revocation/revocation-view.ts'
import type { StalePolicy } from '../../../../src/core/revocation/stale-policy.ts'
import { createViewRevocation } from '../../../../src/core/revocation/view-revocation.ts'
import { parseCertificate } from '../../../../src/core/x509/certificate.ts'
import {
  FIXTURE_NOW,
  createDecisionContext,
  createDecisionFixture,
  createQuery,
} from '../../../support/decision-fixture.ts'
import { encodeTestCrl } from '../../../support/encode-test-crl.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const fixture = createDecisionFixture()
const validity = { notAfter: new Date(FIXTURE_NOW.getTime() + 1000 * HOUR_MS) }
const good = fixture.client('ed25519', validity)
const revoked = fixture.client('p256', { ...validity, serialNumber: Uint8Array.of(0x66, 6) })

/** The newest list of an authority when the outage began: good for a day. */
async function lastListOf(name: 'root' | 'issuing', serials: readonly Uint8Array[]) {
  const view = createRevocationView({
    issuer: parseCertificate(fixture[name]),
    hashKey: Buffer.from('hash key'),
    pause: () => Promise.resolve(),
  })
  const der = encodeTestCrl({
    issuer: name === 'root' ? 'Root' : 'Issuing',
    signer: fixture.keys[name],
    thisUpdate: FIXTURE_NOW,
    nextUpdate: new Date(FIXTURE_NOW.getTime() + 24 * HOUR_MS),
    crlNumber: 7,
    revoked: serials.map((serialNumber) => ({ serialNumber, reason: 'keyCompromise' })),
  })
  const update = await view.verifyComplete(der, FIXTURE_NOW)
  assert.ok('commit' in update)
  await update.commit()
  return view
}

describe('decisions in an outage of 24 hours and more, every ten minutes', async () => {
  const views = new Map([
    ['root', await lastListOf('root', [])],
    ['issuing-1', await lastListOf('issuing', [parseCertificate(revoked).serialNumber])],
  ])
  const policies: readonly [StalePolicy, number][] = [
    [{ kind: 'strict' }, 24],
    [{ kind: 'bounded', graceSeconds: 3600 }, 25],
    [{ kind: 'best_effort' }, Infinity],
  ]
  for (const [stalePolicy, hours] of policies) {
    it(`${stalePolicy.kind}: right for ${hours} hours, and then as the policy says`, async () => {
      for (let minutes = 0; minutes <= 30 * 60; minutes += 10) {
        const at = new Date(FIXTURE_NOW.getTime() + minutes * MINUTE_MS)
        const revocation = createViewRevocation({
          trust: fixture.trust,
          lists: (id) => views.get(id),
          now: () => at,
          stalePolicy,
        })
        const judge = async (der: Uint8Array) => {
          const query = createQuery({ kind: 'presented', chain: [der] })
          return (await decide(query, createDecisionContext(fixture, { at, revocation }))).denyReason
        }
        const expected = minutes <= hours * 60 ? undefined : 'REVOCATION_UNKNOWN'
        assert.equal(await judge(good), expected, `after ${minutes} minutes`)
        assert.equal(await judge(revoked), 'CERTIFICATE_REVOKED', `after ${minutes} minutes`)
      }
    })
  }
})
