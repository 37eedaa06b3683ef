import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALL_RIGHTS } from '../../../src/authority/access.ts'
import { createClient } from '../../../src/authority/create-client.ts'
import { issueToken } from '../../../src/authority/issue-token.ts'
import { createLiveTokens } from '../../../src/authority/live-tokens.ts'
import type { Caller } from '../../../src/authority/ports.ts'
import { type RevokeTokenRequest, revokeToken } from '../../../src/authority/revoke-token.ts'
import { createTokenRate } from '../../../src/authority/token-rate.ts'
import { createTokenAuthority } from '../../../src/authority/token-issuer.ts'
import type { ErrorReason } from '../../../src/core/errors.ts'
import { MAX_REVOKED_TOKENS_PER_CLIENT } from '../../../src/core/token-limits.ts'
import { tokenStandIn } from '../../../src/core/revocation/stand-in-serial.ts'
import { parseAccessToken } from '../../../src/core/token/access-token.ts'
import { parseCrl } from '../../../src/core/x509/crl.ts'
import { ADMIN, buildUseCases, callerOf } from '../../support/build-use-cases.ts'
import { openFakeTokenKeys } from '../../support/token-keys.ts'

const ALICE: Caller = { ...callerOf('alice'), scopes: ['bob.user.read'] }

async function createDeps() {
  const deps = await buildUseCases()
  const options = { trustDomain: 'chancery.example', publicUrl: undefined, authorityId: 'issuing-1' }
  const tokenIssuer = createTokenAuthority(await openFakeTokenKeys(), options)
  await createClient(deps, ADMIN, {
    clientId: 'alice',
    displayName: '',
    grantedScopes: ['bob.user.read'],
    profiles: [],
    dnsNames: [],
  })
  const all = { ...deps, tokenIssuer, tokenRate: createTokenRate(deps.clock, 600) }
  return {
    ...all,
    options,
    async issue() {
      const request = { clientId: '', scopes: [], audience: '', validitySeconds: undefined, unbound: true }
      const notAfter = new Date(deps.clock.now().getTime() + 86_400_000)
      return (await issueToken(all, { ...ALICE, notAfter }, request)).token
    },
    async isRevoked(token: string) {
      const { tokenId, clientId, scopes } = parseAccessToken(token)
      const tokens = createLiveTokens(deps.store, tokenIssuer)
      const { standing } = await tokens.standing({ tokenId, clientId, scopes: scopes! }, tokenIssuer)
      return standing === 'revoked'
    },
    /** Serial numbers that the newest complete list names. */
    async listed() {
      await deps.time.advance(100)
      const list = parseCrl(deps.feed.complete('issuing-1')!.der)
      return {
        crlNumber: list.crlNumber,
        serials: Array.from(list.entries(), ({ serialNumber }) => Uint8Array.from(serialNumber)),
      }
    },
    async auditCount() {
      return (await deps.store.audit.list({ afterSequence: 0n, limit: 1000 })).length
    },
  }
}

const shown = (token: string): RevokeTokenRequest => ({ kind: 'token', token })
const byId = (tokenId: string, expiresAt?: Date): RevokeTokenRequest => ({
  kind: 'token_id',
  tokenId,
  expiresAt,
})

