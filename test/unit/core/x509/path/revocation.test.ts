import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OID } from '../../../../../src/core/asn1/oids.ts'
import type { CertificateList } from '../../../../../src/core/x509/types.ts'
import {
  NOW,
  type CrlOptions,
  authorityKeyIdentifier,
  basicConstraints,
  keyUsage,
  makeCa,
  makeCrl,
  makeKey,
  makeLeaf,
  makeRoot,
  verdict,
} from '../../../../support/pki/index.ts'

const root = makeRoot({ subject: 'CN=Root' })
const ca = makeCa(root, { subject: 'CN=CA' })
const leaf = makeLeaf(ca, { subject: 'CN=leaf' })
const rootCrl = makeCrl(root)
const second = (ms: number) => new Date(NOW.getTime() + ms)

function check(crls: readonly CertificateList[], revocation: 'hard' | 'soft' | 'off' = 'hard') {
  return verdict({ leaf, via: [ca], anchors: [root], crls, revocation })
}

/** Checks with one list of the CA, beside a good one of the root. */
const withList = (options: CrlOptions, revocation?: 'hard' | 'soft') =>
  check([rootCrl, makeCrl(ca, options)], revocation)

describe('revocation', () => {
  it('is known for every certificate but the anchor, or the path is refused', async () => {
    const caCrl = makeCrl(ca)
    assert.equal(await check([rootCrl, caCrl]), 'ok')
    assert.equal(await check([caCrl, rootCrl, makeCrl(makeRoot())]), 'ok')
    assert.equal(await check([rootCrl]), 'REVOCATION_UNKNOWN')
    assert.equal(await check([caCrl]), 'REVOCATION_UNKNOWN')
    assert.equal(await check([]), 'REVOCATION_UNKNOWN')
  })

  it('refuses a revoked leaf and a revoked CA, not a revoked anchor', async () => {
    assert.equal(await withList({ revoked: [leaf] }), 'CERTIFICATE_REVOKED')
    assert.equal(await check([makeCrl(root, { revoked: [ca] }), makeCrl(ca)]), 'CERTIFICATE_REVOKED')
    assert.equal(await check([makeCrl(root, { revoked: [root] }), makeCrl(ca)]), 'ok')
  })

  it('goes by issuer and serial number', async () => {
    assert.equal(await withList({ revoked: [{ serial: leaf.serial + 100_000 }] }), 'ok')
    const others = makeCrl(makeCa(root, { subject: 'CN=Other' }), { revoked: [leaf] })
    assert.equal(await check([rootCrl, makeCrl(ca), others]), 'ok')
    assert.equal(await check([makeCrl(root, { revoked: [leaf] }), makeCrl(ca)]), 'ok')
  })

  it('counts whatever its reason and date', async () => {
    assert.equal(
      await withList({ revoked: [{ serial: leaf.serial, reason: 'certificateHold' }] }),
      'CERTIFICATE_REVOKED',
    )
    for (const date of [second(86_400_000), new Date('2000-01-01T00:00:00Z')]) {
      assert.equal(await withList({ revoked: [{ serial: leaf.serial, date }] }), 'CERTIFICATE_REVOKED')
    }
  })

  it('in soft mode refuses what is revoked and nothing else', async () => {
    assert.equal(await check([], 'soft'), 'ok')
    assert.equal(await check([makeCrl(ca, { signingKey: makeKey() })], 'soft'), 'ok')
    assert.equal(await check([makeCrl(ca, { revoked: [leaf] })], 'soft'), 'CERTIFICATE_REVOKED')
    assert.equal(await check([makeCrl(root, { revoked: [ca] })], 'soft'), 'CERTIFICATE_REVOKED')
  })

  it('is not looked at when it is off', async () => {
    assert.equal(await check([makeCrl(ca, { revoked: [leaf] })], 'off'), 'ok')
  })

  it('is reported rather than another failure of the lists', async () => {
    assert.equal(
      await check([makeCrl(ca, { revoked: [leaf] }), rootCrl, makeCrl(ca, { number: 0 })]),
      'CERTIFICATE_REVOKED',
    )
  })
})

