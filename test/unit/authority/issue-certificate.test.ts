import assert from 'node:assert/strict'
import { sign, X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { createClient } from '../../../src/authority/create-client.ts'
import { issueCertificate } from '../../../src/authority/issue-certificate.ts'
import { lockClient } from '../../../src/authority/lock-client.ts'
import { revokeCertificate } from '../../../src/authority/revoke-certificate.ts'
import { setClientScopes } from '../../../src/authority/set-client-scopes.ts'
import { proofOfPossessionMessage } from '../../../src/core/issuance/proof-of-possession.ts'
import { certificateScopes } from '../../../src/core/scope/scope-extension.ts'
import { parseCertificate } from '../../../src/core/x509/certificate.ts'
import { ADMIN, buildCsr, buildUseCases, callerOf, issueRequest } from '../../support/build-use-cases.ts'

async function withAlice(
  options: { grantedScopes?: string[]; profiles?: string[]; dnsNames?: string[] } = {},
) {
  const deps = await buildUseCases()
  await createClient(deps, ADMIN, {
    clientId: 'alice',
    displayName: '',
    grantedScopes: options.grantedScopes ?? ['bob.user.read', 'bob.user.write'],
    profiles: options.profiles ?? [],
    dnsNames: options.dnsNames ?? [],
  })
  return deps
}

describe('issueCertificate', () => {
  it('issues a certificate with the whole grant when no scopes are named', async () => {
    const deps = await withAlice()
    const issued = await issueCertificate(deps, ADMIN, issueRequest())
    const certificate = parseCertificate(issued.certificate!.der)
    assert.deepEqual(certificateScopes(certificate, deps.meta.scopeExtensionOid), [
      'bob.user.read',
      'bob.user.write',
    ])
    const issuer = new X509Certificate(issued.chainDer[0]!)
    assert.ok(new X509Certificate(issued.certificate!.der).verify(issuer.publicKey))
    const stored = await deps.store.certificates.get('issuing-1', issued.certificate!.serialNumber)
    assert.equal(stored?.clientId, 'alice')
  })

  it('narrows to the scopes that are named', async () => {
    const deps = await withAlice()
    const issued = await issueCertificate(deps, ADMIN, issueRequest({ scopes: ['bob.user.read'] }))
    assert.deepEqual(issued.scopes, ['bob.user.read'])
  })

  it('refuses a scope that the client is not granted', async () => {
    const deps = await withAlice()
    await assert.rejects(issueCertificate(deps, ADMIN, issueRequest({ scopes: ['bob.user.delete'] })), {
      reason: 'SCOPE_NOT_GRANTABLE',
    })
  })

  it('lets a client renew its own and refuses it for another', async () => {
    const deps = await withAlice()
    await issueCertificate(deps, callerOf('alice'), issueRequest())
    await assert.rejects(issueCertificate(deps, callerOf('mallory'), issueRequest()), {
      reason: 'CALLER_NOT_ALLOWED',
    })
  })

  it('carries no scopes where none are wanted, and tells that from a request for all', async () => {
    const deps = await withAlice()
    const issued = await issueCertificate(deps, ADMIN, issueRequest({ noScopes: true, idempotencyKey: 'k' }))
    const certificate = parseCertificate(issued.certificate!.der)
    assert.deepEqual(certificateScopes(certificate, deps.meta.scopeExtensionOid), [])
    assert.deepEqual(issued.warnings, [])
    await assert.rejects(issueCertificate(deps, ADMIN, issueRequest({ idempotencyKey: 'k' })), {
      reason: 'IDEMPOTENCY_KEY_REUSED',
    })
    await assert.rejects(
      issueCertificate(deps, ADMIN, issueRequest({ noScopes: true, scopes: ['bob.user.read'] })),
      { reason: 'FIELD_INVALID', metadata: { field: 'no_scopes' } },
    )
  })

  it('refuses to renew scopes that were taken away meanwhile', async () => {
    const deps = await withAlice()
    await setClientScopes(deps, ADMIN, {
      clientId: 'alice',
      grantedScopes: ['bob.user.read'],
      etag: '',
      dryRun: false,
    })
    await assert.rejects(
      issueCertificate(deps, callerOf('alice'), issueRequest({ scopes: ['bob.user.write'] })),
      {
        reason: 'SCOPE_NOT_GRANTABLE',
      },
    )
    const issued = await issueCertificate(deps, callerOf('alice'), issueRequest())
    assert.deepEqual(issued.scopes, ['bob.user.read'])
  })

  it('returns the same certificate for a retry with the same idempotency key', async () => {
    const deps = await withAlice()
    const request = issueRequest({ idempotencyKey: 'retry-1' })
    const first = await issueCertificate(deps, ADMIN, request)
    const second = await issueCertificate(deps, ADMIN, request)
    assert.deepEqual(second.certificate, first.certificate)
    assert.equal(first.replayed, false)
    assert.equal(second.replayed, true)
  })

  it('says on a retry that the certificate was revoked meanwhile', async () => {
    const deps = await withAlice()
    const request = issueRequest({ idempotencyKey: 'retry-1' })
    const first = await issueCertificate(deps, ADMIN, request)
    await revokeCertificate(deps, ADMIN, {
      target: { kind: 'serial', serialNumber: first.certificate!.serialNumber, authority: '' },
      reason: 'keyCompromise',
      invalidityDate: undefined,
      expectedCount: undefined,
      dryRun: false,
    })
    const again = await issueCertificate(deps, ADMIN, request)
    assert.equal(again.certificate!.serialNumber, first.certificate!.serialNumber)
    assert.match(again.warnings.join(), /revoked.*keyCompromise/)
  })

  it('refuses a certificate of the service itself to everyone, whatever their rights', async () => {
    const deps = await withAlice()
    for (const dryRun of [false, true]) {
      const request = issueRequest({ clientId: 'chancery', profile: 'server', dryRun })
      await assert.rejects(issueCertificate(deps, ADMIN, request), { reason: 'CALLER_NOT_ALLOWED' })
    }
  })

  it('mints once when the same request comes many times at once', async () => {
    const deps = await withAlice()
    const request = issueRequest({ idempotencyKey: 'storm' })
    const issued = await Promise.all(Array.from({ length: 8 }, () => issueCertificate(deps, ADMIN, request)))
    assert.equal(new Set(issued.map(({ certificate }) => certificate!.serialNumber)).size, 1)
    assert.equal(issued.filter(({ replayed }) => !replayed).length, 1)
  })

  it('refuses an idempotency key that was used for another request', async () => {
    const deps = await withAlice()
    await issueCertificate(deps, ADMIN, issueRequest({ idempotencyKey: 'k' }))
    await assert.rejects(issueCertificate(deps, ADMIN, issueRequest({ idempotencyKey: 'k' })), {
      reason: 'IDEMPOTENCY_KEY_REUSED',
    })
  })

  it('forgets an idempotency key after a day', async () => {
    const deps = await withAlice()
    await issueCertificate(deps, ADMIN, issueRequest({ idempotencyKey: 'k' }))
    await deps.time.advance(24 * 60 * 60 * 1000 + 1)
    const issued = await issueCertificate(deps, ADMIN, issueRequest({ idempotencyKey: 'k' }))
    assert.equal(issued.replayed, false)
  })

  it('keeps the idempotency keys of two callers apart', async () => {
    const deps = await withAlice()
    const request = issueRequest({ idempotencyKey: 'k' })
    await issueCertificate(deps, ADMIN, request)
    const issued = await issueCertificate(deps, callerOf('alice'), request)
    assert.equal(issued.replayed, false)
  })

  it('signs and stores nothing on a dry run', async () => {
    const deps = await withAlice()
    const issued = await issueCertificate(deps, ADMIN, issueRequest({ dryRun: true, idempotencyKey: 'dry' }))
    assert.equal(issued.certificate, undefined)
    assert.deepEqual(issued.scopes, ['bob.user.read', 'bob.user.write'])
    const page = await deps.store.certificates.list({ limit: 10, at: deps.clock.now() })
    assert.equal(page.certificates.length, 0)
  })

  it('records which certificate was replaced, and refuses one of another client or a revoked one', async () => {
    const deps = await withAlice()
    const first = await issueCertificate(deps, ADMIN, issueRequest())
    const serialNumber = first.certificate!.serialNumber
    const second = await issueCertificate(deps, ADMIN, issueRequest({ replacesSerialNumber: serialNumber }))
    const stored = await deps.store.certificates.get('issuing-1', second.certificate!.serialNumber)
    assert.equal(stored?.replacesSerialNumber, serialNumber)
    await assert.rejects(issueCertificate(deps, ADMIN, issueRequest({ replacesSerialNumber: 'abcd' })), {
      reason: 'REPLACEMENT_INVALID',
    })
    await revokeCertificate(deps, ADMIN, {
      target: { kind: 'serial', serialNumber, authority: '' },
      reason: 'superseded',
      invalidityDate: undefined,
      expectedCount: undefined,
      dryRun: false,
    })
    await assert.rejects(
      issueCertificate(deps, ADMIN, issueRequest({ replacesSerialNumber: serialNumber })),
      {
        reason: 'REPLACEMENT_INVALID',
      },
    )
  })

  it('refuses a locked client and one that does not exist', async () => {
    const deps = await withAlice()
    await lockClient(deps, ADMIN, { clientId: 'alice', message: 'stolen laptop' })
    await assert.rejects(issueCertificate(deps, ADMIN, issueRequest()), { reason: 'CLIENT_LOCKED' })
    await assert.rejects(issueCertificate(deps, ADMIN, issueRequest({ clientId: 'nobody' })), {
      reason: 'CLIENT_NOT_FOUND',
    })
  })

  it('refuses a profile that the client may not use, and one that does not exist', async () => {
    const deps = await withAlice()
    await assert.rejects(issueCertificate(deps, ADMIN, issueRequest({ profile: 'server' })), {
      reason: 'PROFILE_NOT_ALLOWED',
    })
    await assert.rejects(issueCertificate(deps, ADMIN, issueRequest({ profile: 'root' })), {
      reason: 'PROFILE_UNKNOWN',
    })
  })

  it('refuses a validity beyond the profile', async () => {
    const deps = await withAlice()
    for (const validitySeconds of [9, 398 * 24 * 60 * 60]) {
      await assert.rejects(issueCertificate(deps, ADMIN, issueRequest({ validitySeconds })), {
        reason: 'VALIDITY_OUT_OF_RANGE',
      })
    }
  })

  it('accepts a bare public key with its proof, bound to the client it is for', async () => {
    const deps = await withAlice()
    const { spkiDer, privateKey } = buildCsr()
    const proof = sign('sha256', proofOfPossessionMessage('alice', spkiDer), privateKey)
    const claim = { kind: 'public_key', publicKeyDer: spkiDer, proof } as const
    const issued = await issueCertificate(deps, ADMIN, issueRequest({ key: claim }))
    assert.ok(issued.certificate)
    const forBob = sign('sha256', proofOfPossessionMessage('bob', spkiDer), privateKey)
    await assert.rejects(issueCertificate(deps, ADMIN, issueRequest({ key: { ...claim, proof: forBob } })), {
      reason: 'CSR_SIGNATURE_INVALID',
    })
    await assert.rejects(
      issueCertificate(deps, ADMIN, issueRequest({ key: { ...claim, proof: new Uint8Array() } })),
      { reason: 'FIELD_INVALID' },
    )
  })

  it('refuses a key that is known to someone else, for every client and also on a dry run', async () => {
    const deps = await withAlice()
    const key = { kind: 'csr', der: buildCsr().csrDer } as const
    const issued = await issueCertificate(deps, ADMIN, issueRequest({ key }))
    await revokeCertificate(deps, ADMIN, {
      target: { kind: 'serial', serialNumber: issued.certificate!.serialNumber, authority: '' },
      reason: 'keyCompromise',
      invalidityDate: undefined,
      expectedCount: undefined,
      dryRun: false,
    })
    for (const dryRun of [true, false]) {
      await assert.rejects(issueCertificate(deps, ADMIN, issueRequest({ key, dryRun })), {
        reason: 'PUBLIC_KEY_REJECTED',
        metadata: { field: 'key', defect: 'public_key.compromised' },
      })
    }
    await issueCertificate(deps, ADMIN, issueRequest())
  })

  it('refuses a CSR whose signature was made by another key', async () => {
    const deps = await withAlice()
    const der = Uint8Array.from(buildCsr().csrDer)
    der[der.length - 1]! ^= 1
    await assert.rejects(issueCertificate(deps, ADMIN, issueRequest({ key: { kind: 'csr', der } })), {
      reason: 'CSR_SIGNATURE_INVALID',
    })
  })

  it('refuses bytes that are no CSR', async () => {
    const deps = await withAlice()
    for (const der of [new Uint8Array(), Uint8Array.of(0x30, 0x80), new Uint8Array(20_000)]) {
      await assert.rejects(issueCertificate(deps, ADMIN, issueRequest({ key: { kind: 'csr', der } })), {
        reason: 'CSR_MALFORMED',
      })
    }
  })

  it('copies host names only under a profile that carries them and a client that is allowed them', async () => {
    const deps = await withAlice({ profiles: ['client', 'server'], dnsNames: ['alice.internal'] })
    const key = { kind: 'csr', der: buildCsr('alice', ['alice.internal', 'bank.example']).csrDer } as const
    const server = await issueCertificate(deps, ADMIN, issueRequest({ key, profile: 'server' }))
    assert.match(new X509Certificate(server.certificate!.der).subjectAltName ?? '', /DNS:alice\.internal$/)
    assert.ok(server.warnings.some((warning) => warning.includes('bank.example')))
    const client = await issueCertificate(deps, ADMIN, issueRequest({ key, profile: 'client' }))
    assert.doesNotMatch(new X509Certificate(client.certificate!.der).subjectAltName ?? '', /DNS:/)
  })

  it('bounds the certificates that a client has at once: what is revoked or has expired makes room', async () => {
    const deps = await withAlice()
    const bounded = { ...deps, settings: { ...deps.settings, maxCertificatesPerClient: 2 } }
    const refusal = {
      reason: 'CERTIFICATE_LIMIT_REACHED',
      metadata: { client_id: 'alice', limit: '2' },
    }
    const first = await issueCertificate(bounded, ADMIN, issueRequest({ idempotencyKey: 'first' }))
    await issueCertificate(bounded, ADMIN, issueRequest({ profile: '', validitySeconds: 60 }))
    await assert.rejects(issueCertificate(bounded, ADMIN, issueRequest()), refusal)
    const replacesSerialNumber = first.certificate!.serialNumber
    const renewal = issueRequest({ replacesSerialNumber })
    await assert.rejects(issueCertificate(bounded, callerOf('alice'), renewal), refusal)
    await revokeCertificate(deps, ADMIN, {
      target: { kind: 'serial', serialNumber: replacesSerialNumber, authority: '' },
      reason: 'superseded',
      invalidityDate: undefined,
      expectedCount: undefined,
      dryRun: false,
    })
    await issueCertificate(bounded, callerOf('alice'), issueRequest())
    await assert.rejects(issueCertificate(bounded, ADMIN, issueRequest()), refusal)
    await deps.time.advance(61_000)
    await issueCertificate(bounded, ADMIN, issueRequest())
    await assert.rejects(issueCertificate(bounded, ADMIN, issueRequest()), refusal)
  })

  it('answers a dry run as the real call, when the client has as many certificates as it may have', async () => {
    const deps = await withAlice()
    const bounded = { ...deps, settings: { ...deps.settings, maxCertificatesPerClient: 1 } }
    const dryRun = () => issueCertificate(bounded, ADMIN, issueRequest({ dryRun: true }))
    assert.equal((await dryRun()).certificate, undefined)
    await issueCertificate(bounded, ADMIN, issueRequest({ validitySeconds: 60 }))
    const refusal = { reason: 'CERTIFICATE_LIMIT_REACHED', metadata: { client_id: 'alice', limit: '1' } }
    await assert.rejects(dryRun(), refusal)
    await assert.rejects(issueCertificate(bounded, ADMIN, issueRequest()), refusal)
    await deps.time.advance(61_000)
    assert.equal((await dryRun()).certificate, undefined)
  })

  it('gives a retry its certificate also when the client has as many as it may have', async () => {
    const deps = await withAlice()
    const bounded = { ...deps, settings: { ...deps.settings, maxCertificatesPerClient: 1 } }
    const request = issueRequest({ idempotencyKey: 'once' })
    await issueCertificate(bounded, ADMIN, request)
    assert.ok((await issueCertificate(bounded, ADMIN, request)).replayed)
  })

  it('writes each issue to the audit table, and a replay not at all', async () => {
    const deps = await withAlice()
    const request = issueRequest({ idempotencyKey: 'once' })
    await issueCertificate(deps, ADMIN, request)
    await issueCertificate(deps, ADMIN, request)
    const entries = await deps.store.audit.list({ afterSequence: 0n, limit: 100 })
    assert.equal(entries.filter(({ action }) => action === 'certificate.issue').length, 1)
  })
})
