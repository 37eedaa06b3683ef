import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALL_RIGHTS } from '../../../src/authority/access.ts'
import { lockClient } from '../../../src/authority/lock-client.ts'
import { restoreAdmin } from '../../../src/authority/restore-admin.ts'
import { issueAdminCertificate } from '../../../src/authority/service-certificate.ts'
import { setClientScopes } from '../../../src/authority/set-client-scopes.ts'
import { sha256 } from '../../../src/core/crypto.ts'
import { MAX_REVOCATION_TARGETS } from '../../../src/core/limits.ts'
import { ADMIN, buildCsr, buildUseCases } from '../../support/build-use-cases.ts'
import { auditEntry } from '../../support/store-fixtures.ts'

async function withAdmin() {
  const deps = await buildUseCases()
  const certify = () => issueAdminCertificate(deps, buildCsr('admin').csrDer)
  const issued = await certify()
  const audit = async () =>
    (await deps.store.audit.list({ afterSequence: 0n, limit: 100 })).map(({ action }) => action)
  const status = () => deps.store.certificates.status('issuing-1', issued.certificate!.serialNumber)
  return { ...deps, certify, audit, status }
}

describe('restoreAdmin', () => {
  it('lets a locked admin in again, and nobody with what it held before', async () => {
    const deps = await withAdmin()
    await lockClient(deps, ADMIN, { clientId: 'admin', message: 'stolen' })
    await restoreAdmin(deps)
    assert.equal(deps.status()?.revocation?.reason, 'superseded')
    assert.equal(deps.status()?.clientState, 'active')
    await deps.certify()
    assert.deepEqual((await deps.audit()).slice(-3), [
      'certificate.revoke',
      'client.unlock',
      'certificate.issue',
    ])
  })

  it('leaves a locked admin nothing that it held, however much that is', async () => {
    const deps = await withAdmin()
    const [held] = (await deps.store.certificates.list({ limit: 1, at: deps.clock.now() })).certificates
    const count = MAX_REVOCATION_TARGETS + 1
    const serials = Array.from({ length: count }, (_, i) => (0x100000 + i).toString(16))
    for (const serialNumber of serials) {
      const certificateSha256 = sha256(Buffer.from(serialNumber))
      const certificate = { ...held!, serialNumber, certificateSha256 }
      await deps.store.certificates.insert(certificate, { clientVersion: 1 }, auditEntry())
    }
    await lockClient(deps, ADMIN, { clientId: 'admin', message: 'stolen' })
    await restoreAdmin(deps)
    const reasons = serials.map((one) => deps.store.certificates.status('issuing-1', one)?.revocation?.reason)
    assert.deepEqual(new Set(reasons), new Set(['superseded']))
    assert.equal(deps.status()?.revocation?.reason, 'superseded')
    assert.equal(deps.status()?.clientState, 'active')
  })

  it('gives back the rights that were taken, and leaves the other scopes', async () => {
    const deps = await withAdmin()
    await setClientScopes(deps, ADMIN, {
      clientId: 'admin',
      grantedScopes: ['other'],
      etag: '',
      dryRun: false,
    })
    await restoreAdmin(deps)
    assert.deepEqual((await deps.certify()).scopes, [...ALL_RIGHTS, 'other'])
  })

  it('changes nothing where nothing is missing', async () => {
    const deps = await withAdmin()
    const before = await deps.audit()
    await restoreAdmin(deps)
    assert.deepEqual(await deps.audit(), before)
    assert.equal(deps.status()?.revocation, undefined)
  })
})
