import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { status as Code } from '@grpc/grpc-js'
import {
  AuthorizationServiceService as Authorization,
  IssueCertificateRequest,
  RevokeCertificateRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { ClientServiceService } from '../../src/gen/chancery/v1/client_service.ts'
import { RevocationReason } from '../../src/gen/chancery/v1/types.ts'
import { buildCsr } from '../support/build-use-cases.ts'
import { refusalOf } from '../support/grpc-fixture.ts'
import {
  call,
  type RunningService,
  startRunningService,
  type TestIdentity,
} from '../support/running-service.ts'

describe('a service that bounds the certificates of a client', () => {
  let running: RunningService
  let alice: Awaited<ReturnType<RunningService['enrol']>>

  before(async () => {
    running = await startRunningService({ CHANCERY_MAX_CERTIFICATES_PER_CLIENT: '2' })
    alice = await running.enrol('alice', ['bob.user.read'])
  })
  after(() => running.close())

  const issue = (caller: TestIdentity, replacesSerialNumber = '') =>
    call(
      running,
      caller,
      Authorization.issueCertificate,
      IssueCertificateRequest.fromPartial({
        clientId: 'alice',
        key: { $case: 'csrDer', value: Buffer.from(buildCsr('alice').csrDer) },
        replacesSerialNumber,
      }),
    )

  const isRefused = (issued: Promise<unknown>) =>
    assert.rejects(issued, (error) => {
      const { code, reason, metadata } = refusalOf(error)
      assert.deepEqual([code, reason], [Code.RESOURCE_EXHAUSTED, 'CERTIFICATE_LIMIT_REACHED'])
      assert.deepEqual(metadata, { client_id: 'alice', limit: '2' })
      return true
    })

  it('refuses one more to whoever asks, a renewal too, also after a restart, and goes on when one is revoked', async () => {
    const second = await issue(running.admin)
    await isRefused(issue(running.admin))
    await isRefused(issue(alice, second.serialNumber))
    await running.restart()
    await isRefused(issue(alice))
    await call(
      running,
      running.admin,
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial({
        target: {
          $case: 'serial',
          value: { serialNumber: second.serialNumber, authority: second.authority },
        },
        reason: RevocationReason.REVOCATION_REASON_SUPERSEDED,
      }),
    )
    await issue(alice)
    await isRefused(issue(alice))
  })

  it('locks such a client with all that it has', async () => {
    const lock = { clientId: 'alice', message: '' }
    const { heldCount } = await call(running, running.admin, ClientServiceService.lockClient, lock)
    assert.equal(heldCount, 2)
  })
})