describe('revokeToken', () => {
  it('ends a token at once for its own client, and by the next lists for those who follow them', async () => {
    const deps = await createDeps()
    const [token, other] = [await deps.issue(), await deps.issue()]
    assert.equal(await deps.isRevoked(token), false)
    const { outcome, tokenId, crlNumber } = await revokeToken(deps, ALICE, shown(token))
    assert.deepEqual([outcome, tokenId], ['revoked', parseAccessToken(token).tokenId])
    assert.equal(await deps.isRevoked(token), true)
    assert.equal(await deps.isRevoked(other), false)
    assert.deepEqual(await deps.listed(), { crlNumber, serials: [tokenStandIn(tokenId)] })
    const entry = (await deps.store.audit.list({ afterSequence: 0n, limit: 1000 })).at(-1)!
    assert.deepEqual([entry.actor, entry.action, entry.subject], ['alice', 'token.revoke', 'alice'])
    assert.equal(entry.details['token_id'], tokenId)
  })

  it('is done once, however often it is asked for', async () => {
    const deps = await createDeps()
    const token = await deps.issue()
    const first = await revokeToken(deps, ALICE, shown(token))
    const entries = await deps.auditCount()
    await deps.listed()
    for (const caller of [ALICE, ADMIN])
      assert.deepEqual(await revokeToken(deps, caller, shown(token)), {
        ...first,
        outcome: 'already_revoked',
      })
    assert.equal((await revokeToken(deps, ADMIN, byId(first.tokenId))).outcome, 'already_revoked')
    assert.equal((await deps.listed()).serials.length, 1)
    // That it may live longer than was known is news.
    assert.equal(await deps.auditCount(), entries + 1)
  })

  it('has nothing to do for a token that is expired', async () => {
    const deps = await createDeps()
    const token = await deps.issue()
    const entries = await deps.auditCount()
    await deps.time.advance(300_000)
    const nothing = { outcome: 'expired', tokenId: parseAccessToken(token).tokenId, crlNumber: 0n }
    assert.deepEqual(await revokeToken(deps, ALICE, shown(token)), nothing)
    assert.deepEqual(await revokeToken(deps, ADMIN, byId(nothing.tokenId, deps.clock.now())), nothing)
    assert.equal(await deps.auditCount(), entries)
    assert.deepEqual((await deps.listed()).serials, [])
  })

  it('takes the right for the tokens of others, and for ids', async () => {
    const deps = await createDeps()
    const token = await deps.issue()
    const broker = {
      ...callerOf('broker'),
      scopes: ['chancery.tokens.issue', 'chancery.certificates.revoke'],
    }
    const attempts: [Caller, RevokeTokenRequest][] = [
      [broker, shown(token)],
      [broker, byId('one')],
      // A client does not say by an id whose it is.
      [ALICE, byId(parseAccessToken(token).tokenId)],
    ]
    for (const [caller, request] of attempts)
      await assert.rejects(revokeToken(deps, caller, request), { reason: 'CALLER_NOT_ALLOWED' })
    assert.equal(await deps.isRevoked(token), false)
    const officer = { ...callerOf('officer'), scopes: ['chancery.tokens.revoke'] }
    assert.equal((await revokeToken(deps, officer, shown(token))).outcome, 'revoked')
    assert.equal((await revokeToken(deps, officer, byId('one'))).outcome, 'revoked')
    assert.ok(ALL_RIGHTS.includes('chancery.tokens.revoke'))
  })

  it('believes only what this service signed', async () => {
    const deps = await createDeps()
    const stranger = createTokenAuthority(await openFakeTokenKeys(), deps.options)
    const request = { clientId: '', scopes: [], audience: '', validitySeconds: undefined, unbound: true }
    const notAfter = new Date(deps.clock.now().getTime() + 86_400_000)
    const forged = await issueToken({ ...deps, tokenIssuer: stranger }, { ...ALICE, notAfter }, request)
    const good = await deps.issue()
    const [header, payload, signature] = good.split('.') as [string, string, string]
    const elsewhere = { ...deps, tokenIssuer: { ...deps.tokenIssuer, issuer: 'https://elsewhere' } }
    const refusals: [typeof deps, string][] = [
      [deps, forged.token],
      [deps, ''],
      [deps, 'x.y.z'],
      [deps, `${header}.${payload}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`],
      [elsewhere, good],
    ]
    for (const [using, token] of refusals)
      await assert.rejects(revokeToken(using, ADMIN, shown(token)), {
        reason: 'FIELD_INVALID' satisfies ErrorReason,
      })
  })

  it('refuses ids that no token has, and times at which none can expire', async () => {
    const deps = await createDeps()
    const late = new Date(deps.clock.now().getTime() + 26 * 3_600_000)
    for (const request of [
      byId(''),
      byId('a b'),
      byId('x'.repeat(129)),
      byId('one', late),
      byId('one', new Date(NaN)),
    ])
      await assert.rejects(revokeToken(deps, ADMIN, request), { reason: 'FIELD_INVALID' })
  })

  it('of a client that revokes without end is refused, and not where somebody with the right does it', async () => {
    const deps = await createDeps()
    const token = await deps.issue()
    const full = {
      ...deps,
      store: {
        tokens: {
          ...deps.store.tokens,
          revoke: (revocation: Parameters<typeof deps.store.tokens.revoke>[0], audit: never) => {
            const { maxOfClient = Infinity } = revocation
            return maxOfClient <= MAX_REVOKED_TOKENS_PER_CLIENT
              ? Promise.resolve({ outcome: 'too_many' as const })
              : deps.store.tokens.revoke(revocation, audit)
          },
        },
      },
    }
    await assert.rejects(revokeToken(full, ALICE, shown(token)), { reason: 'RATE_LIMITED' })
    assert.equal((await revokeToken(full, ADMIN, shown(token))).outcome, 'revoked')
  })
})
