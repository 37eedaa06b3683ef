import assert from 'node:assert/strict'
import { sign } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { sha256 } from '../../src/core/crypto.ts'
import { revocationProofMessage } from '../../src/core/revocation/revocation-proof.ts'
import {
  AuthorizationServiceService as Authorization,
  RevocationStatus,
  RevokeCertificateRequest,
  type UnrevokeCertificateRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { AuthorityServiceService } from '../../src/gen/chancery/v1/authority_service.ts'
import { ClientServiceService, RemoveClientRequest } from '../../src/gen/chancery/v1/client_service.ts'
import { RevocationReason } from '../../src/gen/chancery/v1/types.ts'
import { refusalOf } from '../support/grpc-fixture.ts'
import {
  call,
  type RunningService,
  startRunningService,
  type TestIdentity,
} from '../support/running-service.ts'

const HOLD = RevocationReason.REVOCATION_REASON_CERTIFICATE_HOLD
const KEY_COMPROMISE = RevocationReason.REVOCATION_REASON_KEY_COMPROMISE

type Request = Parameters<typeof RevokeCertificateRequest.fromPartial>[0]

describe('revocation over the wire', () => {
  let running: RunningService
  let alice: Awaited<ReturnType<RunningService['enrol']>>
  let bob: TestIdentity

  before(async () => {
    running = await startRunningService()
    alice = await running.enrol('alice', ['bob.user.read'])
    bob = await running.enrol('bob', ['bob.user.read'])
  })
  after(() => running.close())

  const revoke = (identity: TestIdentity, request: Request) =>
    call(running, identity, Authorization.revokeCertificate, RevokeCertificateRequest.fromPartial(request))
  const unrevoke = (identity: TestIdentity, target: UnrevokeCertificateRequest['target']) =>
    call(running, identity, Authorization.unrevokeCertificate, { target })
  const serial = (serialNumber = alice.issued.serialNumber) =>
    ({ $case: 'serial', value: { serialNumber, authority: '' } }) as const

  async function assertRefused(answer: Promise<unknown>, reason: string, metadata = {}): Promise<void> {
    await assert.rejects(answer, (error) => {
      const refusal = refusalOf(error)
      assert.equal(refusal.reason, reason)
      for (const [key, value] of Object.entries(metadata)) assert.equal(refusal.metadata[key], value)
      return true
    })
  }

  it('is refused by name, one reason for each defect', async () => {
    const der = { $case: 'certificateDer', value: alice.issued.certificateDer } as const
    const client = { $case: 'clientId', value: 'alice' } as const
    const refusals: readonly (readonly [Request, string, Record<string, string>?])[] = [
      [{}, 'FIELD_INVALID', { field: 'target' }],
      [{ target: serial('xyz') }, 'FIELD_INVALID', { field: 'serial.serial_number' }],
      [{ target: serial('abcd') }, 'CERTIFICATE_NOT_FOUND', { serial_number: 'abcd' }],
      [
        { target: { $case: 'serial', value: { serialNumber: 'ab', authority: 'nowhere' } } },
        'AUTHORITY_NOT_FOUND',
        { authority: 'nowhere' },
      ],
      [
        { target: { $case: 'certificateDer', value: Buffer.of(0x30, 0) } },
        'CERTIFICATE_MALFORMED',
        { field: 'certificate_der' },
      ],
      [{ target: client }, 'FIELD_INVALID', { field: 'expected_count' }],
      [{ target: client, expectedCount: 7 }, 'COUNT_MISMATCH', { expected_count: '7', actual_count: '1' }],
      [{ target: { $case: 'clientId', value: 'nobody' }, dryRun: true }, 'CERTIFICATE_NOT_FOUND'],
      [{ target: { $case: 'scope', value: 'bob.*' }, dryRun: true }, 'SCOPE_MALFORMED'],
      [{ target: { $case: 'scope', value: 'no.one' }, dryRun: true }, 'CERTIFICATE_NOT_FOUND'],
      [{ target: { $case: 'publicKeySha256', value: Buffer.alloc(31) }, dryRun: true }, 'FIELD_INVALID'],
      [{ target: der, reason: 99 as RevocationReason }, 'FIELD_INVALID', { field: 'reason' }],
      [
        { target: der, reason: RevocationReason.REVOCATION_REASON_CA_COMPROMISE },
        'REVOCATION_REASON_INVALID',
        { field: 'reason' },
      ],
      [
        { target: der, invalidityDate: new Date(Date.now() + 60_000) },
        'REVOCATION_REASON_INVALID',
        { field: 'invalidity_date' },
      ],
      [{ target: der, proof: {} }, 'FIELD_INVALID', { field: 'proof.signed_at' }],
      [{ target: der, proof: { signedAt: new Date() } }, 'FIELD_INVALID', { field: 'proof.signature' }],
      [
        { target: der, proof: { signedAt: new Date(), signature: Buffer.of(1) } },
        'REVOCATION_PROOF_INVALID',
        { field: 'proof.signature' },
      ],
    ]
    for (const [request, reason, metadata] of refusals)
      await assertRefused(revoke(running.admin, request), reason, metadata)
    await assertRefused(revoke(bob, { target: der }), 'CALLER_NOT_ALLOWED', {
      required_scope: 'chancery.certificates.revoke',
    })
    await assertRefused(revoke(alice, { target: der, reason: HOLD }), 'REVOCATION_REASON_INVALID')
    await assertRefused(unrevoke(running.admin, undefined), 'FIELD_INVALID', { field: 'target' })
    await assertRefused(unrevoke(running.admin, serial()), 'NOT_ON_HOLD', { revocation_reason: '' })
    await assertRefused(unrevoke(alice, serial()), 'CALLER_NOT_ALLOWED')
    await assertRefused(
      call(
        running,
        running.admin,
        ClientServiceService.removeClient,
        RemoveClientRequest.fromPartial({ clientId: 'admin' }),
      ),
      'FIELD_INVALID',
      { field: 'client_id' },
    )
    const { certificates } = await revoke(running.admin, { target: client, dryRun: true })
    assert.deepEqual(
      certificates.map(({ status }) => status),
      [RevocationStatus.REVOCATION_STATUS_WOULD_BE_REVOKED],
    )
  })

  it('goes from a hold and back, and on to a final reason, which the finder of the key proves', async () => {
    const held = await revoke(running.admin, { target: serial(), reason: HOLD })
    assert.equal(held.certificates[0]?.status, RevocationStatus.REVOCATION_STATUS_REVOKED)
    await assertRefused(unrevoke(alice, serial()), 'CALLER_REVOKED')
    const released = await unrevoke(running.admin, serial())
    assert.ok(released.crlNumber > 0n)
    // The released certificate calls again, and is put on hold anew.
    await revoke(alice, { target: serial(), dryRun: true })
    await revoke(running.admin, { target: serial(), reason: HOLD })

    const statement = {
      certificateSha256: sha256(alice.issued.certificateDer),
      reason: 'keyCompromise',
      invalidityDate: new Date(1_700_000_000_000),
      signedAt: new Date(Math.floor(Date.now() / 1000) * 1000),
    } as const
    const report: Request = {
      target: { $case: 'certificateDer', value: alice.issued.certificateDer },
      reason: KEY_COMPROMISE,
      invalidityDate: statement.invalidityDate,
      proof: {
        signedAt: statement.signedAt,
        signature: sign('sha256', revocationProofMessage(statement), alice.keyPem),
      },
    }
    const found = await revoke(bob, report)
    assert.equal(found.revokedCount, 1)
    assert.equal(found.certificates[0]?.status, RevocationStatus.REVOCATION_STATUS_REVOKED)
    assert.equal(found.certificates[0].reason, KEY_COMPROMISE)
    const again = await revoke(bob, report)
    assert.equal(again.revokedCount, 0)
    assert.equal(again.certificates[0]?.status, RevocationStatus.REVOCATION_STATUS_ALREADY_REVOKED)
    assert.equal(again.certificates[0].reason, KEY_COMPROMISE)
    assert.equal(again.crlNumber, found.crlNumber)
    await assertRefused(unrevoke(running.admin, serial()), 'NOT_ON_HOLD', {
      revocation_reason: 'keyCompromise',
    })
  })

  it('is followed by verifiers that say how far they are', async () => {
    const carol = await running.enrol('carol', ['chancery.crl.read'])
    const positions = [{ authority: 'issuing-1', crlNumber: 1n }]
    const report = { verifierId: 'host-1', positions }
    const { current, reportAfter } = await call(
      running,
      carol,
      AuthorityServiceService.reportVerifierStatus,
      report,
    )
    assert.ok(current[0]!.crlNumber > 1n)
    assert.equal(reportAfter?.seconds, 30n)
    const { verifiers } = await call(running, running.admin, AuthorityServiceService.listVerifiers, {})
    assert.deepEqual(
      verifiers.map(({ clientId, verifierId }) => [clientId, verifierId]),
      [['carol', 'host-1']],
    )
    assert.ok(verifiers[0]!.positions[0]!.lag > 0n)
    await assertRefused(
      call(running, bob, AuthorityServiceService.reportVerifierStatus, report),
      'CALLER_NOT_ALLOWED',
    )
    await assertRefused(call(running, carol, AuthorityServiceService.listVerifiers, {}), 'CALLER_NOT_ALLOWED')
  })
})
