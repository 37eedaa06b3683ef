import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decide } from '../../../../src/core/decision/decide.ts'
import type { DecisionContext, DecisionQuery } from '../../../../src/core/decision/decision.ts'
import type { TokenStanding } from '../../../../src/core/decision/token-trust.ts'
import { publicKeys } from '../../../../src/core/decision/token-trust.ts'
import type { BearerCredential } from '../../../../src/core/request/credential.ts'
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
const alone = bearer(signToken(keys))
const bound = bearer(signToken(keys, { claims: boundTo(leaf) }), leaf)

function judge(
  credential: BearerCredential,
  context: Partial<DecisionContext> = {},
  query: Partial<DecisionQuery> = {},
) {
  const tokens = createTokenContext([issuer])
  return decide(
    createQuery(credential, { explain: true, ...query }),
    createDecisionContext(fixture, { tokens, ...context }),
  )
}

const withStanding = (standing: TokenStanding) => ({
  tokens: createTokenContext([issuer], { 'token-1': standing }),
})

describe('a decision on a token', () => {
  it('says who asked, by which token, and until when', async () => {
    const { principal, grantedScopes, validUntil, evaluatedAt } = await judge(alone)
    assert.deepEqual(
      [principal?.clientId, principal?.spiffeId, principal?.tokenId],
      ['alice', 'spiffe://chancery.example/client/alice', 'token-1'],
    )
    assert.deepEqual([principal?.authorityId, principal?.serialNumber], [undefined, ''])
    assert.deepEqual(grantedScopes, ['bob.user.read', 'bob.user.write'])
    assert.deepEqual(validUntil, new Date(FIXTURE_NOW.getTime() + 240_000 - 1))
    assert.deepEqual(principal?.notAfter, validUntil)
    assert.equal(evaluatedAt?.authorityId, 'issuing-1')
  })

  it('names the certificate too, if the token is bound to one, and ends with the first of both', async () => {
    const short = fixture.client('p256', { notAfter: new Date(FIXTURE_NOW.getTime() + 60_000) })
    const token = signToken(keys, { claims: boundTo(short) })
    const { principal, validUntil } = await judge(bearer(token, short))
    assert.deepEqual([principal?.tokenId, principal?.serialNumber], ['token-1', '1003'])
    assert.deepEqual(validUntil, new Date(FIXTURE_NOW.getTime() + 60_000))
  })

  it('names nobody before the token verified and its binding held', async () => {
    const stolen = bearer(bound.token)
    assert.equal((await judge(stolen)).principal, undefined)
    const forged = bearer(signToken(keys, { signer: keys.stranger }))
    assert.equal((await judge(forged)).principal, undefined)
  })

  it('grants what the token carries, and not what its certificate does', async () => {
    const narrow = signToken(keys, { claims: { ...boundTo(leaf), scope: 'bob.user.write' } })
    const decision = await judge(bearer(narrow, leaf))
    assert.equal(decision.denyReason, 'SCOPE_INSUFFICIENT')
    assert.deepEqual(decision.grantedScopes, ['bob.user.write'])
    assert.deepEqual(decision.missingScopes, ['bob.user.read'])
  })

  it('never names the scopes of the certificate as those that are granted', async () => {
    const unread = bearer(signToken(keys, { claims: { ...boundTo(leaf), scope: 'bob.*' } }), leaf)
    const locked = withStanding({ standing: 'good', clientState: 'locked' })
    const decisions = await Promise.all([judge(unread), judge(bound, locked)])
    assert.deepEqual(
      decisions.map(({ denyReason, grantedScopes }) => [denyReason, grantedScopes]),
      [
        ['SCOPES_MALFORMED', []],
        ['CLIENT_LOCKED', []],
      ],
    )
  })

  it('follows what is known of the token and its client', async () => {
    const reasons = await Promise.all(
      (
        [
          { standing: 'revoked' },
          { standing: 'scope_withdrawn', scope: 'bob.user.write' },
          { standing: 'unknown' },
          { standing: 'good', clientState: 'locked' },
          { standing: 'good', clientState: 'missing' },
          { standing: 'good', clientState: undefined },
        ] satisfies TokenStanding[]
      ).map(async (standing) => [
        (await judge(alone, withStanding(standing))).denyReason,
        (await judge(bound, withStanding(standing))).denyReason,
      ]),
    )
    assert.deepEqual(reasons, [
      ['TOKEN_REVOKED', 'TOKEN_REVOKED'],
      ['TOKEN_REVOKED', 'TOKEN_REVOKED'],
      ['REVOCATION_UNKNOWN', 'REVOCATION_UNKNOWN'],
      ['CLIENT_LOCKED', 'CLIENT_LOCKED'],
      ['CLIENT_UNKNOWN', 'CLIENT_UNKNOWN'],
      [undefined, undefined],
    ])
  })

  it('follows what is known of the certificate that the token is bound to', async () => {
    const serial = '1005'
    for (const [standing, reason] of [
      [{ standing: 'revoked', reason: 'superseded', revokedAt: FIXTURE_NOW }, 'CERTIFICATE_REVOKED'],
      [{ standing: 'unknown' }, 'REVOCATION_UNKNOWN'],
      [{ standing: 'unissued' }, 'CERTIFICATE_UNKNOWN'],
      [{ standing: 'good', clientState: 'locked' }, 'CLIENT_LOCKED'],
    ] as const) {
      const revocation = createListedRevocation({ [serial]: standing })
      assert.equal((await judge(bound, { revocation })).denyReason, reason)
      assert.equal((await judge(alone, { revocation })).denyReason, undefined)
    }
  })

  it('is a denial where no issuer is trusted', async () => {
    for (const tokens of [undefined, createTokenContext([])])
      assert.equal((await judge(alone, { tokens })).denyReason, 'TOKEN_ISSUER_UNKNOWN')
  })

  it('claims no nonce, and asks the store of tokens for none that did not verify', async () => {
    const asked: string[] = []
    const tokens = {
      issuer: () => issuer,
      standing: ({ tokenId }: { tokenId: string }): TokenStanding => {
        asked.push(tokenId)
        return { standing: 'good', clientState: 'active' }
      },
    }
    await judge(bearer(signToken(keys, { signer: keys.stranger })), { tokens })
    await judge(bearer(signToken(keys, { claims: { exp: 1, iat: 0 } })), { tokens })
    assert.deepEqual(asked, [])
    await judge(alone, { tokens })
    assert.deepEqual(asked, ['token-1'])
  })

  it('is as fresh as the state of the issuing authority', async () => {
    const demand = (crlNumber: bigint) => ({
      freshness: { kind: 'at_least_crl_number', crlNumber } as const,
    })
    assert.equal((await judge(alone, {}, demand(7n))).denyReason, undefined)
    assert.equal((await judge(alone, {}, demand(8n))).denyReason, 'FRESHNESS_UNMET')
    const nowhere = createTokenContext([{ ...issuer, authorityId: undefined }])
    assert.equal((await judge(alone, { tokens: nowhere }, demand(7n))).denyReason, 'FRESHNESS_UNMET')
  })

  it('explains each check', async () => {
    const outcomes = new Map((await judge(alone)).checks.map(({ name, outcome }) => [name, outcome]))
    for (const name of [
      'token.parse',
      'token.signature',
      'client.state',
      'audience',
      'scopes.required',
    ] as const)
      assert.equal(outcomes.get(name), 'passed', name)
    for (const name of ['certificate.path', 'request.signature', 'replay'] as const)
      assert.equal(outcomes.get(name), 'skipped', name)
  })
})

describe('the keys of an issuer', () => {
  it('are those that are public and have a kid', () => {
    const { keys: jwks } = fixtureJwks(keys)
    const secret = { kty: 'oct', kid: 'secret', alg: 'HS256', k: Buffer.alloc(32).toString('base64url') }
    const nameless = { ...jwks[0], kid: undefined }
    assert.deepEqual(
      publicKeys({ keys: [...jwks, secret, nameless] }).map(({ kid }) => kid),
      jwks.map((jwk) => jwk['kid']),
    )
  })
})
