import { OID } from '../../../src/core/asn1/oids.ts'
import type { DenyReason } from '../../../src/core/decision/deny-reason.ts'
import type { Freshness } from '../../../src/core/decision/decision.ts'
import { type DecisionFixture } from '../../support/decision-fixture.ts'
import {
  type TestCertificateOptions,
  authorityExtensions,
  encodeTestCertificate,
} from '../../support/encode-test-certificate.ts'
import { type TestCrlOptions, USER_CERTIFICATES_ONLY } from '../../support/encode-test-crl.ts'
import { SERIAL, hoursAfter, issuingList, revoking, rootList } from '../../support/fixture-lists.ts'
import { subordinate, underSubordinate } from './certificate-cases.ts'
import { ALLOWED, type VectorCase, denied, presented, simple } from './vector-case.ts'

type Change = Partial<Omit<VectorCase, 'id' | 'comment' | 'flags' | 'expect'>>

function judged(fixture: DecisionFixture, reason: DenyReason | undefined) {
  return (id: string, comment: string, crls: readonly Uint8Array[], change: Change = {}): VectorCase => ({
    id,
    comment,
    flags: ['Revocation'],
    offered: presented(fixture.client('ed25519')),
    crls,
    ...change,
    expect: reason === undefined ? ALLOWED : denied(reason),
  })
}

/** What the lists at hand say of the certificates of the path. */
export function revocationCases(fixture: DecisionFixture): readonly VectorCase[] {
  return [
    ...good(fixture),
    ...revoked(fixture),
    ...broken(fixture),
    ...unknown(fixture),
    ...unissued(fixture),
    ...freshness(fixture),
  ]
}

function delta(number: number, base: number, change: Partial<TestCrlOptions> = {}): Partial<TestCrlOptions> {
  return { crlNumber: number, baseCrlNumber: base, ...change }
}

function good(fixture: DecisionFixture): VectorCase[] {
  const allow = judged(fixture, undefined)
  const [list, root] = [issuingList(fixture), rootList(fixture)]
  const held = issuingList(fixture, revoking(SERIAL.ed25519, 'certificateHold'))
  const lifted = issuingList(fixture, delta(8, 7, revoking(SERIAL.ed25519, 'removeFromCRL')))
  return [
    allow(
      'list-older-revokes',
      'an older list revoked the certificate, the current one does not: the higher number counts',
      [issuingList(fixture, { crlNumber: 6, ...revoking(SERIAL.ed25519) }), list, root],
    ),
    allow('list-hold-lifted', 'a delta lifts a hold', [held, lifted, root]),
    allow('list-broken-beside', 'a list that is no DER, beside a good one', [
      Uint8Array.of(0x30, 0),
      list,
      root,
    ]),
    allow('list-foreign-beside', "a stranger's list, beside a good one", [
      issuingList(fixture, { signer: fixture.keys.stranger, ...revoking(SERIAL.ed25519) }),
      list,
      root,
    ]),
    allow('list-last-instant', 'the last instant of the lists, no grace given', [list, root], {
      at: hoursAfter(12),
      stale_policy: 'strict',
    }),
    allow('list-grace', 'the last instant of the grace of an hour', [list, root], { at: hoursAfter(13) }),
    allow('list-best-effort', 'long after the end of the lists', [list, root], {
      at: hoursAfter(20),
      stale_policy: 'best_effort',
    }),
    allow(
      'list-delta-longer',
      'the complete list has ended, a delta that builds on it has not',
      [issuingList(fixture, { nextUpdate: hoursAfter(-0.5) }), issuingList(fixture, delta(8, 7)), root],
      { stale_policy: 'strict' },
    ),
  ]
}

function revoked(fixture: DecisionFixture): VectorCase[] {
  const be = judged(fixture, 'CERTIFICATE_REVOKED')
  const [list, root] = [issuingList(fixture), rootList(fixture)]
  const leaf = (change: Partial<TestCrlOptions> = {}) =>
    issuingList(fixture, { ...revoking(SERIAL.ed25519), ...change })
  const issuing = rootList(fixture, revoking(SERIAL.issuing, 'cACompromise'))
  return [
    be('revoked-leaf', 'the certificate is revoked', [leaf(), root]),
    be('revoked-issuing', 'the issuing authority is revoked', [list, issuing]),
    be('revoked-and-unknown', 'the leaf cannot be judged and the intermediate is revoked', [issuing]),
    be('revoked-signed', 'a well-signed request with a revoked certificate', [leaf(), root], {
      offered: simple(fixture),
    }),
    be('revoked-hold', 'a hold is a revocation', [
      issuingList(fixture, revoking(SERIAL.ed25519, 'certificateHold')),
      root,
    ]),
    be('revoked-delta', 'revoked in a delta', [list, leaf(delta(8, 7)), root]),
    be('revoked-second-delta', 'revoked in the second of two deltas', [
      list,
      leaf(delta(9, 8)),
      issuingList(fixture, delta(8, 7)),
      root,
    ]),
    be('revoked-after-gap', 'revoked in a delta that cannot be applied', [list, leaf(delta(9, 8)), root]),
    be('revoked-delta-alone', 'revoked in a delta without a complete list', [leaf(delta(8, 7)), root]),
    be('revoked-lifted', 'a delta takes back a revocation that is no hold', [
      leaf(),
      issuingList(fixture, delta(8, 7, revoking(SERIAL.ed25519, 'removeFromCRL'))),
      root,
    ]),
    be('revoked-list-ended', 'a list past its end still revokes', [leaf(), root], {
      at: hoursAfter(20),
      stale_policy: 'strict',
    }),
    be('revoked-twice-numbered', 'one of two lists with one number revokes', [leaf(), list, root]),
  ]
}

