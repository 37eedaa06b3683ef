import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { introspectToken } from '../../../src/authority/introspect-token.ts'
import type { Caller } from '../../../src/authority/ports.ts'
import { verifyRequest } from '../../../src/authority/verify-request.ts'
import type { DenyReason } from '../../../src/core/decision/deny-reason.ts'
import { MAX_TOKEN_LENGTH } from '../../../src/core/limits.ts'
import { StoreError } from '../../../src/store/store.ts'
import { FIXTURE_NOW, createDecisionFixture } from '../../support/decision-fixture.ts'
import { createDecisionStore, lockAlice, record, revoke } from '../../support/decision-store.ts'
import { auditEntry } from '../../support/store-fixtures.ts'
import { FIXTURE_AUDIENCE, NOW_SECONDS, boundTo, signToken } from '../../support/token-fixture.ts'

const fixture = createDecisionFixture()
const { keys } = fixture
const leaf = fixture.client('p256')
const other = fixture.client('p384')

const BOB: Caller = {
  clientId: 'bob',
  scopes: ['chancery.requests.verify'],
  authorityId: 'issuing-1',
  serialNumber: '0b',
}

async function createDeps() {
  const deps = await createDecisionStore(fixture)
  return {
    ...deps,
    serialNumber: await record(deps.store, leaf),
    metrics: { requestDecided: () => undefined },
    settings: {
      ageWindowSeconds: 60,
      clockSkewSeconds: 30,
      decisionCacheSeconds: 40,
      maxStoredNonces: 1000,
      trustedProxies: [],
    },
  }
}
type Deps = Awaited<ReturnType<typeof createDeps>>

/** What VerifyRequest says of a token where it is meant to be used: shown with its certificate, to whom it is for. */
async function verdictOf(deps: Deps, token: string, audience: string): Promise<DenyReason | undefined> {
  const certificate = { kind: 'presented_certificate', chain: [leaf], forwarded: undefined } as const
  const decision = await verifyRequest(deps, BOB, {
    credential: { kind: 'bearer_token', token, certificate },
    requiredScopes: [],
    match: 'all',
    audience,
    freshness: undefined,
    explain: false,
  })
  return decision.denyReason
}

interface Case {
  readonly name: string
  readonly token: string
  readonly reason: DenyReason | undefined
  readonly before?: (deps: Deps) => Promise<unknown>
  /** Whom the token is for, if not for all. */
  readonly audience?: string
}

const bound = signToken(keys, { claims: boundTo(leaf) })
const good = signToken(keys)
const revokeById = (deps: Deps) =>
  deps.store.tokens.revoke(
    {
      tokenId: 'token-1',
      clientId: 'alice',
      at: FIXTURE_NOW,
      expiresAt: new Date((NOW_SECONDS + 240) * 1000),
    },
    auditEntry(),
  )

