import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import {
  type OAuthCredentials,
  authenticateOAuthClient,
} from '../../../src/authority/authenticate-oauth-client.ts'
import { sha256 } from '../../../src/core/crypto.ts'
import type { DenyReason } from '../../../src/core/decision/deny-reason.ts'
import { DomainError } from '../../../src/core/errors.ts'
import { type AssertionChange, signAssertion } from '../../support/client-assertion.ts'
import { FIXTURE_NOW, type KeyName, createDecisionFixture } from '../../support/decision-fixture.ts'
import { createDecisionStore, lockAlice, record, revoke } from '../../support/decision-store.ts'
import { encode } from '../../support/token-fixture.ts'

const ENDPOINT = 'https://pki.example/oauth2/token'
const ISSUER = 'spiffe://chancery.example'
const SECONDS = FIXTURE_NOW.getTime() / 1000

const fixture = createDecisionFixture()
const leaves = new Map<KeyName, Uint8Array>()
const leafOf = (key: KeyName) => leaves.get(key) ?? leaves.set(key, fixture.client(key)).get(key)!

async function createDeps(limit = 1000) {
  const deps = await createDecisionStore(fixture)
  for (const key of ['p256', 'p384', 'ed25519', 'rsa2048'] as const) await record(deps.store, leafOf(key))
  return { ...deps, settings: { clockSkewSeconds: 30, maxStoredNonces: limit } }
}

type Deps = Awaited<ReturnType<typeof createDeps>>

/** An assertion of alice's, with the named key of hers. */
const assertionOf = (change: AssertionChange = {}, key: KeyName = 'p256') =>
  signAssertion(
    { clientId: 'alice', key: fixture.keys[key], certificateDer: leafOf(key) },
    ENDPOINT,
    FIXTURE_NOW,
    change,
  )

const authenticate = (deps: Deps, credentials: Partial<OAuthCredentials>) =>
  authenticateOAuthClient(deps, { clientId: undefined, assertion: undefined, chain: [], ...credentials }, [
    ENDPOINT,
    ISSUER,
  ])

async function refusal(deps: Deps, credentials: Partial<OAuthCredentials>): Promise<string> {
  try {
    await authenticate(deps, credentials)
  } catch (error) {
    if (error instanceof DomainError) return error.metadata['deny_reason'] ?? error.reason
    throw error
  }
  return 'authenticated'
}