describe('a list', () => {
  it('is in force from thisUpdate to nextUpdate, both included', async () => {
    assert.equal(await withList({ thisUpdate: NOW }), 'ok')
    assert.equal(await withList({ thisUpdate: second(1000) }), 'CRL_INVALID')
    assert.equal(await withList({ nextUpdate: NOW }), 'ok')
    assert.equal(await withList({ nextUpdate: second(-1000) }), 'CRL_INVALID')
  })

  it('proves nothing good without nextUpdate, number or version', async () => {
    assert.equal(await withList({ nextUpdate: null }), 'CRL_INVALID')
    assert.equal(await withList({ number: null }), 'CRL_INVALID')
    assert.equal(await withList({ version: 1 }), 'CRL_INVALID')
  })

  it('proves a revocation also without them, and when it ran out', async () => {
    for (const options of [
      { nextUpdate: null },
      { number: null },
      { version: 1 },
      { nextUpdate: second(-1000) },
    ] as const) {
      assert.equal(await withList({ ...options, revoked: [leaf] }), 'CERTIFICATE_REVOKED')
      assert.equal(await withList({ ...options, revoked: [leaf] }, 'soft'), 'CERTIFICATE_REVOKED')
    }
  })

  it('that is not yet in force is not looked at', async () => {
    const future = makeCrl(ca, { number: 2, thisUpdate: second(1000), revoked: [leaf] })
    assert.equal(await check([rootCrl, makeCrl(ca), future]), 'ok')
  })

  it('must be signed by the CA, with a strong algorithm', async () => {
    const forged = { signingKey: makeKey() }
    assert.equal(await withList(forged), 'CRL_INVALID')
    assert.equal(await withList({ hash: 'sha1' }), 'CRL_INVALID')
    // A forged revocation beside a good list is no revocation.
    assert.equal(
      await check([rootCrl, makeCrl(ca), makeCrl(ca, { ...forged, number: 2, revoked: [leaf] })]),
      'ok',
    )
    assert.equal(await check([rootCrl, makeCrl(root, { issuer: 'CN=CA' })]), 'CRL_INVALID')
  })

  it('must be signed by a CA that may sign lists', async () => {
    const noLists = makeCa(root, { subject: 'CN=A', extensions: [keyUsage('keyCertSign')] })
    const noUsage = makeCa(root, { subject: 'CN=B', without: [OID.keyUsage] })
    for (const [issuer, expected] of [
      [noLists, 'CRL_INVALID'],
      [noUsage, 'ok'],
    ] as const) {
      const target = makeLeaf(issuer)
      const crls = [rootCrl, makeCrl(issuer)]
      assert.equal(await verdict({ leaf: target, via: [issuer], anchors: [root], crls }), expected)
    }
  })

  it('matches the name of its issuer without case', async () => {
    assert.equal(await withList({ issuer: 'CN=ca' }), 'ok')
  })

  it('gives way to a newer one, by number', async () => {
    const held = makeCrl(ca, { number: 5, revoked: [{ serial: leaf.serial, reason: 'certificateHold' }] })
    assert.equal(await check([rootCrl, held, makeCrl(ca, { number: 6 })]), 'ok')
    assert.equal(await check([rootCrl, makeCrl(ca, { number: 4 }), held]), 'CERTIFICATE_REVOKED')
    assert.equal(await check([rootCrl, makeCrl(ca, { number: 5 }), held]), 'CERTIFICATE_REVOKED')
  })

  it('that ran out and is the newer one still revokes', async () => {
    const old = { nextUpdate: second(-1000), revoked: [leaf] }
    assert.equal(
      await check([rootCrl, makeCrl(ca, { number: 9, ...old }), makeCrl(ca)]),
      'CERTIFICATE_REVOKED',
    )
    assert.equal(await check([rootCrl, makeCrl(ca, { number: 0, ...old }), makeCrl(ca)]), 'ok')
  })
})

