import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatBase64 } from '../../../src/core/bytes.ts'
import type { Caller } from '../../../src/authority/ports.ts'
import { verifyRequest } from '../../../src/authority/verify-request.ts'
import type { VerifyRequestInput } from '../../../src/core/decision/read-query.ts'
import type { OfferedCertificate, OfferedCredential } from '../../../src/core/decision/offered-credential.ts'
import { DomainError, type ErrorReason } from '../../../src/core/errors.ts'
import { sha256 } from '../../../src/core/crypto.ts'
import type { HttpRequest } from '../../../src/core/request/http-request.ts'
import {
  FIXTURE_NONCE,
  FIXTURE_NOW,
  type KeyName,
  createDecisionFixture,
  header,
  keyIdOf,
  signAs,
  signSimpleRequest,
  withHeader,
} from '../../support/decision-fixture.ts'
import { formatPem } from '../../../src/core/pem.ts'
import { createDecisionStore, lockAlice, record, revoke } from '../../support/decision-store.ts'
import { auditEntry } from '../../support/store-fixtures.ts'
import { boundTo, signToken } from '../../support/token-fixture.ts'
import { ALL_COMPONENTS, signMessage } from '../../support/message-fixture.ts'

const fixture = createDecisionFixture()
const leaf = fixture.client('p256')
const request = signSimpleRequest(fixture, 'p256')
const MESSAGE = Buffer.from('transfer 7 to bob')

const BOB: Caller = {
  clientId: 'bob',
  scopes: ['chancery.requests.verify'],
  authorityId: 'issuing-1',
  serialNumber: '0b',
}

async function createDeps() {
  const deps = await createDecisionStore(fixture)
  const decided: string[] = []
  return {
    ...deps,
    serialNumber: await record(deps.store, leaf),
    decided,
    metrics: {
      requestDecided: (decision: string, reason: string) => void decided.push(`${decision} ${reason}`),
    },
    settings: {
      ageWindowSeconds: 60,
      clockSkewSeconds: 30,
      decisionCacheSeconds: 40,
      maxStoredNonces: 1000,
      trustedProxies: ['bob'],
    },
  }
}

function input(
  credential: OfferedCredential | undefined,
  change: Partial<VerifyRequestInput> = {},
): VerifyRequestInput {
  return {
    credential,
    requiredScopes: ['bob.user.read'],
    match: 'all',
    audience: '',
    freshness: undefined,
    explain: false,
    ...change,
  }
}

function http(changed: HttpRequest = request, profile: 'unspecified' | 'simple' | 'rfc9421' = 'unspecified') {
  return { kind: 'http_signature', profile, request: changed } as const
}

const presented = { kind: 'presented_certificate', chain: [leaf], forwarded: undefined } as const

function detached(
  change: Partial<Extract<OfferedCredential, { kind: 'detached_signature' }>> = {},
  key: KeyName = 'p256',
) {
  return {
    kind: 'detached_signature',
    chain: [fixture.client(key)],
    signed: { kind: 'message', bytes: MESSAGE },
    signature: signAs(
      fixture.keys[key],
      key === 'rsa2048' ? 'rsa-v1_5-sha256' : 'ecdsa-p256-sha256',
      MESSAGE,
    ),
    algorithm: undefined,
    nonce: '',
    signedAt: undefined,
    ...change,
  } as const
}

async function assertError(call: Promise<unknown>, reason: ErrorReason, field?: string): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof DomainError, String(error))
    assert.equal(error.reason, reason)
    if (field !== undefined) assert.equal(error.metadata['field'], field)
    return true
  })
}