describe('private_key_jwt', () => {
  for (const key of ['p256', 'p384', 'ed25519', 'rsa2048'] as const) {
    it(`authenticates a client by its ${key} key, once`, async () => {
      const deps = await createDeps()
      const assertion = assertionOf({}, key)
      const { caller, hasShownCertificate } = await authenticate(deps, { assertion })
      assert.equal(caller.clientId, 'alice')
      assert.deepEqual(caller.scopes, ['bob.user.read', 'bob.user.write'])
      assert.deepEqual(caller.certificateSha256, sha256(leafOf(key)))
      assert.equal(hasShownCertificate, false)
      assert.equal(await refusal(deps, { assertion }), 'NONCE_REPLAYED')
    })
  }

  it('takes the issuer as audience, one name or both', async () => {
    const deps = await createDeps()
    for (const aud of [ENDPOINT, ISSUER, [ENDPOINT], [ISSUER, ENDPOINT]])
      assert.equal(await refusal(deps, { assertion: assertionOf({ claims: { aud } }) }), 'authenticated')
  })

  it('finds the certificate by x5t#S256, by kid, or in x5c, also with its issuer', async () => {
    const deps = await createDeps()
    const thumbprint = Buffer.from(sha256(leafOf('p256'))).toString('base64url')
    const [leaf, issuing] = [leafOf('p256'), fixture.issuing].map((der) =>
      Buffer.from(der).toString('base64'),
    )
    for (const header of [
      { 'x5t#S256': thumbprint },
      { 'x5t#S256': undefined, kid: thumbprint },
      { 'x5t#S256': undefined, x5c: [leaf] },
      { 'x5t#S256': undefined, x5c: [leaf, issuing], kid: 'a name of the library' },
      { typ: 'JWT' },
      { typ: 'client-authentication+jwt' },
    ])
      assert.equal(await refusal(deps, { assertion: assertionOf({ header }) }), 'authenticated')
  })

  it('takes an assertion without iat, and one from a clock that is half a minute ahead', async () => {
    const deps = await createDeps()
    for (const claims of [
      { iat: undefined },
      { iat: SECONDS + 30, nbf: SECONDS + 30, exp: SECONDS + 330 },
      { iat: SECONDS - 3600, exp: SECONDS + 1 },
    ])
      assert.equal(await refusal(deps, { assertion: assertionOf({ claims }) }), 'authenticated')
  })

  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const foreign = createDecisionFixture()
  const x5c = (der: Uint8Array) => ({
    'x5t#S256': undefined,
    x5c: [Buffer.from(der).toString('base64')],
  })
  const otherDer = fixture.client('p256', { clientId: 'mallory', serialNumber: Uint8Array.of(0x77) })
  const refusals: readonly (readonly [string, DenyReason, AssertionChange])[] = [
    ['is not a JWT of this kind', 'CREDENTIAL_MALFORMED', { header: { typ: 'at+jwt' } }],
    ['has an extension', 'CREDENTIAL_MALFORMED', { header: { crit: ['b64'], b64: true } }],
    ['names no certificate', 'CREDENTIAL_MALFORMED', { header: { 'x5t#S256': undefined } }],
    [
      'names a key by something else',
      'CREDENTIAL_MALFORMED',
      { header: { 'x5t#S256': undefined, kid: 'key-1' } },
    ],
    [
      'names two certificates',
      'CREDENTIAL_MALFORMED',
      { header: { x5c: [Buffer.from(leafOf('p256')).toString('base64')] } },
    ],
    ['has an empty x5c', 'CREDENTIAL_MALFORMED', { header: { 'x5t#S256': undefined, x5c: [] } }],
    [
      'has an x5c that is no base64',
      'CREDENTIAL_MALFORMED',
      { header: { 'x5t#S256': undefined, x5c: ['?'] } },
    ],
    ['has an x5c that is no certificate', 'CERTIFICATE_MALFORMED', { header: x5c(Uint8Array.of(0x30, 0)) }],
    [
      'names a certificate that nobody issued',
      'CERTIFICATE_UNKNOWN',
      { header: { 'x5t#S256': Buffer.alloc(32, 1).toString('base64url') } },
    ],
    [
      'brings a certificate of another authority',
      'ISSUER_UNKNOWN',
      { header: x5c(foreign.client('p256')), signer: foreign.keys.p256 },
    ],
    [
      'brings a certificate that the authority has no record of',
      'CERTIFICATE_UNKNOWN',
      { header: x5c(fixture.client('p256', { serialNumber: Uint8Array.of(0x76) })) },
    ],
    ['names a certificate of another client', 'SUBJECT_INVALID', { claims: { iss: 'bob', sub: 'bob' } }],
    ['has an issuer that is not its subject', 'CREDENTIAL_MALFORMED', { claims: { iss: 'bob' } }],
    ['has a subject that is no client id', 'CREDENTIAL_MALFORMED', { claims: { iss: 'A B', sub: 'A B' } }],
    ['says none', 'SIGNATURE_ALGORITHM_INVALID', { header: { alg: 'none' } }],
    ['says the algorithm of another key', 'SIGNATURE_ALGORITHM_INVALID', { header: { alg: 'RS256' } }],
    ['says the algorithm of another curve', 'SIGNATURE_ALGORITHM_INVALID', { header: { alg: 'ES384' } }],
    ['is signed with another key', 'SIGNATURE_INVALID', { signer: stranger }],
    ['has expired', 'SIGNATURE_EXPIRED', { claims: { exp: SECONDS } }],
    ['has no end', 'CREDENTIAL_MALFORMED', { claims: { exp: undefined } }],
    ['has its end far ahead', 'CREDENTIAL_MALFORMED', { claims: { exp: SECONDS + 331 } }],
    ['was made in the future', 'SIGNATURE_NOT_YET_VALID', { claims: { iat: SECONDS + 31 } }],
    ['is good only later', 'SIGNATURE_NOT_YET_VALID', { claims: { nbf: SECONDS + 31 } }],
    ['is for another server', 'AUDIENCE_MISMATCH', { claims: { aud: 'https://other.example' } }],
    [
      'is for another server too',
      'AUDIENCE_MISMATCH',
      { claims: { aud: [ENDPOINT, 'https://other.example'] } },
    ],
    ['is for what begins like this one', 'AUDIENCE_MISMATCH', { claims: { aud: `${ENDPOINT}/` } }],
    ['is for nobody', 'CREDENTIAL_MALFORMED', { claims: { aud: [] } }],
    ['has no id', 'CREDENTIAL_MALFORMED', { claims: { jti: undefined } }],
    ['has an id that chance would repeat', 'NONCE_INVALID', { claims: { jti: 'short' } }],
  ]
  for (const [name, reason, change] of refusals) {
    it(`refuses an assertion that ${name}: ${reason}`, async () => {
      assert.equal(await refusal(await createDeps(), { assertion: assertionOf(change) }), reason)
    })
  }

  it('refuses what is no JWS, one without a signature, and one that is too long', async () => {
    const deps = await createDeps()
    const [header, claims] = assertionOf().split('.')
    for (const assertion of ['', 'a.b', '....', `${header}.${claims}.`, 'a'.repeat(30_000)])
      assert.notEqual(await refusal(deps, { assertion }), 'authenticated')
    assert.equal(await refusal(deps, { assertion: `${header}.${claims}.` }), 'SIGNATURE_INVALID')
    assert.equal(await refusal(deps, { assertion: 'a'.repeat(30_000) }), 'CREDENTIAL_MALFORMED')
  })

  it('refuses a MAC made with the public key, whatever it is called', async () => {
    const deps = await createDeps()
    for (const alg of ['HS256', 'ES256']) {
      const [, claims] = assertionOf().split('.')
      const thumbprint = Buffer.from(sha256(leafOf('p256'))).toString('base64url')
      const input = `${encode({ alg, 'x5t#S256': thumbprint })}.${claims}`
      const mac = createHmac('sha256', leafOf('p256')).update(input).digest('base64url')
      const reason = alg === 'HS256' ? 'SIGNATURE_ALGORITHM_INVALID' : 'SIGNATURE_INVALID'
      assert.equal(await refusal(deps, { assertion: `${input}.${mac}` }), reason)
    }
  })

  it('refuses a revoked certificate, a locked client and an assertion of another client with its own key', async () => {
    const revoked = await createDeps()
    await revoke(revoked.store, '1003')
    assert.equal(await refusal(revoked, { assertion: assertionOf() }), 'CERTIFICATE_REVOKED')
    const locked = await createDeps()
    await lockAlice(locked.store)
    assert.equal(await refusal(locked, { assertion: assertionOf() }), 'CERTIFICATE_REVOKED')
    const deps = await createDeps()
    await record(deps.store, otherDer)
    assert.equal(
      await refusal(deps, { assertion: assertionOf({ header: x5c(otherDer) }) }),
      'SUBJECT_INVALID',
    )
  })

  it('spends no id on an assertion that is refused, and none is answered when no more can be kept', async () => {
    const deps = await createDeps()
    const jti = 'assertion-that-counts'
    const bad = assertionOf({ claims: { jti, aud: 'https://other.example' } })
    assert.equal(await refusal(deps, { assertion: bad }), 'AUDIENCE_MISMATCH')
    assert.equal(await refusal(deps, { assertion: assertionOf({ claims: { jti } }) }), 'authenticated')
    assert.equal(await refusal(await createDeps(0), { assertion: assertionOf() }), 'NONCE_STORE_FULL')
  })

  it('goes together with the same certificate on the connection, and with no other', async () => {
    const deps = await createDeps()
    const shown = await authenticate(deps, { assertion: assertionOf(), chain: [leafOf('p256')] })
    assert.equal(shown.hasShownCertificate, true)
    const other = { assertion: assertionOf(), chain: [leafOf('ed25519')] }
    assert.equal(await refusal(deps, other), 'SUBJECT_INVALID')
    assert.equal(await refusal(deps, { assertion: assertionOf(), clientId: 'bob' }), 'SUBJECT_INVALID')
  })
})

describe('tls_client_auth', () => {
  it('authenticates a client by the certificate of its connection and its client_id', async () => {
    const deps = await createDeps()
    const client = await authenticate(deps, { clientId: 'alice', chain: [leafOf('p256')] })
    assert.equal(client.caller.clientId, 'alice')
    assert.equal(client.hasShownCertificate, true)
  })

  it('refuses no certificate, no client_id, and that of another client', async () => {
    const deps = await createDeps()
    const chain = [leafOf('p256')]
    assert.equal(await refusal(deps, { clientId: 'alice' }), 'CREDENTIAL_MISSING')
    assert.equal(await refusal(deps, { chain }), 'CREDENTIAL_MISSING')
    assert.equal(await refusal(deps, { clientId: 'bob', chain }), 'SUBJECT_INVALID')
    await revoke(deps.store, '1003')
    assert.equal(await refusal(deps, { clientId: 'alice', chain }), 'CERTIFICATE_REVOKED')
  })
})
