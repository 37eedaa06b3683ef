import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createClient } from '../../../src/authority/create-client.ts'
import { issueCertificate } from '../../../src/authority/issue-certificate.ts'
import { lockClient } from '../../../src/authority/lock-client.ts'
import { revokeCertificate } from '../../../src/authority/revoke-certificate.ts'
import { unrevokeCertificate } from '../../../src/authority/unrevoke-certificate.ts'
import type { CrlReason } from '../../../src/core/x509/types.ts'
import { ADMIN, buildCsr, buildUseCases, callerOf, issueRequest } from '../../support/build-use-cases.ts'

async function withAlice() {
  const deps = await buildUseCases()
  await createClient(deps, ADMIN, {
    clientId: 'alice',
    displayName: '',
    grantedScopes: ['bob.user.read'],
    profiles: [],
    dnsNames: [],
  })
  const key = { kind: 'csr', der: buildCsr().csrDer } as const
  const issue = async () => (await issueCertificate(deps, ADMIN, issueRequest({ key }))).certificate!
  const { der, serialNumber } = await issue()
  const other = await issue()
  const target = { kind: 'serial', serialNumber, authority: '' } as const
  const revoke = (reason: CrlReason, named = serialNumber) =>
    revokeCertificate(deps, ADMIN, {
      target: { ...target, serialNumber: named },
      reason,
      invalidityDate: undefined,
      expectedCount: undefined,
      dryRun: false,
    })
  return { ...deps, der, serialNumber, other, target, revoke }
}

describe('unrevokeCertificate', () => {
  it('lifts a hold, by number or by certificate, and says which list is the first without it', async () => {
    const deps = await withAlice()
    for (const target of [deps.target, { kind: 'certificate', der: deps.der } as const]) {
      await deps.revoke('certificateHold')
      await deps.time.advance(100)
      assert.equal(deps.feed.complete('issuing-1')!.entryCount, 1)
      const result = await unrevokeCertificate(deps, ADMIN, { target })
      assert.equal(result.certificate.revocation, undefined)
      await deps.time.advance(100)
      assert.equal(deps.feed.current('issuing-1')!.crlNumber, result.crlNumber)
      assert.equal(deps.feed.complete('issuing-1')!.entryCount, 0)
    }
    const last = (await deps.store.audit.list({ afterSequence: 0n, limit: 1000 })).at(-1)
    assert.equal(last?.action, 'certificate.unrevoke')
    assert.equal(last.subject, deps.serialNumber)
    assert.deepEqual(last.details, { authority: 'issuing-1' })
  })

  it('refuses what is not on hold, and names what it is', async () => {
    const deps = await withAlice()
    const attempt = () => unrevokeCertificate(deps, ADMIN, deps)
    const metadata = { authority: 'issuing-1', serial_number: deps.serialNumber }
    await assert.rejects(attempt(), {
      reason: 'NOT_ON_HOLD',
      metadata: { ...metadata, revocation_reason: '' },
    })
    await deps.revoke('superseded')
    await assert.rejects(attempt(), {
      reason: 'NOT_ON_HOLD',
      metadata: { ...metadata, revocation_reason: 'superseded' },
    })
  })

  it('refuses a caller without the right, also for its own certificate', async () => {
    const deps = await withAlice()
    await deps.revoke('certificateHold')
    for (const clientId of ['alice', 'bob']) {
      await assert.rejects(unrevokeCertificate(deps, callerOf(clientId), deps), {
        reason: 'CALLER_NOT_ALLOWED',
      })
    }
  })

  it('refuses while the client is locked, and a key that is known to someone else', async () => {
    const deps = await withAlice()
    await deps.revoke('certificateHold')
    await deps.revoke('keyCompromise', deps.other.serialNumber)
    await assert.rejects(unrevokeCertificate(deps, ADMIN, deps), { reason: 'PUBLIC_KEY_REJECTED' })
    await lockClient(deps, ADMIN, { clientId: 'alice', message: '' })
    await assert.rejects(unrevokeCertificate(deps, ADMIN, deps), { reason: 'CLIENT_LOCKED' })
  })

  it('refuses what names no certificate', async () => {
    const deps = await withAlice()
    const attempts = [
      [{ kind: 'serial', serialNumber: 'abcd', authority: '' }, 'CERTIFICATE_NOT_FOUND'],
      [{ kind: 'serial', serialNumber: 'abcd', authority: 'nowhere' }, 'AUTHORITY_NOT_FOUND'],
      [{ kind: 'serial', serialNumber: 'xyz', authority: '' }, 'FIELD_INVALID'],
      [{ kind: 'certificate', der: new Uint8Array(3) }, 'CERTIFICATE_MALFORMED'],
    ] as const
    for (const [target, reason] of attempts)
      await assert.rejects(unrevokeCertificate(deps, ADMIN, { target }), { reason })
  })
})