describe('verifyRequest', () => {
  it('allows a signed request once and denies it the second time', async () => {
    const deps = await createDeps()
    const first = await verifyRequest(deps, BOB, input(http()))
    assert.equal(first.decision, 'ALLOW')
    assert.equal(first.principal?.clientId, 'alice')
    assert.equal(first.evaluatedAt?.crlNumber, 7n)
    const second = await verifyRequest(deps, BOB, input(http()))
    assert.equal(second.denyReason, 'NONCE_REPLAYED')
    assert.deepEqual(deps.decided, ['ALLOW ', 'DENY NONCE_REPLAYED'])
  })

  it('lets no answer be reused for longer than the operator allows', async () => {
    const deps = await createDeps()
    const cached = new Date(FIXTURE_NOW.getTime() + 40_000)
    assert.deepEqual((await verifyRequest(deps, BOB, input(presented))).validUntil, cached)
    const settings = { ...deps.settings, decisionCacheSeconds: 0 }
    const { decision, validUntil } = await verifyRequest({ ...deps, settings }, BOB, input(presented))
    assert.equal(decision, 'ALLOW')
    assert.deepEqual(validUntil, FIXTURE_NOW)
  })

  it('allows one of many concurrent copies of a request', async () => {
    const deps = await createDeps()
    const decisions = await Promise.all(
      Array.from({ length: 20 }, () => verifyRequest(deps, BOB, input(http()))),
    )
    assert.equal(decisions.filter(({ decision }) => decision === 'ALLOW').length, 1)
  })

  it('remembers a nonce for as long as its request could be accepted', async () => {
    const deps = await createDeps()
    await verifyRequest(deps, BOB, input(http()))
    const keyId = keyIdOf(leaf)
    const claim = (seconds: number) => {
      const at = new Date(FIXTURE_NOW.getTime() + seconds * 1000)
      return deps.store.nonces.claim({ keyId, nonce: FIXTURE_NONCE, at, expiresAt: at }, 10)
    }
    assert.equal(await claim(60), 'replayed')
    assert.equal(await claim(91), 'claimed')
  })

  it('denies a certificate the moment it is revoked, its client locked, or both, as a verifier with lists alone does', async () => {
    const deps = await createDeps()
    assert.equal((await verifyRequest(deps, BOB, input(presented))).decision, 'ALLOW')
    await lockAlice(deps.store)
    const locked = await verifyRequest(deps, BOB, input(presented))
    assert.equal(locked.denyReason, 'CERTIFICATE_REVOKED')
    assert.match(locked.message, /\(certificateHold\)\. Its client is locked\.$/)
    await revoke(deps.store, deps.serialNumber)
    const revoked = await verifyRequest(deps, BOB, input(presented))
    assert.equal(revoked.denyReason, 'CERTIFICATE_REVOKED')
    assert.match(revoked.message, /\(keyCompromise\)/)
  })

  it('meets a demand for the list that a revocation will be in before the list is made', async () => {
    const deps = await createDeps()
    const demand = async (crlNumber: bigint) => {
      const freshness = { kind: 'at_least_crl_number', crlNumber } as const
      return (
        await verifyRequest(
          { ...deps, feed: { current: () => undefined } },
          BOB,
          input(presented, { freshness }),
        )
      ).denyReason
    }
    const other = fixture.client('p256', { serialNumber: Uint8Array.of(0x77) })
    const next = await deps.store.crls.nextNumber('issuing-1')
    assert.equal(await demand(next), 'FRESHNESS_UNMET')
    await revoke(deps.store, await record(deps.store, other))
    assert.equal(await demand(next), undefined)
    assert.equal(await demand(next + 1n), 'FRESHNESS_UNMET')
  })

  it('meets any demand for staleness, because the store is live', async () => {
    const deps = await createDeps()
    const freshness = { kind: 'max_staleness', milliseconds: 0 } as const
    assert.equal((await verifyRequest(deps, BOB, input(presented, { freshness }))).decision, 'ALLOW')
  })

  it('refuses a caller without the scope', async () => {
    const deps = await createDeps()
    await assertError(verifyRequest(deps, { ...BOB, scopes: [] }, input(presented)), 'CALLER_NOT_ALLOWED')
  })

  describe('with a certificate in a header', () => {
    const forwarded = (header: string, value: string, chainValue = ''): OfferedCredential => ({
      kind: 'presented_certificate',
      chain: [],
      forwarded: { header, value: Buffer.from(value), chainValue: Buffer.from(chainValue) },
    })
    const sequence = `:${formatBase64(leaf)}:`
    const good = forwarded('Client-Cert', sequence)

    it('takes it from a caller that the operator trusts as a proxy', async () => {
      const deps = await createDeps()
      const pem = encodeURIComponent(formatPem('CERTIFICATE', leaf))
      for (const offered of [
        good,
        forwarded('client-cert', sequence, `:${formatBase64(fixture.issuing)}:`),
        forwarded('X-SSL-Client-Cert', pem),
        forwarded('X-Forwarded-Client-Cert', `Cert="${pem}"`),
      ]) {
        const decision = await verifyRequest(deps, BOB, input(offered))
        assert.equal(decision.decision, 'ALLOW')
        assert.equal(decision.principal?.clientId, 'alice')
      }
    })

    it('refuses it from any other caller, whatever its rights, and says which one', async () => {
      const deps = await createDeps()
      const mallory = { ...BOB, clientId: 'mallory' }
      for (const offered of [good, forwarded('Client-Cert', ''), forwarded('Client-Cert', 'garbage')]) {
        await assertError(verifyRequest(deps, mallory, input(offered)), 'PROXY_NOT_TRUSTED')
      }
      assert.deepEqual(deps.decided, [])
      const none = { ...deps, settings: { ...deps.settings, trustedProxies: [] } }
      await assertError(verifyRequest(none, BOB, input(good)), 'PROXY_NOT_TRUSTED')
    })

    it('denies what cannot be read, and what is not there', async () => {
      const deps = await createDeps()
      const reason = async (offered: OfferedCredential) =>
        (await verifyRequest(deps, BOB, input(offered))).denyReason
      assert.equal(await reason(forwarded('Client-Cert', '')), 'CREDENTIAL_MISSING')
      assert.equal(await reason(forwarded('Client-Cert', `${sequence}, ${sequence}`)), 'CREDENTIAL_MALFORMED')
      assert.equal(await reason(forwarded('Client-Cert', ':AAEC:')), 'CERTIFICATE_MALFORMED')
    })

    it('refuses what the resource server got wrong', async () => {
      const deps = await createDeps()
      const field = 'presented_certificate.forwarded'
      const big = 'A'.repeat(64 * 1024)
      for (const [offered, wrong] of [
        [{ ...good, chain: [leaf] }, field],
        [forwarded('X-Client-Cert', sequence), `${field}.header`],
        [forwarded('', sequence), `${field}.header`],
        [forwarded('X-SSL-Client-Cert', 'a', sequence), `${field}.chain_value`],
        [forwarded('Client-Cert', 'a', big), `${field}.value`],
      ] as const) {
        await assertError(
          verifyRequest(deps, BOB, input(offered as OfferedCredential)),
          'FIELD_INVALID',
          wrong,
        )
      }
    })

    it('pays no attention to such headers in a signed request, not even from a trusted proxy', async () => {
      const deps = await createDeps()
      const bobs = `:${formatBase64(fixture.client('ed25519', { clientId: 'carol' }))}:`
      let signed = request
      for (const name of [
        'Client-Cert',
        'Client-Cert-Chain',
        'X-SSL-Client-Cert',
        'X-Forwarded-Client-Cert',
      ]) {
        signed = withHeader(signed, name, bobs)
      }
      const decision = await verifyRequest(deps, BOB, input(http(signed)))
      assert.equal(decision.principal?.clientId, 'alice')
      const unsigned = { ...request, headers: [header('Client-Cert', sequence)] }
      assert.equal((await verifyRequest(deps, BOB, input(http(unsigned)))).denyReason, 'CREDENTIAL_MISSING')
    })
  })

  it('takes Signature-Input for RFC 9421 unless the resource server says which profile', async () => {
    const deps = await createDeps()
    const decide = async (offered: OfferedCredential) =>
      (await verifyRequest(deps, BOB, input(offered))).denyReason ?? 'ALLOW'
    const { request: message } = signMessage(fixture, 'p256')
    const both = withHeader(request, 'SIGNATURE-Input', 'sig1=()')
    assert.equal(await decide(http(both)), 'CREDENTIAL_MISSING')
    assert.equal(await decide(http(both, 'simple')), 'ALLOW')
    assert.equal(await decide(http(request, 'rfc9421')), 'CREDENTIAL_MISSING')
    assert.equal(await decide(http(message, 'simple')), 'CREDENTIAL_MISSING')
    const other = signMessage(fixture, 'p256', { parameters: { nonce: '"ponmlkjihgfedcba"' } }).request
    assert.equal(await decide(http(other, 'rfc9421')), 'ALLOW')
    // One nonce, one key: a request of the one profile uses it up for the other.
    assert.equal(await decide(http(message)), 'NONCE_REPLAYED')
  })

  it('takes the scheme of the request for https unless told otherwise', async () => {
    const deps = await createDeps()
    const components = `${ALL_COMPONENTS} "@scheme"`
    const decide = async (scheme: 'https' | 'http', offered?: 'https' | 'http') => {
      const { request: message } = signMessage(fixture, 'p256', {
        scheme,
        components,
        parameters: { nonce: `"aaaaaaaaaaaa${scheme}-${offered ?? 'none'}"` },
      })
      const credential = { ...http(message), ...(offered && { scheme: offered }) }
      return (await verifyRequest(deps, BOB, input(credential))).denyReason ?? 'ALLOW'
    }
    assert.equal(await decide('https'), 'ALLOW')
    assert.equal(await decide('http', 'http'), 'ALLOW')
    assert.equal(await decide('http'), 'SIGNATURE_INVALID')
    assert.equal(await decide('https', 'http'), 'SIGNATURE_INVALID')
  })

  it('gives no decision when no more nonces can be remembered', async () => {
    const deps = await createDeps()
    const limits: number[] = []
    const full = {
      ...deps.store,
      nonces: {
        ...deps.store.nonces,
        claim: (_claim: unknown, limit: number) => {
          limits.push(limit)
          return Promise.resolve('full' as const)
        },
      },
    }
    await assertError(verifyRequest({ ...deps, store: full }, BOB, input(http())), 'NONCE_STORE_FULL')
    assert.deepEqual(limits, [1000])
    assert.deepEqual(deps.decided, [])
  })

  describe('judges a token of this service', () => {
    const { keys } = fixture
    const offer = (token: string, certificate?: OfferedCertificate): OfferedCredential => ({
      kind: 'bearer_token',
      token,
      certificate,
    })
    const bound = signToken(keys, { claims: boundTo(leaf) })

    it('alone, and beside the certificate that it is bound to', async () => {
      const deps = await createDeps()
      const alone = await verifyRequest(deps, BOB, input(offer(signToken(keys))))
      assert.equal(alone.decision, 'ALLOW')
      assert.deepEqual(
        [alone.principal?.clientId, alone.principal?.tokenId, alone.principal?.serialNumber],
        ['alice', 'token-1', ''],
      )
      const beside = await verifyRequest(deps, BOB, input(offer(bound, presented)))
      assert.equal(beside.decision, 'ALLOW')
      assert.equal(beside.principal?.serialNumber, deps.serialNumber)
      assert.equal((await verifyRequest(deps, BOB, input(offer(bound)))).denyReason, 'TOKEN_BINDING_MISMATCH')
    })

    it('by the certificate in a header only of a proxy that is trusted', async () => {
      const deps = await createDeps()
      const forwarded = { header: 'Client-Cert', value: Buffer.from(':AA==:'), chainValue: Buffer.of() }
      const credential = offer(bound, { kind: 'presented_certificate', chain: [], forwarded })
      const carol = { ...BOB, clientId: 'carol' }
      await assertError(verifyRequest(deps, carol, input(credential)), 'PROXY_NOT_TRUSTED')
      assert.equal((await verifyRequest(deps, BOB, input(credential))).denyReason, 'TOKEN_BINDING_MISMATCH')
    })

    it('by the state of its client now', async () => {
      const deps = await createDeps()
      await lockAlice(deps.store)
      assert.equal(
        (await verifyRequest(deps, BOB, input(offer(signToken(keys))))).denyReason,
        'CLIENT_LOCKED',
      )
      const carol = signToken(keys, { claims: { sub: 'carol', client_id: 'carol' } })
      assert.equal((await verifyRequest(deps, BOB, input(offer(carol)))).denyReason, 'CLIENT_UNKNOWN')
    })

    it('by the grant of its client now: a scope that was taken ends the token', async () => {
      const deps = await createDeps()
      const change = { clientId: 'alice', grantedScopes: ['bob.user.read'], at: FIXTURE_NOW, dryRun: false }
      await deps.store.clients.setScopes(change, auditEntry())
      assert.equal(
        (await verifyRequest(deps, BOB, input(offer(signToken(keys))))).denyReason,
        'TOKEN_REVOKED',
      )
      const narrow = signToken(keys, { claims: { scope: 'bob.user.read' } })
      assert.equal((await verifyRequest(deps, BOB, input(offer(narrow)))).decision, 'ALLOW')
    })

    it('with its certificate, which is revoked like any other', async () => {
      const deps = await createDeps()
      await revoke(deps.store, deps.serialNumber)
      const decision = await verifyRequest(deps, BOB, input(offer(bound, presented)))
      assert.equal(decision.denyReason, 'CERTIFICATE_REVOKED')
    })
  })

  describe('refuses as not in this release', () => {
    const cases: readonly (readonly [string, OfferedCredential, string])[] = [
      [
        'a digest under ECDSA',
        detached({ signed: { kind: 'sha256', digest: sha256(MESSAGE) } }),
        'detached_signature.digest',
      ],
    ]
    for (const [name, credential, field] of cases) {
      it(name, async () => {
        await assertError(
          verifyRequest(await createDeps(), BOB, input(credential)),
          'FIELD_NOT_IMPLEMENTED',
          field,
        )
      })
    }

    it('but takes the simple profile at its word', async () => {
      const changed = withHeader(request, 'Signature-Input', 'sig1=()')
      const decision = await verifyRequest(await createDeps(), BOB, input(http(changed, 'simple')))
      assert.equal(decision.decision, 'ALLOW')
    })
  })

  describe('refuses as invalid', () => {
    const many = Array.from({ length: 129 }, (_, i) => header(`x-${i}`, ''))
    const cases: readonly (readonly [string, VerifyRequestInput, string])[] = [
      ['no credential', input(undefined), 'credential'],
      ['no method', input(http({ ...request, method: '' })), 'http_signature.method'],
      [
        'a method of 33 characters',
        input(http({ ...request, method: 'A'.repeat(33) })),
        'http_signature.method',
      ],
      ['no target', input(http({ ...request, target: '' })), 'http_signature.target'],
      [
        'a target over 8 KiB',
        input(http({ ...request, target: `/${'a'.repeat(8192)}` })),
        'http_signature.target',
      ],
      ['no authority', input(http({ ...request, authority: '' })), 'http_signature.authority'],
      [
        'an authority of 256',
        input(http({ ...request, authority: 'a'.repeat(256) })),
        'http_signature.authority',
      ],
      ['129 headers', input(http({ ...request, headers: many })), 'http_signature.headers'],
      [
        'a header without a name',
        input(http({ ...request, headers: [header('', 'x')] })),
        'http_signature.headers',
      ],
      [
        'a header over 32 KiB',
        input(http({ ...request, headers: [header('x', 'a'.repeat(32 * 1024 + 1))] })),
        'http_signature.headers',
      ],
      [
        'headers over 64 KiB',
        input(http({ ...request, headers: [1, 2, 3].map((i) => header(`x${i}`, 'a'.repeat(30 * 1024))) })),
        'http_signature.headers',
      ],
      [
        'a body over 1 MiB',
        input(http({ ...request, body: { kind: 'bytes', bytes: new Uint8Array(1024 * 1024 + 1) } })),
        'http_signature.body_bytes',
      ],
      [
        'a body digest of 31 octets',
        input(http({ ...request, body: { kind: 'sha256', digest: new Uint8Array(31) } })),
        'http_signature.body_sha256',
      ],
      [
        'a detached signature of nothing',
        input(detached({ signed: undefined })),
        'detached_signature.signed',
      ],
      [
        'a message over 1 MiB',
        input(detached({ signed: { kind: 'message', bytes: new Uint8Array(1024 * 1024 + 1) } })),
        'detached_signature.message',
      ],
      [
        'a digest of 20 octets',
        input(detached({ signed: { kind: 'sha256', digest: new Uint8Array(20) } })),
        'detached_signature.digest',
      ],
      ['a nonce without a time', input(detached({ nonce: FIXTURE_NONCE })), 'detached_signature.signed_at'],
      [
        '65 scopes',
        input(presented, { requiredScopes: Array.from({ length: 65 }, (_, i) => `a.b${i}`) }),
        'required_scopes',
      ],
      ['an audience in upper case', input(presented, { audience: 'Bob' }), 'audience'],
      ['an audience with a wildcard', input(presented, { audience: 'bob.*' }), 'audience'],
      [
        'a negative staleness',
        input(presented, { freshness: { kind: 'max_staleness', milliseconds: -1 } }),
        'freshness.max_staleness',
      ],
      [
        'a staleness that is no number',
        input(presented, { freshness: { kind: 'max_staleness', milliseconds: Number.NaN } }),
        'freshness.max_staleness',
      ],
    ]
    for (const [name, given, field] of cases) {
      it(name, async () => {
        await assertError(verifyRequest(await createDeps(), BOB, given), 'FIELD_INVALID', field)
      })
    }

    for (const scope of ['', 'bob.*', 'bob.**', 'Bob', 'bob..user']) {
      it(`the required scope ${JSON.stringify(scope)}`, async () => {
        const call = verifyRequest(await createDeps(), BOB, input(presented, { requiredScopes: [scope] }))
        await assertError(call, 'SCOPE_MALFORMED')
      })
    }
  })
})
