import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sha256 } from '../../../../src/core/crypto.ts'
import type { PathLink, RevocationSource, Standing } from '../../../../src/core/decision/revocation-source.ts'
import { createListRevocation } from '../../../../src/core/revocation/list-revocation.ts'
import { readSignedLists } from '../../../../src/core/revocation/signed-lists.ts'
import { DEFAULT_STALE_POLICY, type StalePolicy } from '../../../../src/core/revocation/stale-policy.ts'
import { parseCertificate } from '../../../../src/core/x509/certificate.ts'
import { formatSerialNumber } from '../../../../src/core/x509/serial-number.ts'
import { FIXTURE_NOW, createDecisionFixture } from '../../../support/decision-fixture.ts'
import {
  type TestCrlOptions,
  USER_CERTIFICATES_ONLY,
  encodeTestCrl,
} from '../../../support/encode-test-crl.ts'

const HOUR_MS = 60 * 60 * 1000
const fixture = createDecisionFixture()
const leafDer = fixture.client('ed25519')
const leaf = link(leafDer, fixture.issuing, true)
const issuing = link(fixture.issuing, fixture.root, false)

function link(der: Uint8Array, issuerDer: Uint8Array, isLeaf: boolean): PathLink {
  const [certificate, issuer] = [parseCertificate(der), parseCertificate(issuerDer)]
  return {
    certificate,
    issuer,
    authorityId: fixture.trust.authorityId(issuer),
    serialNumber: formatSerialNumber(certificate.serialNumber),
    sha256: sha256(der),
    isLeaf,
  }
}

function after(hours: number): Date {
  return new Date(FIXTURE_NOW.getTime() + hours * HOUR_MS)
}

/** A list of the issuing authority: number 7, an hour old, good for twelve more. */
function list(change: Partial<TestCrlOptions> = {}): Uint8Array {
  return encodeTestCrl({
    issuer: 'Issuing',
    signer: fixture.keys.issuing,
    crlNumber: 7,
    thisUpdate: after(-1),
    nextUpdate: after(12),
    ...change,
  })
}

function revoking(change: Partial<TestCrlOptions> = {}, reason = 'keyCompromise' as const): Uint8Array {
  return list({ revoked: [{ serialNumber: leaf.certificate.serialNumber, reason }], ...change })
}

const hold = (change: Partial<TestCrlOptions>, reason: 'certificateHold' | 'removeFromCRL') =>
  list({ revoked: [{ serialNumber: leaf.certificate.serialNumber, reason }], ...change })

async function source(
  lists: readonly Uint8Array[],
  at = FIXTURE_NOW,
  stalePolicy: StalePolicy = DEFAULT_STALE_POLICY,
): Promise<RevocationSource> {
  const { trust } = fixture
  const signed = await readSignedLists(lists, trust)
  return createListRevocation(signed, { trust, at, stalePolicy, clockSkewSeconds: 30 })
}

async function standing(
  lists: readonly Uint8Array[],
  at?: Date,
  policy?: StalePolicy,
): Promise<Standing['standing']> {
  return (await source(lists, at, policy)).standing(leaf).standing
}

