import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { SERVICE_CLIENT_ID } from '../../../src/authority/first-clients.ts'
import type { IssuedCertificate } from '../../../src/authority/issue-certificate.ts'
import { lockClient } from '../../../src/authority/lock-client.ts'
import { revokeCertificate } from '../../../src/authority/revoke-certificate.ts'
import {
  issueAdminCertificate,
  issueServiceCertificate,
  keepCertificate,
} from '../../../src/authority/service-certificate.ts'
import { renewalWindow } from '../../../src/core/issuance/renewal-window.ts'
import { ADMIN, buildCsr, buildUseCases } from '../../support/build-use-cases.ts'
import { settle, silentLog } from '../../support/fakes.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Without the lists, whose timers have nothing to do with this and fire often in half a year. */
async function buildWithoutLists() {
  const deps = await buildUseCases()
  await deps.feed.stop()
  return deps
}

async function certify(deps: Awaited<ReturnType<typeof buildUseCases>>): Promise<IssuedCertificate> {
  return issueServiceCertificate(deps, buildCsr(SERVICE_CLIENT_ID).csrDer)
}

describe('the certificate of the service itself', () => {
  it('carries the configured names and can be used by a server only', async () => {
    const deps = await buildUseCases()
    const certificate = new X509Certificate((await certify(deps)).certificate!.der)
    assert.match(certificate.subjectAltName ?? '', /DNS:localhost, IP Address:127\.0\.0\.1/)
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1'])
  })

  it('is issued, as is that of the admin on the spot, however many there are already', async () => {
    const deps = await buildUseCases()
    const bounded = { ...deps, settings: { ...deps.settings, maxCertificatesPerClient: 1 } }
    for (let i = 0; i < 3; i++) {
      assert.ok((await certify(bounded)).certificate)
      assert.ok((await issueAdminCertificate(bounded, buildCsr('admin').csrDer)).certificate)
    }
  })

  it('stands in the inventory like any other', async () => {
    const deps = await buildUseCases()
    const issued = await certify(deps)
    const stored = await deps.store.certificates.get('issuing-1', issued.certificate!.serialNumber)
    assert.equal(stored?.clientId, SERVICE_CLIENT_ID)
  })

  it('is renewed within its window, again and again', async () => {
    const deps = await buildWithoutLists()
    const first = await certify(deps)
    const renewedAt: Date[] = []
    keepCertificate({ ...deps, log: silentLog }, 'TLS', first, () => {
      renewedAt.push(deps.clock.now())
      // Made here and not by the authority, whose work on the thread pool the fake time does not wait for.
      const notAfter = new Date(deps.clock.now().getTime() + 90 * DAY_MS)
      return Promise.resolve({ ...first, notAfter, renewalWindow: renewalWindow(deps.clock.now(), notAfter) })
    })
    const { start, end } = first.renewalWindow
    await deps.time.advance(start.getTime() - deps.clock.now().getTime() - 1)
    assert.equal(renewedAt.length, 0)
    await deps.time.advance(end.getTime() - deps.clock.now().getTime())
    assert.equal(renewedAt.length, 1)
    await deps.time.advance(180 * DAY_MS)
    assert.ok(renewedAt.length >= 3)
  })

  it('is tried again a minute after a renewal failed', async () => {
    const deps = await buildWithoutLists()
    const first = await certify(deps)
    let attempts = 0
    keepCertificate({ ...deps, log: silentLog }, 'TLS', first, () => {
      attempts++
      return attempts < 3 ? Promise.reject(new Error('the key does not answer')) : certify(deps)
    })
    await deps.time.advance(first.renewalWindow.end.getTime() - deps.clock.now().getTime())
    await deps.time.advance(2 * 60_000)
    assert.equal(attempts, 3)
  })

  it('is renewed at once when it is revoked, and not when another one is', async () => {
    const deps = await buildUseCases()
    const [first, other, second] = [await certify(deps), await certify(deps), await certify(deps)]
    const put: string[] = []
    const stop = keepCertificate({ ...deps, log: silentLog }, 'TLS', first, () => {
      put.push(second.certificate!.serialNumber)
      return Promise.resolve(second)
    })
    const revoke = async ({ certificate }: IssuedCertificate) => {
      await revokeCertificate(deps, ADMIN, {
        target: { kind: 'serial', serialNumber: certificate!.serialNumber, authority: '' },
        reason: 'superseded',
        invalidityDate: undefined,
        expectedCount: undefined,
        dryRun: false,
      })
      await settle()
    }
    await revoke(other)
    assert.deepEqual(put, [])
    await revoke(first)
    assert.equal(put.length, 1)
    await revoke(second)
    assert.equal(put.length, 2)
    stop()
    await revoke(first)
    assert.equal(put.length, 2)
  })

  it('is left alone once the renewals are stopped', async () => {
    const deps = await buildUseCases()
    const first = await certify(deps)
    const waitingBefore = deps.time.waiting
    const stop = keepCertificate({ ...deps, log: silentLog }, 'TLS', first, () => assert.fail('renewed'))
    stop()
    assert.equal(deps.time.waiting, waitingBefore)
  })
})

describe('the first certificate of the admin', () => {
  it('carries every right of the service', async () => {
    const deps = await buildUseCases()
    const issued = await issueAdminCertificate(deps, buildCsr('admin').csrDer)
    assert.deepEqual(issued.scopes, ADMIN.scopes)
  })

  it('is refused while the admin is locked', async () => {
    const deps = await buildUseCases()
    await lockClient(deps, ADMIN, { clientId: 'admin', message: '' })
    await assert.rejects(issueAdminCertificate(deps, buildCsr('admin').csrDer), { reason: 'CLIENT_LOCKED' })
  })
})