describe('delta lists', () => {
  const hold = { serial: leaf.serial, reason: 'certificateHold' } as const
  const removed = { serial: leaf.serial, reason: 'removeFromCRL' } as const
  const both = (base: CrlOptions, delta: CrlOptions) =>
    check([rootCrl, makeCrl(ca, { number: 3, ...base }), makeCrl(ca, { number: 5, base: 3, ...delta })])

  it('need a complete one', async () => {
    assert.equal(await withList({ number: 2, base: 1 }), 'CRL_INVALID')
    assert.equal(await both({ nextUpdate: second(-1000) }, {}), 'CRL_INVALID')
  })

  it('add revocations', async () => {
    assert.equal(await both({}, {}), 'ok')
    assert.equal(await both({}, { revoked: [leaf] }), 'CERTIFICATE_REVOKED')
    assert.equal(await both({ revoked: [leaf] }, {}), 'CERTIFICATE_REVOKED')
    assert.equal(await both({}, { base: 1, revoked: [leaf] }), 'CERTIFICATE_REVOKED')
  })

  it('lift a hold, and nothing else', async () => {
    assert.equal(await both({ revoked: [hold] }, { revoked: [removed] }), 'ok')
    assert.equal(await both({ revoked: [hold] }, { revoked: [leaf] }), 'CERTIFICATE_REVOKED')
    assert.equal(await both({ revoked: [leaf] }, { revoked: [removed] }), 'CERTIFICATE_REVOKED')
    assert.equal(
      await both({ revoked: [{ ...hold, reason: 'keyCompromise' }] }, { revoked: [removed] }),
      'CERTIFICATE_REVOKED',
    )
  })

  it('lift a hold only when they build on the list that has it', async () => {
    const lifting = { revoked: [removed] }
    assert.equal(await both({ revoked: [hold] }, { ...lifting, base: 4 }), 'CERTIFICATE_REVOKED')
    assert.equal(await both({ revoked: [hold] }, { ...lifting, number: 3 }), 'CERTIFICATE_REVOKED')
    assert.equal(
      await both({ revoked: [hold] }, { ...lifting, nextUpdate: second(-1000) }),
      'CERTIFICATE_REVOKED',
    )
    assert.equal(
      await both({ revoked: [hold] }, { ...lifting, signingKey: makeKey() }),
      'CERTIFICATE_REVOKED',
    )
    assert.equal(
      await both({ revoked: [hold] }, { ...lifting, issuingPoint: { only: 'user' } }),
      'CERTIFICATE_REVOKED',
    )
  })

  it('are left out when they are older than the complete list', async () => {
    assert.equal(await both({ number: 6 }, { revoked: [leaf] }), 'ok')
    assert.equal(await both({ number: 6, revoked: [hold] }, { revoked: [removed] }), 'CERTIFICATE_REVOKED')
  })

  it('give way to newer ones', async () => {
    const lists = (last: CrlOptions) => [
      rootCrl,
      makeCrl(ca, { number: 3 }),
      makeCrl(ca, { number: 4, base: 3, revoked: [hold] }),
      makeCrl(ca, { number: 5, base: 3, ...last }),
    ]
    assert.equal(await check(lists({ revoked: [removed] })), 'ok')
    assert.equal(await check(lists({ revoked: [hold] })), 'CERTIFICATE_REVOKED')
  })

  it('whose base is missing still revoke, and leave the complete list good', async () => {
    assert.equal(await both({}, { base: 4, revoked: [leaf] }), 'CERTIFICATE_REVOKED')
    assert.equal(await both({}, { base: 4 }), 'ok')
  })
})