describe('a revocation source over signed lists', () => {
  it('finds a certificate good that the current list does not name, until the list ends', async () => {
    const found = (await source([list()])).standing(leaf)
    assert.deepEqual(found, { standing: 'good', clientState: undefined, until: after(12) })
  })

  it('finds one revoked that it names, with reason and time', async () => {
    const found = (await source([revoking()])).standing(leaf)
    assert.deepEqual(found, { standing: 'revoked', reason: 'keyCompromise', revokedAt: after(-2) })
  })

  it('knows nothing of an authority without a list, whatever another one signed', async () => {
    assert.equal(await standing([]), 'unknown')
    const known = await source([list()])
    assert.equal(known.standing(issuing).standing, 'unknown')
    assert.equal(known.state('root'), undefined)
    assert.equal(known.includes('root', 0n), false)
    assert.equal(known.knownUntil('root', FIXTURE_NOW), undefined)
  })

  it('knows nothing of a certificate whose issuer the bundle does not name', async () => {
    const foreign = { ...leaf, authorityId: undefined }
    assert.equal((await source([list()])).standing(foreign).standing, 'unknown')
  })

  it('takes no authority certificate for good but those of the bundle, octet for octet', async () => {
    const root = list({ issuer: 'Root', signer: fixture.keys.root })
    const known = await source([root])
    assert.equal(known.standing(issuing).standing, 'good')
    const other = parseCertificate(fixture.client('p256'))
    assert.equal(known.standing({ ...issuing, certificate: other }).standing, 'unissued')
  })

  const broken: readonly (readonly [what: string, list: Uint8Array])[] = [
    ['cannot be read', list().subarray(0, 50)],
    ['another key signed', list({ signer: fixture.keys.stranger })],
    ['was altered', altered()],
    ['has no number', list({ crlNumber: undefined })],
    ['has no end', list({ nextUpdate: undefined })],
    ['speaks of a part of the certificates', list({ extensions: [USER_CERTIFICATES_ONLY] })],
  ]
  for (const [what, bad] of broken) {
    it(`says so when the only list is one that ${what}`, async () => {
      assert.equal(await standing([bad]), 'list_invalid')
    })
    it(`goes by the good one beside a list that ${what}`, async () => {
      assert.equal(await standing([bad, list()]), 'good')
      assert.equal(await standing([revoking(), bad]), 'revoked')
    })
  }

  it('is not troubled by a readable list of somebody else', async () => {
    const foreign = list({ issuer: 'Elsewhere', signer: fixture.keys.stranger })
    assert.equal(await standing([foreign]), 'unknown')
  })

  it('goes by the highest number, whatever the order', async () => {
    const lists = [revoking({ crlNumber: 6 }), list({ crlNumber: 7 })]
    assert.equal(await standing(lists), 'good')
    assert.equal(await standing(lists.reverse()), 'good')
    assert.equal(await standing([list({ crlNumber: 7 }), revoking({ crlNumber: 8 })]), 'revoked')
  })

  it('counts a revocation in either of two lists of one number', async () => {
    const twins = [revoking(), list({ thisUpdate: after(-0.5) })]
    assert.equal(await standing(twins), 'revoked')
    assert.equal(await standing(twins.reverse()), 'revoked')
  })

  it('does not look at a list from the future, but grants the skew of clocks', async () => {
    assert.equal(await standing([list({ thisUpdate: after(1) })]), 'unknown')
    const slightly = new Date(FIXTURE_NOW.getTime() + 30_000)
    assert.equal(await standing([list({ thisUpdate: slightly })]), 'good')
    assert.equal(await standing([list(), revoking({ crlNumber: 8, thisUpdate: after(1) })]), 'good')
  })

  it('names the number, the times, and up to when it knows everything', async () => {
    const delta = list({ crlNumber: 8, baseCrlNumber: 7, thisUpdate: FIXTURE_NOW, nextUpdate: after(1) })
    const known = await source([list(), delta])
    const expected = {
      authorityId: 'issuing-1',
      crlNumber: 8n,
      thisUpdate: FIXTURE_NOW,
      nextUpdate: after(12),
    }
    assert.deepEqual(known.state('issuing-1'), expected)
    assert.equal(known.includes('issuing-1', 8n), true)
    assert.equal(known.includes('issuing-1', 9n), false)
    assert.deepEqual(known.knownUntil('issuing-1', after(5)), FIXTURE_NOW)
  })
})

function altered(): Uint8Array {
  const der = Uint8Array.from(list())
  der[der.length - 1]! ^= 1
  return der
}

