import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALL_RIGHTS } from '../../../src/authority/access.ts'
import { type IssueTokenRequest, issueToken } from '../../../src/authority/issue-token.ts'
import { createLiveTokens } from '../../../src/authority/live-tokens.ts'
import type { Caller } from '../../../src/authority/ports.ts'
import { createTokenAuthority } from '../../../src/authority/token-issuer.ts'
import { createTokenRate } from '../../../src/authority/token-rate.ts'
import { sha256 } from '../../../src/core/crypto.ts'
import { decide } from '../../../src/core/decision/decide.ts'
import { DomainError, type ErrorReason } from '../../../src/core/errors.ts'
import { parseAccessToken } from '../../../src/core/token/access-token.ts'
import {
  FIXTURE_NOW,
  createDecisionContext,
  createDecisionFixture,
  createQuery,
} from '../../support/decision-fixture.ts'
import { createDecisionStore, lockAlice } from '../../support/decision-store.ts'
import { createFakeRandom, noMetrics } from '../../support/fakes.ts'
import { auditEntry, clientRecord } from '../../support/store-fixtures.ts'
import { bearer } from '../../support/token-fixture.ts'
import { openFakeTokenKeys } from '../../support/token-keys.ts'

const fixture = createDecisionFixture()
const leaf = fixture.client('p256')
const ALICE: Caller = {
  clientId: 'alice',
  scopes: ['bob.user.read', 'carol.read'],
  authorityId: 'issuing-1',
  serialNumber: '1003',
  notAfter: new Date(FIXTURE_NOW.getTime() + 86_400_000),
  certificateSha256: sha256(leaf),
}
const BROKER: Caller = { ...ALICE, clientId: 'broker', scopes: ['chancery.tokens.issue'] }

const TOKENS_PER_MINUTE = 5

async function createDeps() {
  const deps = await createDecisionStore(fixture)
  const tokenKeys = await openFakeTokenKeys()
  const tokenIssuer = createTokenAuthority(tokenKeys, {
    trustDomain: 'chancery.example',
    publicUrl: 'https://pki.example',
    authorityId: 'issuing-1',
  })
  const grantedScopes = ['bob.user.*', 'bob.user.read', 'carol.read']
  const change = { clientId: 'alice', grantedScopes, at: FIXTURE_NOW, dryRun: false }
  await deps.store.clients.setScopes(change, auditEntry())
  await deps.store.clients.create(clientRecord({ clientId: 'broker' }), auditEntry())
  return {
    ...deps,
    tokenIssuer,
    tokenKeys,
    random: createFakeRandom(),
    metrics: noMetrics,
    tokenRate: createTokenRate(deps.clock, TOKENS_PER_MINUTE),
  }
}

const ask = (change: Partial<IssueTokenRequest> = {}): IssueTokenRequest => ({
  clientId: '',
  scopes: [],
  audience: '',
  validitySeconds: undefined,
  unbound: false,
  ...change,
})

async function refused(caller: Caller, request: IssueTokenRequest): Promise<ErrorReason> {
  const deps = await createDeps()
  try {
    await issueToken(deps, caller, request)
  } catch (error) {
    if (error instanceof DomainError) return error.reason
    throw error
  }
  throw new Error('a token was issued')
}