const CASES: readonly Case[] = [
  { name: 'a live one', token: good, reason: undefined },
  { name: 'one of the other key', token: signToken(keys, { key: 'token256' }), reason: undefined },
  {
    name: 'one for another resource server',
    token: signToken(keys, { claims: { aud: 'bob' } }),
    reason: undefined,
    audience: 'bob',
  },
  { name: 'one without scopes', token: signToken(keys, { claims: { scope: '' } }), reason: undefined },
  { name: 'one that is bound', token: bound, reason: undefined },
  { name: 'what is none', token: 'nonsense', reason: 'TOKEN_MALFORMED' },
  { name: 'what is too long', token: 'a'.repeat(MAX_TOKEN_LENGTH + 1), reason: 'TOKEN_MALFORMED' },
  {
    name: 'a JWT for something else',
    token: signToken(keys, { header: { typ: 'JWT' } }),
    reason: 'TOKEN_MALFORMED',
  },
  {
    name: 'one of another issuer',
    token: signToken(keys, { claims: { iss: 'https://other.example' } }),
    reason: 'TOKEN_ISSUER_UNKNOWN',
  },
  {
    name: 'one of a key that is not published any more',
    token: signToken(keys, { header: { kid: 'gone' } }),
    reason: 'TOKEN_KEY_UNKNOWN',
  },
  {
    name: 'one without a signature',
    token: signToken(keys, { header: { alg: 'none' } }),
    reason: 'TOKEN_ALGORITHM_INVALID',
  },
  {
    name: 'one that a stranger signed',
    token: signToken(keys, { signer: keys.stranger }),
    reason: 'TOKEN_SIGNATURE_INVALID',
  },
  {
    name: 'one of the future',
    token: signToken(keys, { claims: { iat: NOW_SECONDS + 31 } }),
    reason: 'TOKEN_NOT_YET_VALID',
  },
  {
    name: 'one at its end',
    token: signToken(keys, { claims: { exp: NOW_SECONDS } }),
    reason: 'TOKEN_EXPIRED',
  },
  { name: 'one that is revoked', token: good, reason: 'TOKEN_REVOKED', before: revokeById },
  {
    name: 'one of which a scope was taken',
    token: good,
    reason: 'TOKEN_REVOKED',
    before: ({ store }) =>
      store.clients.setScopes(
        { clientId: 'alice', grantedScopes: ['bob.user.read'], at: FIXTURE_NOW, dryRun: false },
        auditEntry(),
      ),
  },
  {
    name: 'one of a locked client',
    token: good,
    reason: 'CLIENT_LOCKED',
    before: ({ store }) => lockAlice(store),
  },
  {
    name: 'one of a client that there is not',
    token: signToken(keys, { claims: { sub: 'carol', client_id: 'carol' } }),
    reason: 'CLIENT_UNKNOWN',
  },
  {
    name: 'one that is bound to a revoked certificate',
    token: bound,
    reason: 'CERTIFICATE_REVOKED',
    before: ({ store, serialNumber }) => revoke(store, serialNumber),
  },
  {
    name: 'one that is bound to a certificate which is not on record',
    token: signToken(keys, { claims: boundTo(other) }),
    reason: 'TOKEN_BINDING_MISMATCH',
  },
  {
    name: 'one whose scope cannot be read',
    token: signToken(keys, { claims: { scope: 'bob.*' } }),
    reason: 'SCOPES_MALFORMED',
  },
]

describe('introspectToken', () => {
  for (const { name, token, reason, before, audience = '' } of CASES) {
    it(`says of ${name} what VerifyRequest does: ${reason ?? 'active'}`, async () => {
      const deps = await createDeps()
      await before?.(deps)
      const found = await introspectToken(deps, BOB, token)
      assert.equal(found.active ? undefined : found.reason, reason)
      assert.equal(await verdictOf(deps, token, audience), reason)
    })
  }

  it('knows of a change at once, also of a token that it has seen', async () => {
    const deps = await createDeps()
    assert.equal((await introspectToken(deps, BOB, good)).active, true)
    await revokeById(deps)
    assert.equal((await introspectToken(deps, BOB, good)).active, false)
    assert.equal((await introspectToken(deps, BOB, bound)).active, false)
    const withoutKeys = { ...deps, tokenIssuer: { ...deps.tokenIssuer, keys: [] } }
    const gone = await introspectToken(withoutKeys, BOB, good)
    assert.deepEqual(!gone.active && gone.reason, 'TOKEN_KEY_UNKNOWN')
  })

  it('has what is in the token, of a live one', async () => {
    const found = await introspectToken(await createDeps(), BOB, bound)
    assert.ok(found.active)
    const { token, scopes } = found
    assert.deepEqual(scopes, ['bob.user.read', 'bob.user.write'])
    assert.deepEqual(
      [token.clientId, token.tokenId, token.audiences],
      ['alice', 'token-1', [FIXTURE_AUDIENCE]],
    )
    assert.equal(token.certificateThumbprint, boundTo(leaf).cnf['x5t#S256'])
  })

  it('tells a client without the right nothing, and does not look at its token', async () => {
    const deps = await createDeps()
    const store = {
      ...deps.store,
      certificates: { ...deps.store.certificates, findBySha256: () => assert.fail('looked at') },
    }
    for (const scopes of [[], ['bob.user.read'], ['chancery.tokens.revoke', 'chancery.crl.read']])
      for (const token of [good, bound, 'nonsense'])
        await assert.rejects(introspectToken({ ...deps, store }, { ...BOB, scopes }, token), {
          reason: 'CALLER_NOT_ALLOWED',
          metadata: { required_scope: 'chancery.requests.verify' },
        })
  })

  it('does not say that a token is not active when it cannot tell', async () => {
    const deps = await createDeps()
    const away = () => Promise.reject(new StoreError('away'))
    const store = { ...deps.store, clients: { ...deps.store.clients, get: away } }
    await assert.rejects(introspectToken({ ...deps, store }, BOB, good), StoreError)
  })
})
