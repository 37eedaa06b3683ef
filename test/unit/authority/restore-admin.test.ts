import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALL_RIGHTS } from '../../../src/authority/access.ts'
import { lockClient } from '../../../src/authority/lock-client.ts'
import { restoreAdmin } from '../../../src/authority/restore-admin.ts'
import { issueAdminCertificate } from '../../../src/authority/service-certificate.ts'
import { setClientScopes } from '../../../src/authority/set-client-scopes.ts'
import { ADMIN, buildCsr, buildUseCases } from '../../support/build-use-cases.ts'

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