function broken(fixture: DecisionFixture): VectorCase[] {
  const be = judged(fixture, 'CRL_INVALID')
  const root = rootList(fixture)
  const change = (options: Partial<TestCrlOptions>) => [issuingList(fixture, options), root]
  const altered = Uint8Array.from(issuingList(fixture))
  altered[altered.length - 1]! ^= 1
  const unknownCritical = { oid: '1.3.6.1.4.1.32473.9', critical: true, value: Uint8Array.of(5, 0) }
  return [
    be('list-altered', 'one bit of the signature of the list', [altered, root]),
    be(
      'list-other-key',
      "a list in the authority's name, signed by another key",
      change({ signer: fixture.keys.stranger }),
    ),
    be('list-unreadable', 'a list that is cut off', [issuingList(fixture).subarray(0, -1), root]),
    be('list-without-number', 'a list without a number', change({ crlNumber: undefined })),
    be('list-without-end', 'a list without nextUpdate', change({ nextUpdate: undefined })),
    be(
      'list-critical',
      'an unknown critical extension in the list',
      change({ extensions: [unknownCritical] }),
    ),
    be('list-partial', 'a list of user certificates only', change({ extensions: [USER_CERTIFICATES_ONLY] })),
    be('list-root-altered', 'the list of the root is by another key', [
      issuingList(fixture),
      rootList(fixture, { signer: fixture.keys.stranger }),
    ]),
    be('list-broken-and-missing', 'the list of the root is broken, the other is not there', [
      rootList(fixture, { signer: fixture.keys.stranger }),
    ]),
  ]
}

function unknown(fixture: DecisionFixture): VectorCase[] {
  const be = judged(fixture, 'REVOCATION_UNKNOWN')
  const [list, root] = [issuingList(fixture), rootList(fixture)]
  return [
    be('unknown-no-lists', 'no list at all', []),
    be('unknown-no-issuing-list', 'no list of the issuing authority', [root]),
    be('unknown-no-root-list', 'no list of the root', [list]),
    be('unknown-list-ended', 'a second after the end of the list, no grace given', [list, root], {
      at: new Date(hoursAfter(12).getTime() + 1000),
      stale_policy: 'strict',
    }),
    be('unknown-grace-ended', 'a second after the grace of an hour', [list, root], {
      at: new Date(hoursAfter(13).getTime() + 1000),
    }),
    be('unknown-list-from-future', 'a list that begins in an hour', [
      issuingList(fixture, { thisUpdate: hoursAfter(1) }),
      root,
    ]),
    be('unknown-delta-alone', 'a delta without a complete list', [issuingList(fixture, delta(8, 7)), root]),
    be('unknown-issuer-state', 'an authority of our root that is not in the bundle', [list, root], {
      offered: presented(underSubordinate(fixture), subordinate(fixture)),
    }),
  ]
}

/** Authorities are those of the bundle, octet for octet. */
function unissued(fixture: DecisionFixture): VectorCase[] {
  const { keys } = fixture
  const again = (change: Partial<TestCertificateOptions>) =>
    encodeTestCertificate({
      serialNumber: Uint8Array.of(4),
      issuer: 'Root',
      subject: 'Issuing',
      notBefore: hoursAfter(-24),
      notAfter: hoursAfter(24),
      publicKey: keys.issuing,
      signer: keys.root,
      extensions: authorityExtensions(keys.issuing, keys.root, 0),
      ...change,
    })
  const bundled: readonly (readonly [string, string, Partial<TestCertificateOptions>])[] = [
    ['expired', 'has expired', { notAfter: hoursAfter(-1) }],
    ['early', 'is not valid yet', { notBefore: hoursAfter(1) }],
    [
      'unusable',
      'may not sign certificates',
      {
        extensions: authorityExtensions(keys.issuing, keys.root, 0).filter(
          ({ oid }) => oid !== OID.basicConstraints,
        ),
      },
    ],
  ]
  const stale: VectorCase = {
    id: 'allow-stale-authority-certificate',
    comment: 'an earlier certificate of the authority is sent along: the one of the bundle is tried first',
    flags: ['Revocation'],
    offered: presented(fixture.client('ed25519'), again({})),
    expect: ALLOWED,
  }
  const denials = bundled.map(([id, what, change]) => ({
    id: `unissued-authority-${id}`,
    comment: `the path leads through another certificate of the authority than the one in the bundle, which ${what}`,
    flags: ['Revocation'],
    offered: presented(fixture.client('ed25519'), fixture.issuing),
    bundled: again(change),
    expect: denied('CERTIFICATE_UNKNOWN'),
  }))
  return [stale, ...denials]
}

function freshness(fixture: DecisionFixture): VectorCase[] {
  const demands: readonly (readonly [string, Freshness])[] = [
    ['number', { kind: 'at_least_crl_number', crlNumber: 8n }],
    ['number-far', { kind: 'at_least_crl_number', crlNumber: 1_000_000n }],
    ['staleness', { kind: 'max_staleness', milliseconds: 3_599_000 }],
    ['staleness-zero', { kind: 'max_staleness', milliseconds: 0 }],
  ]
  return demands.map(([id, demand]) => ({
    id: `freshness-${id}`,
    comment: 'the state is at number 7 and an hour old',
    flags: ['Revocation'],
    offered: presented(fixture.client('ed25519')),
    freshness: demand,
    expect: denied('FRESHNESS_UNMET'),
  }))
}
