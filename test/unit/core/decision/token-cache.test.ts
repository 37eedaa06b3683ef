import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { decide } from '../../../../src/core/decision/decide.ts'
import type { DecisionContext } from '../../../../src/core/decision/decision.ts'
import {
  type SignedToken,
  type TokenCache,
  createTokenCache,
  tokenKey,
} from '../../../../src/core/decision/token-cache.ts'
import { publicKeys } from '../../../../src/core/decision/token-trust.ts'
import { MAX_TOKEN_LENGTH } from '../../../../src/core/limits.ts'
import { parseAccessToken } from '../../../../src/core/token/access-token.ts'
import {
  FIXTURE_NOW,
  createDecisionContext,
  createDecisionFixture,
  createListedRevocation,
  createQuery,
} from '../../../support/decision-fixture.ts'
import {
  bearer,
  boundTo,
  createTokenContext,
  fixtureIssuer,
  fixtureJwks,
  signToken,
} from '../../../support/token-fixture.ts'

const fixture = createDecisionFixture()
const { keys } = fixture
const issuer = fixtureIssuer(keys)
const leaf = fixture.client('ed25519')
const alone = signToken(keys)
const bound = signToken(keys, { claims: boundTo(leaf) })
const forged = signToken(keys, { signer: keys.stranger })

describe('a token that was seen before', () => {
  let stored: SignedToken[]
  let tokenCache: TokenCache
  beforeEach(() => {
    const cache = createTokenCache(10)
    stored = []
    tokenCache = {
      ...cache,
      set: (name, token) => {
        stored.push(token)
        cache.set(name, token)
      },
    }
  })

  const judge = (token: string, context: Partial<DecisionContext> = {}, certificate?: Uint8Array) =>
    decide(
      createQuery(certificate ? bearer(token, certificate) : bearer(token), { explain: true }),
      createDecisionContext(fixture, { tokens: createTokenContext([issuer]), tokenCache, ...context }),
    )

  it('is decided as it was the first time, check for check, and stored once', async () => {
    const first = await judge(bound, {}, leaf)
    assert.equal(first.decision, 'ALLOW')
    assert.deepEqual(await judge(bound, {}, leaf), first)
    assert.equal(stored.length, 1)
  })

  it('is not verified again', async () => {
    // Nothing but this test puts in what does not verify.
    tokenCache.set(tokenKey(forged)!, { token: parseAccessToken(forged), key: (await keyOf(alone))! })
    assert.equal((await judge(forged)).decision, 'ALLOW')
  })

  it('is denied once its key was withdrawn, or another took its name', async () => {
    assert.equal((await judge(alone)).decision, 'ALLOW')
    const without = { ...issuer, keys: issuer.keys.filter(({ kid }) => kid !== stored[0]?.key.kid) }
    assert.equal(
      (await judge(alone, { tokens: createTokenContext([without]) })).denyReason,
      'TOKEN_KEY_UNKNOWN',
    )
    const { kid } = stored[0]!.key
    const [other] = publicKeys(fixtureJwks(createDecisionFixture().keys))
    const exchanged = { ...issuer, keys: [{ ...other!, kid }] }
    assert.equal(
      (await judge(alone, { tokens: createTokenContext([exchanged]) })).denyReason,
      'TOKEN_SIGNATURE_INVALID',
    )
  })

  it('is verified again under the same key read anew, since keys are told apart by what was read', async () => {
    await judge(alone)
    const again = createTokenContext([fixtureIssuer(keys)])
    assert.equal((await judge(alone, { tokens: again })).decision, 'ALLOW')
    assert.equal(stored.length, 2)
  })

  it('is denied by everything that can change: issuer, time, binding, revocation, client, certificate', async () => {
    assert.equal((await judge(bound, {}, leaf)).decision, 'ALLOW')
    const later = (seconds: number) => new Date(FIXTURE_NOW.getTime() + seconds * 1000)
    const standing = (found: Parameters<typeof createTokenContext>[1]) => createTokenContext([issuer], found)
    const reasons = await Promise.all([
      judge(bound, { tokens: createTokenContext([]) }, leaf),
      judge(bound, { at: later(300) }, leaf),
      judge(bound, { at: later(-300) }, leaf),
      judge(bound),
      judge(bound, {}, fixture.client('p256')),
      judge(bound, { tokens: standing({ 'token-1': { standing: 'revoked' } }) }, leaf),
      judge(bound, { tokens: standing({ 'token-1': { standing: 'unknown' } }) }, leaf),
      judge(bound, { tokens: standing({ 'token-1': { standing: 'good', clientState: 'locked' } }) }, leaf),
      judge(bound, { revocation: createListedRevocation({ '1005': { standing: 'unissued' } }) }, leaf),
    ])
    assert.deepEqual(
      reasons.map(({ denyReason }) => denyReason),
      [
        'TOKEN_ISSUER_UNKNOWN',
        'TOKEN_EXPIRED',
        'TOKEN_NOT_YET_VALID',
        'TOKEN_BINDING_MISMATCH',
        'TOKEN_BINDING_MISMATCH',
        'TOKEN_REVOKED',
        'REVOCATION_UNKNOWN',
        'CLIENT_LOCKED',
        'CERTIFICATE_UNKNOWN',
      ],
    )
  })

  it('was good then: nothing that a stranger or a late client sends is stored', async () => {
    const reasons = []
    for (const [token, context] of [
      [forged, {}],
      [`${alone}x`, {}],
      ['x'.repeat(MAX_TOKEN_LENGTH + 1), {}],
      [alone, { tokens: createTokenContext([]) }],
      [alone, { at: new Date(FIXTURE_NOW.getTime() + 300_000) }],
    ] as const)
      reasons.push((await judge(token, context)).denyReason)
    assert.deepEqual(reasons, [
      'TOKEN_SIGNATURE_INVALID',
      'TOKEN_MALFORMED',
      'TOKEN_MALFORMED',
      'TOKEN_ISSUER_UNKNOWN',
      'TOKEN_EXPIRED',
    ])
    assert.deepEqual(stored, [])
  })

  it('is named by its digest, and text that is too long for a token by nothing', () => {
    assert.match(tokenKey(alone)!, /^[A-Za-z0-9+/]{43}=$/)
    assert.notEqual(tokenKey(alone), tokenKey(bound))
    assert.equal(tokenKey('x'.repeat(MAX_TOKEN_LENGTH + 1)), undefined)
  })

  async function keyOf(token: string) {
    await judge(token)
    return stored[0]?.key
  }
})
