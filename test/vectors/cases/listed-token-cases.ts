import type { DenyReason } from '../../../src/core/decision/deny-reason.ts'
import { clientStandIn, tokenStandIn } from '../../../src/core/revocation/stand-in-serial.ts'
import type { CrlReason } from '../../../src/core/x509/types.ts'
import type { DecisionFixture } from '../../support/decision-fixture.ts'
import type { TestCrlOptions } from '../../support/encode-test-crl.ts'
import { hoursAfter, issuingList, rootList } from '../../support/fixture-lists.ts'
import { NOW_SECONDS, bearer, signToken } from '../../support/token-fixture.ts'
import { ALLOWED, type VectorCase, denied } from './vector-case.ts'

type Entry = NonNullable<TestCrlOptions['revoked']>[number]

const token = (id: string): Entry => ({ serialNumber: tokenStandIn(id), reason: 'unspecified' })
const client = (id: string, reason: CrlReason): Entry => ({ serialNumber: clientStandIn(id), reason })

const LOCKED = client('alice', 'certificateHold')
const REMOVED = client('alice', 'cessationOfOperation')
const SPENT = token('token-1')

/** Tokens that signed lists speak of, themselves or their clients (docs/protocol.md, tokens and clients in lists). */
export function listedTokenCases(fixture: DecisionFixture): readonly VectorCase[] {
  const list = (...revoked: readonly Entry[]) => issuingList(fixture, { revoked })
  const delta = (crlNumber: number, ...revoked: readonly Entry[]) =>
    issuingList(fixture, { baseCrlNumber: crlNumber - 1, crlNumber, revoked })
  const root = rootList(fixture)
  const offered = bearer(signToken(fixture.keys))
  const rows = (
    reason: DenyReason | undefined,
    cases: readonly (readonly [
      id: string,
      comment: string,
      crls: readonly Uint8Array[],
      more?: Partial<VectorCase>,
    ])[],
  ): VectorCase[] =>
    cases.map(([id, comment, crls, more]) => ({
      id: `token-list-${id}`,
      comment,
      flags: ['TokenLists'],
      offered,
      crls,
      expect: reason === undefined ? ALLOWED : denied(reason),
      ...more,
    }))
  // Later than its lists are good for, the token lives on.
  const later = (hours: number): Partial<VectorCase> => {
    const seconds = NOW_SECONDS + hours * 3600
    const claims = { iat: seconds - 60, exp: seconds + 240 }
    return { at: hoursAfter(hours), offered: bearer(signToken(fixture.keys, { claims })) }
  }
  const forged = issuingList(fixture, { crlNumber: 9, revoked: [SPENT], signer: fixture.keys.stranger })
  return [
    ...rows(undefined, [
      [
        'good',
        'lists that name other tokens and other clients',
        [root, list(token('token-11'), client('bob', 'certificateHold'))],
      ],
      [
        'kinds',
        'a client that has the name of the token, and a token that has that of the client',
        [root, list(token('alice'), client('token-1', 'certificateHold'))],
      ],
      [
        'unlocked',
        'the client was unlocked since',
        [root, list(LOCKED), delta(8, client('alice', 'removeFromCRL'))],
      ],
      ['stranger', 'a list that a stranger signed names the token', [root, list(), forged]],
      ['grace', 'past the end of the lists, within the grace', [root, list()], later(12.5)],
      [
        'best-effort',
        'long past the end of the lists, and the policy goes on',
        [root, list()],
        { ...later(100), stale_policy: 'best_effort' },
      ],
    ]),
    ...rows('TOKEN_REVOKED', [
      ['revoked', 'a list names the token', [root, list(SPENT)]],
      ['revoked-delta', 'a delta names the token', [root, list(), delta(8, SPENT)]],
      ['revoked-gap', 'a delta after a gap names the token', [root, list(), delta(10, SPENT)]],
      [
        'revoked-root',
        'a list of another authority of the bundle names the token',
        [rootList(fixture, { revoked: [SPENT] }), list()],
      ],
      [
        'revoked-stale',
        'a list past its end names the token',
        [root, list(SPENT)],
        { ...later(100), stale_policy: 'strict' },
      ],
      ['revoked-locked', 'the token is revoked and its client locked', [root, list(SPENT, LOCKED)]],
    ]),
    ...rows('CLIENT_LOCKED', [
      ['locked', 'a list has the client on hold', [root, list(LOCKED)]],
      ['locked-delta', 'a delta puts the client on hold', [root, list(), delta(8, LOCKED)]],
      [
        'locked-again',
        'the client was unlocked and locked again',
        [root, list(LOCKED), delta(8, client('alice', 'removeFromCRL')), delta(9, LOCKED)],
      ],
      [
        'locked-stale',
        'a list past its end has the client on hold',
        [root, list(LOCKED)],
        { ...later(100), stale_policy: 'strict' },
      ],
    ]),
    ...rows('CLIENT_UNKNOWN', [
      ['removed', 'a list says that the client was removed', [root, list(REMOVED)]],
      ['removed-delta', 'a delta says that the client was removed', [root, list(), delta(8, REMOVED)]],
      ['removed-locked', 'a client on hold was removed', [root, list(LOCKED), delta(8, REMOVED)]],
    ]),
    ...rows('REVOCATION_UNKNOWN', [
      ['none', 'there is no list of the authority of the issuer', [root]],
      [
        'strict',
        'past the end of the lists, and the policy is strict',
        [root, list()],
        { ...later(12.5), stale_policy: 'strict' },
      ],
      ['bounded', 'past the grace', [root, list()], later(13.5)],
      ['delta-alone', 'a delta, and no complete list that it could be applied to', [root, delta(8)]],
    ]),
  ]
}