describe('a list signed by another key of the CA', () => {
  const crlKey = { extensions: [keyUsage('cRLSign')], without: [OID.basicConstraints] }

  it('is good when that key was certified beside the CA, by the same CA above', async () => {
    const signer = makeCa(root, { subject: 'CN=CA', ...crlKey })
    const crls = [rootCrl, makeCrl(signer)]
    assert.equal(await verdict({ leaf, via: [ca, signer], anchors: [root], crls }), 'ok')
    const revoking = [rootCrl, makeCrl(signer, { revoked: [leaf] })]
    assert.equal(
      await verdict({ leaf, via: [ca, signer], anchors: [root], crls: revoking }),
      'CERTIFICATE_REVOKED',
    )
    assert.equal(await verdict({ leaf, via: [ca], anchors: [root], crls }), 'CRL_INVALID')
  })

  it('is not good when the certificate of that key is revoked, expired, forged, or may not sign lists', async () => {
    const signer = makeCa(root, { subject: 'CN=CA', ...crlKey })
    const revoked = [makeCrl(root, { revoked: [signer] }), makeCrl(signer)]
    assert.equal(await verdict({ leaf, via: [ca, signer], anchors: [root], crls: revoked }), 'CRL_INVALID')
    for (const options of [
      { ...crlKey, notAfter: second(-1000) },
      { ...crlKey, signingKey: makeKey() },
      { extensions: [keyUsage('keyCertSign')] },
      { extensions: [keyUsage('digitalSignature')], without: [OID.basicConstraints] },
      { without: [OID.basicConstraints, OID.keyUsage] },
    ]) {
      const bad = makeCa(root, { subject: 'CN=CA', ...options })
      const crls = [rootCrl, makeCrl(bad)]
      assert.equal(await verdict({ leaf, via: [ca, bad], anchors: [root], crls }), 'CRL_INVALID')
    }
  })

  it('is not good when that key has the same name in another place', async () => {
    const elsewhere = makeCa(root, { subject: 'CN=Elsewhere' })
    const namesake = makeCa(elsewhere, { subject: 'CN=CA' })
    const crls = [rootCrl, makeCrl(elsewhere), makeCrl(namesake)]
    assert.equal(
      await verdict({ leaf, via: [ca, elsewhere, namesake], anchors: [root], crls }),
      'CRL_INVALID',
    )
    const otherRoot = makeRoot({ subject: 'CN=Other' })
    const under = makeCa(otherRoot, { subject: 'CN=CA' })
    const others = [rootCrl, makeCrl(otherRoot), makeCrl(under)]
    assert.equal(
      await verdict({ leaf, via: [ca, under], anchors: [root, otherRoot], crls: others }),
      'CRL_INVALID',
    )
  })

  it('is good over a key rollover, in both directions', async () => {
    const renewed = makeCa(ca, { subject: 'CN=CA' })
    const byNew = makeLeaf(renewed, { subject: 'CN=new' })
    // The old key lists what the new key issued.
    assert.equal(
      await verdict({ leaf: byNew, via: [ca, renewed], anchors: [root], crls: [rootCrl, makeCrl(ca)] }),
      'ok',
    )
    // The new key lists what the old key issued; its own status is on a list of the old key.
    const scoped = makeCrl(ca, { issuingPoint: { only: 'ca' } })
    const crls = [rootCrl, scoped, makeCrl(renewed)]
    assert.equal(await verdict({ leaf, via: [ca, renewed], anchors: [root], crls }), 'ok')
    const revoking = [rootCrl, scoped, makeCrl(renewed, { revoked: [leaf] })]
    assert.equal(
      await verdict({ leaf, via: [ca, renewed], anchors: [root], crls: revoking }),
      'CERTIFICATE_REVOKED',
    )
  })

  it('cannot vouch for the certificate of that very key', async () => {
    const signer = makeCa(ca, { subject: 'CN=CA', ...crlKey })
    const crls = [rootCrl, makeCrl(signer)]
    assert.equal(await verdict({ leaf, via: [ca, signer], anchors: [root], crls }), 'CRL_INVALID')
  })

  it('does not hide a revocation by the key that issued', async () => {
    const signer = makeCa(root, { subject: 'CN=CA', ...crlKey })
    const crls = [rootCrl, makeCrl(signer, { number: 9 }), makeCrl(ca, { revoked: [leaf] })]
    assert.equal(await verdict({ leaf, via: [ca, signer], anchors: [root], crls }), 'CERTIFICATE_REVOKED')
  })

  it('is not tried when its key identifier points elsewhere', async () => {
    const identified = (id: Uint8Array | undefined) => ({ extensions: [authorityKeyIdentifier(id)] })
    assert.equal(await withList(identified(ca.certificate.subjectKeyIdentifier)), 'ok')
    assert.equal(await withList(identified(Uint8Array.of(1))), 'CRL_INVALID')
  })

  it('does not make its signer an issuer of certificates', async () => {
    const signer = makeCa(root, {
      subject: 'CN=CA',
      extensions: [keyUsage('cRLSign'), basicConstraints(true)],
    })
    const forged = makeLeaf(signer)
    const crls = [rootCrl, makeCrl(ca), makeCrl(signer)]
    assert.equal(await verdict({ leaf: forged, via: [ca, signer], anchors: [root], crls }), 'CHAIN_INVALID')
  })
})