describe('deltas', () => {
  const delta = (number: number, base: number, change: Partial<TestCrlOptions> = {}) =>
    list({ crlNumber: number, baseCrlNumber: base, ...change })

  it('are applied one after the other to the list that they build on', async () => {
    const lists = [list(), delta(8, 7), revoking({ crlNumber: 9, baseCrlNumber: 8 })]
    assert.equal(await standing(lists), 'revoked')
    assert.equal((await source(lists)).state('issuing-1')?.crlNumber, 9n)
  })

  it('may build on an earlier list than the one at hand', async () => {
    const lists = [list(), revoking({ crlNumber: 9, baseCrlNumber: 5 })]
    assert.equal((await source(lists)).state('issuing-1')?.crlNumber, 9n)
  })

  it('are not applied after a gap, but what they revoke is revoked', async () => {
    const gap = await source([list(), delta(9, 8)])
    assert.equal(gap.state('issuing-1')?.crlNumber, 7n)
    assert.equal(gap.includes('issuing-1', 8n), false)
    assert.equal(gap.standing(leaf).standing, 'good')
    assert.equal(await standing([list(), revoking({ crlNumber: 9, baseCrlNumber: 8 })]), 'revoked')
  })

  it('prove no innocence without a complete list', async () => {
    assert.equal(await standing([delta(8, 7)]), 'unknown')
    assert.equal(await standing([revoking({ crlNumber: 8, baseCrlNumber: 7 })]), 'revoked')
  })

  it('older than the complete list say nothing', async () => {
    assert.equal(await standing([list(), revoking({ crlNumber: 6, baseCrlNumber: 5 })]), 'good')
  })

  it('that a later one includes say nothing either', async () => {
    const held = hold({ crlNumber: 9, baseCrlNumber: 8 }, 'certificateHold')
    assert.equal(await standing([list(), held, delta(10, 7)]), 'good')
  })

  it('lift a hold, and no other revocation', async () => {
    const lift = hold({ crlNumber: 8, baseCrlNumber: 7 }, 'removeFromCRL')
    assert.equal(await standing([hold({}, 'certificateHold'), lift]), 'good')
    assert.equal(await standing([revoking(), lift]), 'revoked')
  })

  it('that lift a hold count only where they can be applied', async () => {
    const lift = hold({ crlNumber: 9, baseCrlNumber: 8 }, 'removeFromCRL')
    assert.equal(await standing([hold({}, 'certificateHold'), lift]), 'revoked')
  })

  it('turn a hold into a revocation that nothing lifts', async () => {
    const lists = [
      hold({}, 'certificateHold'),
      revoking({ crlNumber: 8, baseCrlNumber: 7 }),
      hold({ crlNumber: 9, baseCrlNumber: 8 }, 'removeFromCRL'),
    ]
    assert.equal(await standing(lists), 'revoked')
  })
})

describe('a list past its end', () => {
  const policies: readonly (readonly [StalePolicy, hours: number, expected: Standing['standing']])[] = [
    [{ kind: 'strict' }, 12, 'good'],
    [{ kind: 'strict' }, 12.001, 'unknown'],
    [{ kind: 'bounded', graceSeconds: 3600 }, 13, 'good'],
    [{ kind: 'bounded', graceSeconds: 3600 }, 13.001, 'unknown'],
    [{ kind: 'best_effort' }, 10_000, 'good'],
  ]
  for (const [policy, hours, expected] of policies) {
    it(`is ${expected} after ${hours} hours under ${policy.kind}`, async () => {
      assert.equal(await standing([list()], after(hours), policy), expected)
    })
  }

  it('still revokes, whatever the policy', async () => {
    assert.equal(await standing([revoking()], after(1000), { kind: 'strict' }), 'revoked')
  })

  it('is relied on until the end of the grace, and for ever under best_effort', async () => {
    const until = async (policy: StalePolicy) => {
      const found = (await source([list()], after(12.5), policy)).standing(leaf)
      return found.standing === 'good' ? found.until : assert.fail()
    }
    assert.deepEqual(await until({ kind: 'bounded', graceSeconds: 3600 }), after(13))
    assert.equal(await until({ kind: 'best_effort' }), undefined)
  })

  it('is good for as long as the latest of the lists that were applied', async () => {
    const delta = list({ crlNumber: 8, baseCrlNumber: 7, nextUpdate: after(24) })
    assert.equal(await standing([list(), delta], after(24), { kind: 'strict' }), 'good')
  })
})