describe('issueToken', () => {
  it('gives a client a token of its own that verifies beside its certificate, and without it does not', async () => {
    const deps = await createDeps()
    const { token, expiresAt, scopes, tokenId } = await issueToken(deps, ALICE, ask())
    assert.deepEqual(scopes, ALICE.scopes)
    assert.deepEqual(expiresAt, new Date(FIXTURE_NOW.getTime() + 300_000))
    const tokens = createLiveTokens(deps.store, deps.tokenIssuer)
    const context = createDecisionContext(fixture, { tokens })
    const decision = await decide(createQuery(bearer(token, leaf)), context)
    assert.equal(decision.denyReason, undefined)
    assert.equal(decision.principal?.tokenId, tokenId)
    assert.equal((await decide(createQuery(bearer(token)), context)).denyReason, 'TOKEN_BINDING_MISMATCH')
  })

  it('writes every claim of RFC 9068, and binds the token unless it is asked not to', async () => {
    const deps = await createDeps()
    const { token, tokenId } = await issueToken(deps, ALICE, ask())
    const parsed = parseAccessToken(token)
    assert.equal(parsed.jws.alg, 'ES256')
    assert.equal(parsed.jws.kid, deps.tokenIssuer.keys[0]!.kid)
    assert.deepEqual(
      [parsed.issuer, parsed.clientId, parsed.audiences, parsed.tokenId],
      ['https://pki.example', 'alice', ['spiffe://chancery.example'], tokenId],
    )
    assert.equal(parsed.certificateThumbprint, Buffer.from(ALICE.certificateSha256!).toString('base64url'))
    const unbound = await issueToken(deps, ALICE, ask({ unbound: true }))
    assert.equal(unbound.boundTo, undefined)
    assert.equal(parseAccessToken(unbound.token).certificateThumbprint, undefined)
    assert.notEqual(unbound.tokenId, tokenId)
  })

  it('only narrows what the certificate carries, whatever the grant is', async () => {
    const deps = await createDeps()
    const { scopes } = await issueToken(deps, ALICE, ask({ scopes: ['carol.read'] }))
    assert.deepEqual(scopes, ['carol.read'])
    assert.equal(await refused(ALICE, ask({ scopes: ['bob.user.write'] })), 'SCOPE_NOT_GRANTABLE')
    assert.equal(await refused(ALICE, ask({ scopes: ['bob.**'] })), 'SCOPE_MALFORMED')
  })

  it('is for one resource server if that is asked, with its scopes and no others', async () => {
    const deps = await createDeps()
    const { token, scopes } = await issueToken(deps, ALICE, ask({ audience: 'bob' }))
    assert.deepEqual(scopes, ['bob.user.read'])
    assert.deepEqual(parseAccessToken(token).audiences, ['bob'])
    assert.equal(await refused(ALICE, ask({ audience: 'bob', scopes: ['carol.read'] })), 'FIELD_INVALID')
    assert.equal(await refused(ALICE, ask({ audience: '*' })), 'FIELD_INVALID')
  })

  it('ends with the certificate that asked, and after five minutes at the latest', async () => {
    const deps = await createDeps()
    const at = (milliseconds: number) => new Date(FIXTURE_NOW.getTime() + milliseconds)
    const short = await issueToken(deps, { ...ALICE, notAfter: at(60_999) }, ask())
    assert.deepEqual(short.expiresAt, at(60_000))
    assert.deepEqual((await issueToken(deps, ALICE, ask({ validitySeconds: 10 }))).expiresAt, at(10_000))
    for (const validitySeconds of [9, 301])
      assert.equal(await refused(ALICE, ask({ validitySeconds })), 'VALIDITY_OUT_OF_RANGE')
    assert.equal(await refused({ ...ALICE, notAfter: at(999) }, ask()), 'VALIDITY_OUT_OF_RANGE')
  })

  it('issues for another client by right only, within its grant, unbound and on record', async () => {
    const deps = await createDeps()
    const request = ask({ clientId: 'alice', scopes: ['bob.user.write'] })
    const { token, boundTo } = await issueToken(deps, BROKER, request)
    assert.equal(parseAccessToken(token).clientId, 'alice')
    assert.equal(boundTo, undefined)
    const [entry] = (await deps.store.audit.list({ afterSequence: 0n, limit: 100 })).slice(-1)
    assert.deepEqual([entry?.actor, entry?.action, entry?.subject], ['broker', 'token.issue', 'alice'])
    assert.equal(await refused(ALICE, ask({ clientId: 'broker' })), 'CALLER_NOT_ALLOWED')
    assert.equal(await refused(BROKER, ask({ clientId: 'alice', scopes: ['x.y'] })), 'SCOPE_NOT_GRANTABLE')
    assert.equal(await refused(BROKER, ask({ clientId: 'nobody' })), 'CLIENT_NOT_FOUND')
    assert.ok(ALL_RIGHTS.includes('chancery.tokens.issue'))
  })

  it('enters every token in the audit table, also one that a client gets for itself', async () => {
    const deps = await createDeps()
    const { tokenId, scopes } = await issueToken(deps, ALICE, ask())
    const [entry] = (await deps.store.audit.list({ afterSequence: 0n, limit: 100 })).slice(-1)
    assert.deepEqual([entry?.actor, entry?.action, entry?.subject], ['alice', 'token.issue', 'alice'])
    assert.deepEqual(entry?.details, { token_id: tokenId, scopes })
  })

  it('leaves no token that carries a scope which was taken from its client at the same moment', async () => {
    const deps = await createDeps()
    const take = (grantedScopes: string[]) => {
      const change = { clientId: 'alice', grantedScopes, at: FIXTURE_NOW, dryRun: false }
      return deps.store.clients.setScopes(change, auditEntry())
    }
    // Between the plan and its record, so that the plan is made again by what is granted then.
    let takeFirst: (() => Promise<unknown>) | undefined
    const tokens = {
      ...deps.store.tokens,
      record: async (...args: Parameters<(typeof deps.store.tokens)['record']>) => {
        await takeFirst?.()
        return deps.store.tokens.record(...args)
      },
    }
    const racing = { ...deps, store: { ...deps.store, tokens } }
    takeFirst = async () => {
      takeFirst = undefined
      await take(['bob.user.read'])
    }
    const { scopes } = await issueToken(racing, BROKER, ask({ clientId: 'alice' }))
    assert.deepEqual(scopes, ['bob.user.read'])
    // The certificate that asks carries carol.read, so that what took it has revoked the certificate.
    await assert.rejects(issueToken(racing, ALICE, ask({ scopes: ['bob.user.read'] })), {
      reason: 'CALLER_UNAUTHENTICATED',
      metadata: { deny_reason: 'CERTIFICATE_REVOKED' },
    })
    let version = 0
    takeFirst = () => take(['bob.user.read', `s${version++}`])
    await assert.rejects(issueToken(racing, BROKER, ask({ clientId: 'alice' })), { reason: 'CLIENT_CHANGED' })
    assert.equal(version, 3)
  })

  it('gives a client so many tokens for itself, and counts what was issued and what was refused', async () => {
    const counted: string[] = []
    const metrics = {
      tokenIssued: (binding: string) => void counted.push(binding),
      tokenRefused: (reason: string) => void counted.push(reason),
    }
    const deps = { ...(await createDeps()), metrics }
    for (let i = 0; i < TOKENS_PER_MINUTE; i++) await issueToken(deps, ALICE, ask({ unbound: i > 0 }))
    await assert.rejects(issueToken(deps, ALICE, ask()), {
      reason: 'RATE_LIMITED',
      metadata: { limit: 'tokens_per_minute' },
    })
    await issueToken(deps, BROKER, ask({ clientId: 'alice' }))
    assert.deepEqual(counted, ['certificate', 'none', 'none', 'none', 'none', 'RATE_LIMITED', 'none'])
  })

  it('verifies what the keys before and after a rotation signed, and nothing of a key that was compromised', async () => {
    const deps = await createDeps()
    const { tokenKeys } = deps
    const judge = async (token: string) => {
      const tokens = createLiveTokens(deps.store, deps.tokenIssuer)
      return (await decide(createQuery(bearer(token)), createDecisionContext(fixture, { tokens }))).denyReason
    }
    const issue = async () => (await issueToken(deps, ALICE, ask({ unbound: true }))).token
    const before = await issue()
    await tokenKeys.rotate('admin', 'scheduled')
    const during = await issue()
    await tokenKeys.rotate('admin', 'at_once')
    const after = await issue()
    const kidOf = (token: string) => parseAccessToken(token).jws.kid
    assert.equal(kidOf(before), kidOf(during))
    assert.notEqual(kidOf(during), kidOf(after))
    for (const token of [before, during, after]) assert.equal(await judge(token), undefined)
    await tokenKeys.rotate('admin', 'compromised')
    for (const token of [before, during, after]) assert.equal(await judge(token), 'TOKEN_KEY_UNKNOWN')
    assert.equal(await judge(await issue()), undefined)
  })

  it('issues nothing to a locked client', async () => {
    const deps = await createDeps()
    await lockAlice(deps.store)
    await assert.rejects(issueToken(deps, ALICE, ask()), { reason: 'CLIENT_LOCKED' })
    await assert.rejects(issueToken(deps, BROKER, ask({ clientId: 'alice' })), { reason: 'CLIENT_LOCKED' })
  })

  it('issues no token that is too long for its own verifier', async () => {
    const deps = await createDeps()
    const scopes = Array.from({ length: 100 }, (_, i) => `bob.${'x'.repeat(60)}${i}`)
    const change = { clientId: 'alice', grantedScopes: ['bob.*'], at: FIXTURE_NOW, dryRun: false }
    await deps.store.clients.setScopes(change, auditEntry())
    await assert.rejects(issueToken(deps, { ...ALICE, scopes }, ask()), { reason: 'FIELD_INVALID' })
  })
})
